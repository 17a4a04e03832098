import { hostname, networkInterfaces } from "node:os";
import { sameAddress, standingOf } from "../core/address.ts";

/** Tells whether an address and port are ones that this process listens on: loopback, or any address that this machine has. */
export function ownAddress(ports: () => readonly number[]): (address: string, port: number) => boolean {
  return (address, port) => {
    if (!ports().includes(port)) return false;
    const standing = standingOf(address);
    if (!standing.ok && standing.kind === "loopback") return true;
    return isThisMachine(address);
  };
}

/** An address that this machine has, or what it is called. */
export function isThisMachine(host: string): boolean {
  const name = hostname().toLowerCase();
  if (host === name || host === name.split(".", 1)[0] || host === `${name}.local`) return true;
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => sameAddress(one.address, host)));
}
