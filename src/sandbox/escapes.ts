import type { KeptApart } from "./driver.ts";

/**
 * One attempt to get out. The script runs inside and writes ESCAPED where it succeeded. `control`: run outside, with nothing confined, it
 * must succeed, or it would prove nothing; where that would harm the machine there is none, and why stands with it.
 */
export interface Escape {
  readonly id: string;
  readonly from: KeptApart;
  /** A script for `bash`. What it may aim at stands in its variables (`Aims`). */
  readonly script: string;
  readonly control: true | string;
  /** It would not end by itself. */
  readonly endless?: true;
  /** Made in a sandbox that has a way out to `OPEN` and `OWN` of loopback, of which `OWN` is Holdfast's. */
  readonly wayOut?: true;
  /** It takes what others need, or is ended, so it has a cell of its own; the rest are made one after the other in one. */
  readonly alone?: true;
  /** It leaves something running that its cell's end has to take along. */
  readonly lives?: true;
}

/** What is laid out on the machine to be aimed at, as variables of the script. */
export interface Aims {
  /** A file that only its owner may read, and a folder that anybody may write into. */
  readonly SECRET: string;
  readonly OUTSIDE: string;
  /** A listener on the loopback interface, one in a file, one with an abstract name. */
  readonly PORT: string;
  readonly SOCKET: string;
  readonly ABSTRACT: string;
  /** Two more, to which the way out leads where a sandbox has one; the second passes for Holdfast's own. */
  readonly OPEN: string;
  readonly OWN: string;
  /** A process outside. */
  readonly PID: string;
  /** A folder that the script was given to write into, and one that is its own. */
  readonly GIVEN: string;
  readonly FILL: string;
  /** The limits that it runs under: bytes, processes, processors. */
  readonly MEMORY: string;
  readonly DISK: string;
  readonly PIDS: string;
  readonly CPUS: string;
  /** How often a loop of perl goes round in a second of a processor here. */
  readonly ROUNDS: string;
  /** What the machine says its kernel is. */
  readonly KERNEL: string;
}

const HARM = "outside it would change the machine";
const call = (number: number, ...args: readonly string[]): string =>
  `perl -e 'my $r = syscall(${[number, ...args].join(", ")}); print "ESCAPED\\n" if $r >= 0 || ($! != 1 && $! != 38)'`;

/** System calls by number: x86-64, on which the kit runs. Refused is EPERM or ENOSYS; any other answer came from deeper in the kernel. */
const KERNEL: readonly Escape[] = (
  [
    ["ptrace", call(101, "16", "$ENV{PID}", "0", "0")],
    ["process-vm-readv", call(310, "$ENV{PID}", "0", "0", "0", "0", "0")],
    ["keyring", call(250, "0", "-3", "1")],
    ["bpf", call(321, "0", "0", "0")],
    ["perf-event", call(298, "0", "0", "-1", "-1", "0")],
    ["userfaultfd", call(323, "0")],
    ["io-uring", call(425, "1", "0")],
    ["kernel-log", call(103, "10", "0", "0")],
    ["open-by-handle", call(304, "-100", "0", "0")],
    ["load-module", call(313, "0", "0", "0")],
    ["kexec", call(320, "-1", "-1", "0", "0", "0")],
    ["set-clock", call(227, "0", "0")],
    ["reboot", call(169, "0", "0", "0")],
    ["new-mount-api", call(430, "0", "0")],
    ["move-mount", call(429, "-1", "0", "-1", "0", "0")],
    ["clone-user-namespace", call(56, "0x10000000|17", "0", "0", "0", "0")],
    ["clone3", call(435, "0", "0")],
    ["vsock", call(41, "40", "1", "0")],
    ["kernel-crypto-socket", call(41, "38", "5", "0")],
  ] as const
).map(([id, script]): Escape => ({ id, from: "kernel", script, control: HARM }));

/** `to HOST PORT`: as far as one gets, through the proxy where there is one. */
const TO = `to() {
  if [ -z "$HTTP_PROXY" ]; then (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; return; fi
  local proxy=\${HTTP_PROXY#http://}
  exec 3<>"/dev/tcp/\${proxy%:*}/\${proxy##*:}" || return
  printf 'CONNECT %s:%s HTTP/1.1\\r\\nHost: %s:%s\\r\\n\\r\\n' "$1" "$2" "$1" "$2" >&3
  read -r -t 5 line <&3
  exec 3>&-
  [[ $line == *" 200 "* ]]
}
`;
/** What must succeed where there is a way out, or nothing tried through it proves anything. */
export const REACHES = `${TO}to 127.0.0.1 "$OPEN" && echo REACHED`;

