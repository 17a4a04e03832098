/** What a sandbox keeps apart from the rest of the machine. */
export const KEPT_APART = ["files", "network", "kernel", "memory", "cpu", "pids", "time"] as const;
export type KeptApart = (typeof KEPT_APART)[number];
