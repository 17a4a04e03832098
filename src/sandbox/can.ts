import { access } from "node:fs/promises";

/** True where this user may do that with the file (`constants.R_OK` and so on of `node:fs`). */
export function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