const WAY_OUT: readonly Escape[] = (
  [
    ["way-out-other-port", true, 'to 127.0.0.1 "$PORT"'],
    ["way-out-own-port", true, 'to 127.0.0.1 "$OWN"'],
    ["way-out-decimal", true, 'to 2130706433 "$OPEN"'],
    ["way-out-octal", true, 'to 0177.0.0.1 "$OPEN"'],
    ["way-out-name", true, 'to localhost "$OPEN"'],
    ["way-out-mapped", "a machine need not have IPv6", 'to "[::ffff:127.0.0.1]" "$OPEN"'],
    ["way-out-metadata", "a machine need not have one", "to 169.254.169.254 80"],
    ["way-out-beside", true, '(exec 3<>"/dev/tcp/127.0.0.1/$OPEN") 2>/dev/null'],
    ["way-out-socket-file", true, `perl -MSocket -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un($ENV{SOCKET})) || exit 1'`],
    [
      "way-out-abstract-socket",
      true,
      `perl -MSocket -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0) && connect($s, pack("S a*", AF_UNIX, "\\0$ENV{ABSTRACT}")) || exit 1'`,
    ],
  ] as const
).map(([id, control, attempt]): Escape => ({ id, from: "network", control, wayOut: true, script: `${TO}${attempt} && echo ESCAPED` }));

