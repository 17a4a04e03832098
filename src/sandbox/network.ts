import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Whom a program is run as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Of the documentation (RFC 5737): what is at these addresses is at nobody else's, and nothing leads from here to anybody else. */
const [AT_GATE, INSIDE] = ["192.0.2.1", "192.0.2.2"];

/**
 * The gate: a network namespace with no way to the machine's own. `sh OUTER COMMAND…` makes the address in it that the program will see, and runs what
 * makes of it the way out, which runs INNER. Sockets in files lead through namespaces, so the proxy's does.
 */
export const OUTER = `ip link set lo up && ip address add ${AT_GATE}/32 dev lo && export HOLDFAST_FORWARD_AT=${AT_GATE} && exec "$@"`;

/**
 * `sh INNER FOLDER GATE-RULES INSIDE-RULES UID GID CWD VARIABLE… COMMAND…`, run at the gate by root. It makes a second namespace, lays a cable
 * between the two, sets the rules of both, and only then lets the program begin, which by then is nobody who could change them: no capability, no
 * way to one, no other process to look into, and no socket of the system's in a file (/run, /tmp). Everything is gone with the last process.
 */
export const INNER = `set -e
folder=$1; gate=$2; inside=$3; uid=$4; gid=$5; cwd=$6; shift 6
for name in HTTP_PROXY HTTPS_PROXY http_proxy https_proxy NO_PROXY no_proxy NODE_USE_ENV_PROXY; do
  eval "value=\\\${$name-}"
  [ -z "$value" ] || set -- "$name=$value" "$@"
done
port=\${HTTP_PROXY-}; port=\${port##*:}
mkfifo "$folder/made" "$folder/laid"
exec 4<&0
unshare --net --mount --pid --ipc --fork --kill-child sh -c '
  folder=$1; uid=$2; gid=$3; cwd=$4; shift 4
  echo > "$folder/made"
  read -r _ < "$folder/laid" || exit 126
  mount -t proc proc /proc || exit 126
  for hidden in /run /tmp; do mount -t tmpfs -o mode=1777,nosuid,nodev,size=64m none $hidden || exit 126; done
  cd "$cwd" || exit 126
  unset PWD OLDPWD
  exec setpriv --reuid="$uid" --regid="$gid" --clear-groups --inh-caps=-all --ambient-caps=-all --bounding-set=-all --no-new-privs env -i "$@"
' sh "$folder" "$uid" "$gid" "$cwd" "$@" <&4 4<&- &
maker=$!
exec 4<&-
read -r _ < "$folder/made"
ip link add in type veth peer name out netns $maker
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
nft -D port="\${port:-9}" -f "$gate"
ip link set in up
ip route add ${INSIDE}/32 dev in
nsenter -t $maker -n sh -e -c '
  echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
  nft -D port="$1" -f "$2"
  ip link set lo up
  ip link set out up
  ip address add ${INSIDE}/32 dev out
  ip route add ${AT_GATE}/32 dev out
' sh "\${port:-9}" "$inside"
echo > "$folder/laid"
wait $maker`;

export interface Rules {
  readonly gate: string;
  readonly inside: string;
}

/** The rules at both ends, each enough by itself: one connection is let through, and its answers. `open`: whether there is anything to let through. */
export function rulesOf(open: boolean): Rules {
  const chain = (hook: string, cable: string, only: string): string =>
    `  chain ${hook} {\n    type filter hook ${hook} priority 0; policy drop;\n    ${hook === "output" ? "oifname" : "iifname"} "lo" accept\n${open ? `    ${cable} ${only} accept\n` : ""}  }\n`;
  const table = (chains: string): string =>
    `table inet holdfast {\n${chains}  chain forward {\n    type filter hook forward priority 0; policy drop;\n  }\n}\n`;
  const [to, from] = [`ip saddr ${INSIDE} ip daddr ${AT_GATE} tcp dport $port`, `ip saddr ${AT_GATE} ip daddr ${INSIDE} tcp sport $port`];
  return {
    gate: table(chain("input", 'iifname "in"', to) + chain("output", 'oifname "in"', from)),
    inside: table(chain("input", 'iifname "out"', from) + chain("output", 'oifname "out"', to)),
  };
}

export async function cableIn(folder: string, { gate, inside }: Rules): Promise<void> {
  await writeFile(join(folder, "gate.nft"), gate);
  await writeFile(join(folder, "inside.nft"), inside);
}