export const ESCAPES: readonly Escape[] = [
  { id: "read-secret", from: "files", control: true, script: 'cat "$SECRET" >/dev/null 2>&1 && echo ESCAPED' },
  { id: "read-shadow", from: "files", control: true, script: "[ -s /etc/shadow ] && cat /etc/shadow >/dev/null 2>&1 && echo ESCAPED" },
  { id: "list-homes", from: "files", control: true, script: "ls /root /home >/dev/null 2>&1 && echo ESCAPED" },
  { id: "write-outside", from: "files", control: true, script: 'echo x > "$OUTSIDE/written" 2>/dev/null && echo ESCAPED' },
  { id: "write-system", from: "files", control: HARM, script: "touch /usr/bin/planted 2>/dev/null && echo ESCAPED" },
  { id: "write-root", from: "files", control: HARM, script: "mkdir /planted 2>/dev/null && echo ESCAPED" },
  { id: "symlink-out", from: "files", control: true, script: 'cd "$GIVEN" && ln -sf "$SECRET" link && cat link >/dev/null 2>&1 && echo ESCAPED' },
  { id: "hard-link-out", from: "files", control: true, script: 'cd "$GIVEN" && rm -f hard; ln "$SECRET" hard 2>/dev/null && echo ESCAPED' },
  { id: "dots-out", from: "files", control: true, script: 'cd "$GIVEN" && cat "../../../../../../../..$SECRET" >/dev/null 2>&1 && echo ESCAPED' },
  {
    id: "proc-root",
    from: "files",
    control: "the first process of a machine may see other files",
    script: 'cat "/proc/1/root$SECRET" >/dev/null 2>&1 && echo ESCAPED',
  },
  { id: "proc-of-host-process", from: "files", control: true, script: 'cat "/proc/$PID/environ" >/dev/null 2>&1 && echo ESCAPED' },
  {
    id: "environment-of-holdfast",
    from: "files",
    control: true,
    script:
      'env | grep -q HOLDFAST_ESCAPE_SECRET && echo ESCAPED; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n" | grep -q HOLDFAST_ESCAPE_SECRET && echo ESCAPED',
  },
  {
    id: "inherited-descriptors",
    from: "files",
    control: "outside, a script has no more descriptors than inside",
    script: `perl -e 'for my $fd (3 .. 1023) { print "ESCAPED $fd\\n" if open(my $f, "<&=", $fd) && -e $f && !-d $f }'`,
  },
  { id: "kernel-settings", from: "files", control: HARM, script: "echo x > /proc/sys/kernel/core_pattern 2>/dev/null && echo ESCAPED" },
  { id: "sysrq", from: "files", control: HARM, script: "echo h > /proc/sysrq-trigger 2>/dev/null && echo ESCAPED" },
  {
    id: "sys-writable",
    from: "files",
    control: HARM,
    script: "for f in /sys/kernel/mm/ksm/run /sys/fs/cgroup/release_agent; do echo 0 > $f 2>/dev/null && echo ESCAPED; done; true",
  },
  {
    id: "remount",
    from: "files",
    control: HARM,
    script: "mount -o remount,rw / 2>/dev/null && echo ESCAPED; mount -o remount,rw /usr 2>/dev/null && echo ESCAPED; true",
  },
  {
    id: "mount",
    from: "files",
    control: HARM,
    script: "mount -t tmpfs none /mnt 2>/dev/null && echo ESCAPED; mount -t proc proc /proc 2>/dev/null && echo ESCAPED; true",
  },
  { id: "unmount", from: "files", control: HARM, script: "umount -l /proc 2>/dev/null && echo ESCAPED; umount -l /usr 2>/dev/null && echo ESCAPED; true" },
  {
    id: "block-device",
    from: "files",
    control: HARM,
    script:
      "mknod /tmp/disk b 254 0 2>/dev/null && dd if=/tmp/disk count=1 of=/dev/null 2>/dev/null && echo ESCAPED; for d in /dev/sda /dev/vda /dev/mem /dev/kmsg; do head -c1 $d >/dev/null 2>&1 && echo ESCAPED; done; true",
  },
  { id: "chroot", from: "kernel", control: true, script: "chroot / true 2>/dev/null && echo ESCAPED" },
  { id: "unshare-user", from: "kernel", control: true, script: "unshare -r true 2>/dev/null && echo ESCAPED" },
  { id: "unshare-mount", from: "kernel", control: true, script: "unshare -m true 2>/dev/null && echo ESCAPED" },
  { id: "enter-init", from: "kernel", control: true, script: 'nsenter -t "$PID" -m true 2>/dev/null && echo ESCAPED' },
  {
    id: "set-uid",
    from: "kernel",
    control: true,
    script: `perl -e '$< = 0; $> = 0; print "ESCAPED\\n" if open(my $f, "<", "/etc/shadow") || $ENV{SECRET} && open($f, "<", $ENV{SECRET})'`,
  },
  {
    id: "set-uid-program",
    from: "kernel",
    control: "outside, there is nothing to gain for root",
    script: `perl -e 'print "ESCAPED\\n" unless syscall(157, 39, 0, 0, 0, 0) == 1'`, // prctl(PR_GET_NO_NEW_PRIVS)
  },
  {
    id: "capabilities",
    from: "kernel",
    control: true,
    script: "grep -E '^Cap(Prm|Eff|Bnd|Amb)' /proc/self/status | grep -vq '0000000000000000$' && echo ESCAPED",
  },
  { id: "signal-outside", from: "kernel", control: true, script: 'kill -0 "$PID" 2>/dev/null && [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 20 ] && echo ESCAPED' },
  ...KERNEL,
  { id: "loopback", from: "network", control: true, script: '(exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null && echo ESCAPED' },
  {
    id: "loopback-ipv4-in-ipv6",
    from: "network",
    control: "a machine need not have IPv6",
    script: `perl -MSocket=:all -e 'my $s; socket($s, AF_INET6, SOCK_STREAM, 0) && connect($s, pack_sockaddr_in6($ENV{PORT}, inet_pton(AF_INET6, "::ffff:127.0.0.1"))) && print "ESCAPED\\n"'`,
  },
  {
    id: "metadata-address",
    from: "network",
    control: "a machine need not have one",
    script: '(timeout 1 bash -c "exec 3<>/dev/tcp/169.254.169.254/80") 2>/dev/null && echo ESCAPED',
  },
  {
    id: "outside-address",
    from: "network",
    control: "a machine need not be on a network",
    script: '(timeout 1 bash -c "exec 3<>/dev/tcp/1.1.1.1/53") 2>/dev/null && echo ESCAPED',
  },
  { id: "dns", from: "network", control: "a machine need not have one", script: "timeout 2 getent hosts example.com >/dev/null 2>&1 && echo ESCAPED" },
  {
    id: "interfaces",
    from: "network",
    control: "a machine need not be on a network",
    script: `perl -e 'open(my $d, "<", "/proc/net/dev"); my @more = grep { /:/ && !/^\\s*lo:/ } <$d>; print "ESCAPED\\n" if @more'`,
  },
  { id: "raw-socket", from: "network", control: true, script: `perl -MSocket -e 'socket(my $s, AF_INET, SOCK_RAW, 1) && print "ESCAPED\\n"'` },
  { id: "packet-socket", from: "network", control: true, script: `perl -MSocket -e 'socket(my $s, 17, SOCK_RAW, 768) && print "ESCAPED\\n"'` },
  {
    id: "socket-file",
    from: "network",
    control: true,
    script: `perl -MSocket -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un($ENV{SOCKET})) && print "ESCAPED\\n"'`,
  },
  {
    id: "abstract-socket",
    from: "network",
    control: true,
    script: `perl -MSocket -e 'my $s; socket($s, AF_UNIX, SOCK_STREAM, 0) && connect($s, pack("S a*", AF_UNIX, "\\0$ENV{ABSTRACT}")) && print "ESCAPED\\n"'`,
  },
  {
    id: "container-engine",
    from: "network",
    control: "a machine need not have one",
    script: "for s in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock; do [ -S $s ] && echo ESCAPED; done; true",
  },
  ...WAY_OUT,
  {
    id: "fork-bomb",
    from: "pids",
    alone: true,
    control: true,
    script: `perl -e 'my $n = 0; for (1 .. 300) { my $p = fork; last unless defined $p; if (!$p) { sleep 2; exit } $n++ } print "ESCAPED\\n" if $n >= $ENV{PIDS}'`,
  },
  { id: "memory-bomb", from: "memory", alone: true, control: true, script: `perl -e 'my $x = "x" x (2 * $ENV{MEMORY}); print "ESCAPED\\n" if length $x'` },
  {
    id: "memory-in-many",
    from: "memory",
    alone: true,
    control: true,
    // All four at once, and not one in the place of another that was ended for it: none of them has ended when the last has its memory.
    script: `perl -e 'my @p; for (1 .. 4) { pipe(my $r, my $w); if (!fork) { my $x = "x" x ($ENV{MEMORY} * 0.6); syswrite($w, "1"); sleep 2; exit } close $w; push @p, $r } my $n = grep { sysread($_, my $b, 1) } @p; print "ESCAPED\\n" if $n == 4 && waitpid(-1, 1) == 0'`,
  },
  {
    id: "disk-fill",
    from: "files",
    alone: true,
    control: true,
    script: `perl -e 'open(my $f, ">", "$ENV{FILL}/fill") or exit; my ($n, $b) = (0, "x" x 65536); while ($n < 2 * $ENV{DISK}) { my $w = syswrite($f, $b) or last; $n += $w } unlink "$ENV{FILL}/fill"; print "ESCAPED\\n" if $n >= 2 * $ENV{DISK}'`,
  },
  {
    id: "cpu-spin",
    from: "cpu",
    alone: true,
    control: true,
    // A tenth of a second's work for one processor, done by twelve, up to three times: so a busy machine gives it where nothing is confined. A kernel in
    // between counts time in its own way, so it is not asked what was used. What takes too long is not waited for: the answer is known, and an
    // imitated processor would need minutes.
    script: `perl -MTime::HiRes=time -e 'for (1 .. 3) { my ($t, $late, @p) = (time, 0.1 / (1.5 * $ENV{CPUS})); for (1 .. 12) { my $p = fork; if (!$p) { my ($n, $most) = (0, $ENV{ROUNDS} / 120); while ($n < $most) { $n++ } exit } push @p, $p } my $left = @p; while ($left && time - $t < $late) { $left-- while waitpid(-1, 1) > 0; select(undef, undef, undef, 0.005) if $left } if (!$left && time - $t < $late) { print "ESCAPED\\n"; last } kill 9, @p; 1 while wait > 0 }'`,
  },
  {
    id: "sleep-past-the-end",
    from: "time",
    alone: true,
    control: "outside, nobody set a deadline",
    endless: true,
    script: "trap '' TERM INT HUP; for i in $(seq 100); do sleep 1; done; echo ESCAPED",
  },
  {
    id: "live-on",
    from: "time",
    lives: true,
    alone: true,
    control: "outside, nobody looks for it",
    script: "for i in 1 2; do (setsid sh -c \"trap '' TERM HUP; sleep 311.$PORT\" >/dev/null 2>&1 &); done; true",
  },
  {
    // Its parent ends, so that it is nobody's child but the first process's, in a session of its own.
    id: "double-fork",
    from: "time",
    lives: true,
    alone: true,
    control: "outside, nobody looks for it",
    script: `perl -MPOSIX -e 'if (!fork) { setsid; if (!fork) { $SIG{$_} = "IGNORE" for "TERM", "HUP", "INT"; POSIX::close($_) for 0 .. 2; exec "sleep", "311.$ENV{PORT}" } _exit(0) } wait'`,
  },
];
