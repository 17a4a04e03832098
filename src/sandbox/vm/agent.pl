#!/usr/bin/perl
# The first process of the machine, and the only one of ours in it. It gets ready, says so, and waits: at this point the machine is kept as
# it is. Each run goes on from there with one request: it starts the command as nobody, carries its streams, and says how it ended.
# Perl, because it is on every Debian and can make system calls; their numbers are those of x86-64.
#
# What it is told it believes: it comes from outside. What it says is believed by nobody: a command that has broken this kernel says it too.
use strict;

my ($RDONLY, $NOSUID, $NODEV, $NOEXEC, $REMOUNT, $BIND) = (1, 2, 4, 8, 32, 4096);
my ($NOBODY, $ROOT, $GROUP) = (65534, '/root', '/group/cell');
my ($LONGEST, $PIECE) = (1 << 20, 65536);

# Copies, because perl may write into what a system call is given.
sub called { my ($number, @given) = @_; return syscall($number, @given) }
sub must { my ($what, @given) = @_; called(@given) >= 0 or die "$what: $!\n" }
sub mounted { my ($from, $to, $type, $flags, $more) = @_; must("mount $to", 165, $from, $to, $type, $flags, $more // '') }
sub bound {
  my ($from, $to, $flags) = @_;
  mounted($from, $to, '', $BIND);
  mounted('', $to, '', $BIND | $REMOUNT | $NOSUID | $NODEV | $flags);
}
sub written {
  my ($file, $text) = @_;
  open(my $out, '>', $file) or die "$file: $!\n";
  syswrite($out, $text) or die "$file: $!\n";
}
sub content { my ($file) = @_; open(my $in, '<', $file) or return ''; local $/; return <$in> // '' }
sub held { my ($path) = @_; opendir(my $folder, $path) or return (); return grep { !/^\.\.?$/ } readdir $folder }
sub folders { my ($path) = @_; my $all = ''; for (grep { $_ ne '' } split m{/}, $path) { $all .= "/$_"; mkdir($all, 0755) } }

# --- frames: a letter, a length, and that many bytes

my $port;
sub said {
  my ($letter, $bytes) = @_;
  my $frame = $letter . pack('N', length $bytes) . $bytes;
  for (my $at = 0; $at < length $frame;) { $at += syswrite($port, $frame, length($frame) - $at, $at) || die "port: $!\n" }
}
my $heard = '';
sub heard { # one frame, if a whole one has come
  return if length $heard < 5;
  my ($letter, $length) = unpack('a N', $heard);
  die "too long\n" if $length > $LONGEST;
  return if length $heard < 5 + $length;
  my $bytes = substr($heard, 5, $length);
  $heard = substr($heard, 5 + $length);
  return ($letter, $bytes);
}
sub listen_on { sysread($port, $heard, $PIECE, length $heard) }

# AF_VSOCK, a stream, to port 52 of number 2: that is what is outside.
sub called_out {
  socket($port, 40, 1, 0) or die "line: $!\n";
  for (1 .. 500) { return if connect($port, pack('S x2 L L x4', 40, 52, 2)); select(undef, undef, undef, 0.01) }
  die "line: $!\n";
}

# --- before

sub ready {
  mkdir($_, 0755) for '/proc', '/sys', '/dev', '/base', '/given', '/group', $ROOT;
  mounted('devtmpfs', '/dev', 'devtmpfs', $NOSUID);
  mounted('proc', '/proc', 'proc', $NOSUID | $NODEV | $NOEXEC);
  for my $module (sort(held('/modules'))) {
    open(my $file, '<', "/modules/$module") or die "$module: $!\n";
    must($module, 313, fileno($file), '', $module =~ /\.ko$/ ? 0 : 4); # else compressed
  }
  # The line is a serial one where QEMU runs the machine; Firecracker has none, and is called instead.
  my $calls = content('/proc/cmdline') =~ /\bholdfast\.vsock\b/;
  for (1 .. 500) { last if ($calls || -e '/dev/vport0p1') && -b '/dev/vda' && -b '/dev/vdb'; select(undef, undef, undef, 0.01) }
  mounted('/dev/vda', '/base', 'erofs', $RDONLY | $NOSUID | $NODEV);
  mounted('group', '/group', 'cgroup2', $NOSUID | $NODEV | $NOEXEC);
  written('/group/cgroup.subtree_control', '+memory +pids +cpu');
  mkdir($GROUP);
  my ($lo, $up) = (undef, pack('a16 s x22', 'lo', 1));
  socket($lo, 2, 2, 0) && ioctl($lo, 0x8914, $up); # SIOCSIFFLAGS

  mounted('root', $ROOT, 'tmpfs', $NOSUID | $NODEV, 'mode=755,size=1m');
  for my $name (held('/base')) {
    if (-l "/base/$name") { symlink(readlink("/base/$name"), "$ROOT/$name") }
    else { mkdir("$ROOT/$name", 0755); bound("/base/$name", "$ROOT/$name", $RDONLY) }
  }
  mkdir("$ROOT/$_", 0755) for 'proc', 'dev', 'tmp', 'work';
  mounted('proc', "$ROOT/proc", 'proc', $NOSUID | $NODEV | $NOEXEC, 'hidepid=2');
  mounted('dev', "$ROOT/dev", 'tmpfs', $NOSUID | $NOEXEC, 'mode=755,size=64k');
  my %devices = (null => [1, 3], zero => [1, 5], full => [1, 7], random => [1, 8], urandom => [1, 9], tty => [5, 0]);
  umask 0;
  must($_, 133, "$ROOT/dev/$_", 020666, $devices{$_}[0] << 8 | $devices{$_}[1]) for keys %devices;
  umask 022;
  symlink("/proc/self/fd$$_[1]", "$ROOT/dev/$$_[0]") for ['fd', ''], ['stdin', '/0'], ['stdout', '/1'], ['stderr', '/2'];
  mkdir("$ROOT/dev/shm");
  mounted('shm', "$ROOT/dev/shm", 'tmpfs', $NOSUID | $NODEV | $NOEXEC, 'mode=1777,size=16m');

  if ($calls) { called_out() } else { open($port, '+<', '/dev/vport0p1') or die "port: $!\n" }
  binmode $port;
}

# --- the command

# In the child: from here on it is the command's, so it gives up everything.
sub become {
  my ($want, @streams) = @_;
  written("$GROUP/cgroup.procs", $$);
  called(112); # setsid
  open(my $filter, '<', '/filter') or die;
  my $length = sysread($filter, my $program, 65536);
  chroot($ROOT) && chdir($want->{cwd}) or do { syswrite($streams[2], "the folder to begin in is not there\n"); return 126 };
  for my $to (0 .. 2) { called(33, fileno($streams[$to]), $to) == $to or return 126 }
  called(436, 3, 0xffffffff, 0); # close_range: nothing else is handed on
  called(302, 0, $$_[0], pack('QQ', $$_[1], $$_[1]), 0) for [4, 0], [7, 1024], [1, $want->{disk} < 1 << 20 ? 1 << 20 : $want->{disk}];
  for my $capability (0 .. 63) { last if called(157, 24, $capability, 0, 0, 0) < 0 }
  my $none = '';
  called(116, 0, $none) == 0 && called(119, $NOBODY, $NOBODY, $NOBODY) == 0 && called(117, $NOBODY, $NOBODY, $NOBODY) == 0 or return 126;
  called(157, 38, 1, 0, 0, 0) == 0 or return 126; # no new rights
  %ENV = map { /^([^=]*)=(.*)$/s } @{ $want->{env} };
  called(317, 1, 0, pack('S x6 P', $length / 8, $program)) == 0 or return 126;
  my @command = @{ $want->{arg} };
  { no warnings; exec { $command[0] } @command }
  my $missing = $! == 2;
  syswrite(STDERR, "`$command[0]` " . ($missing ? "is not there\n" : "cannot be run: $!\n"));
  return $missing ? 127 : 126;
}

sub pipes { pipe(my $out, my $in) or die; chown($NOBODY, $NOBODY, $out, $in); return ($out, $in) }
sub flags { my ($file) = @_; called(72, fileno($file), 4, 04000) } # O_NONBLOCK

# Carries bytes until the command is over and nothing more comes out of it. Gives its status.
sub carried {
  my ($pid, $in, %outs) = @_;
  my ($status, $rest, $last) = (undef, '', 0);
  flags($in);
  while (1) {
    my $read = '';
    vec($read, fileno($port), 1) = 1 if length $rest < $PIECE && !$last;
    vec($read, fileno($_->[1]), 1) = 1 for values %outs;
    my $write = '';
    vec($write, fileno($in), 1) = 1 if defined $in && $rest ne '';
    # One that has closed all it writes to is about to end.
    select($read, $write, undef, defined $status ? 0 : %outs ? 0.02 : 0.001);
    listen_on() if vec($read, fileno($port), 1);
    while (my ($letter, $bytes) = heard()) {
      if ($letter eq 'I') { $rest .= $bytes } elsif ($letter eq 'E') { $last = 1 }
    }
    if (!defined $in) { $rest = '' }
    elsif ($rest ne '') {
      my $wrote = syswrite($in, $rest);
      if (defined $wrote) { $rest = substr($rest, $wrote) } elsif ($! != 11) { close($in); undef $in; $rest = '' }
    }
    if (defined $in && $last && $rest eq '') { close($in); undef $in }
    my $more = 0;
    for my $letter (sort keys %outs) {
      my $from = $outs{$letter}[1];
      next unless vec($read, fileno($from), 1);
      my $count = sysread($from, my $bytes, $PIECE);
      if ($count) { said($letter, $bytes); $more = 1 } else { delete $outs{$letter} }
    }
    if (!defined $status) {
      while ((my $gone = waitpid(-1, 1)) > 0) { $status = $? if $gone == $pid }
      # What it left running ends with it; else its pipes would stay open.
      emptied() if defined $status;
    }
    elsif (!$more) { return $status }
  }
}

sub emptied {
  for (1 .. 1000) {
    written("$GROUP/cgroup.kill", '1');
    1 while waitpid(-1, 1) > 0;
    return if content("$GROUP/cgroup.events") =~ /^populated 0/m;
    select(undef, undef, undef, 0.005);
  }
  die "the command does not end\n";
}

# --- files

# A folder that may be changed lies in memory, as its own; what was in it is copied there.
sub copied {
  my ($from, $to) = @_;
  if (-d $from) {
    mkdir($to, 0755);
    copied("$from/$_", "$to/$_") for held($from);
  } else {
    open(my $in, '<', $from) or return;
    open(my $out, '>', $to) or return;
    while (sysread($in, my $bytes, $PIECE)) { syswrite($out, $bytes) == length $bytes or die "there is no room for what the command is given to change\n" }
    chmod((stat $in)[2] & 0777, $to);
  }
  chown($NOBODY, $NOBODY, $to);
}

# Files and folders, and nothing else: a link means something else outside.
sub told {
  my ($number, $folder, $path) = @_;
  my $here = $path eq '' ? $folder : "$folder/$path";
  lstat($here) or return;
  if (-d _) {
    said('D', "$number\0$path");
    told($number, $folder, $path eq '' ? $_ : "$path/$_") for sort(held($here));
  } elsif (-f _) {
    my ($mode, $size) = (stat _)[2, 7];
    open(my $in, '<', $here) or return;
    said('F', "$number\0$path\0" . ($mode & 0100 ? 1 : 0) . "\0$size");
    while ($size > 0 && (my $count = sysread($in, my $bytes, $size < $PIECE ? $size : $PIECE))) { said('C', $bytes); $size -= $count }
  }
}

# --- one run

sub ran {
  my ($request) = @_;
  my (%want, @pairs) = (env => [], arg => [], read => [], write => []);
  @pairs = split /\0/, $request, -1;
  while (@pairs > 1) {
    my ($name, $value) = splice @pairs, 0, 2;
    if (ref $want{$name}) { push @{ $want{$name} }, $value } else { $want{$name} = $value }
  }
  # Every run begins as the same machine: it must not guess the same numbers, nor think it is the same moment.
  open(my $random, '+<', '/dev/urandom') or die;
  my $seed = pack('i i a*', 8 * length $want{seed}, length $want{seed}, $want{seed});
  ioctl($random, 0x40085203, $seed) && ioctl($random, 0x5207, 0) or die "random: $!\n"; # RNDADDENTROPY, RNDRESEEDCRNG
  must('clock', 227, 0, pack('q q', int $want{time}, 0));

  my $own = "uid=$NOBODY,gid=$NOBODY,mode=700,size=" . int $want{disk};
  mounted('own', "$ROOT/$_", 'tmpfs', $NOSUID | $NODEV, $own) for 'tmp', 'work';
  my @paths = (@{ $want{read} }, @{ $want{write} });
  mounted('/dev/vdb', '/given', 'erofs', $RDONLY | $NOSUID | $NODEV) if @paths;
  my @folders;
  for my $number (0 .. $#paths) {
    my ($path, $from) = ($paths[$number], "/given/$number");
    my $may = $number > $#{ $want{read} };
    if ($may) {
      mkdir('/changed');
      mkdir("/changed/$number");
      mounted('changed', "/changed/$number", 'tmpfs', $NOSUID | $NODEV, "mode=755,size=" . int $want{disk});
      copied($from, "/changed/$number/it");
      $from = "/changed/$number/it";
      push @folders, [$number, $from];
    }
    # Above all of it, so that a path in the system's own folders can be given as well.
    my $at = "$ROOT$path";
    folders(-d $from ? $at : $at =~ s{/[^/]*$}{}r);
    if (!-d $from && !-e $at) { open(my $made, '>', $at) or die "$path cannot be put there: $!\n" }
    -e $at or die "$path cannot be put there\n";
    bound($from, $at, $may ? 0 : $RDONLY);
  }
  mounted('', $ROOT, '', $REMOUNT | $RDONLY | $NOSUID | $NODEV);
  written("$GROUP/memory.max", int $want{memory});
  written("$GROUP/memory.oom.group", '1');
  written("$GROUP/pids.max", int $want{pids});
  written("$GROUP/cpu.max", int($want{cpus} * 100000) . ' 100000');

  my ($theirs, $in) = pipes();
  my ($out, $theirOut) = pipes();
  my ($error, $theirError) = pipes();
  my $pid = fork() // die "fork: $!\n";
  if ($pid == 0) { my $code = eval { become(\%want, $theirs, $theirOut, $theirError) } // 126; called(231, 0 + $code) }
  close($_) for $theirs, $theirOut, $theirError;
  my $status = carried($pid, $in, O => ['', $out], X => ['', $error]);
  my $memory = content("$GROUP/memory.events") =~ /^oom_kill [1-9]/m ? 1 : 0;
  told(@$_, '') for @folders;
  said('Z', ($status & 127 ? 128 + ($status & 127) : $status >> 8) . " $memory");
}

eval {
  ready();
  # Once, so that what every command needs is in memory when the machine is kept.
  if (content('/proc/cmdline') !~ /holdfast\.(?:cold|vsock)/) { my $warm = fork() // die; if ($warm == 0) { chroot($ROOT); exec('/bin/sh', '-c', '/bin/true') } waitpid($warm, 0) }
  said('G', '');
  my $request;
  until (defined $request) { listen_on() or select(undef, undef, undef, 0.001); while (my ($letter, $bytes) = heard()) { $request = $bytes if $letter eq 'R'; last } }
  ran($request);
};
if (my $why = $@) { open(my $log, '>', '/dev/kmsg'); syswrite($log, "holdfast: $why") if $log; eval { said('B', $why) } }
# Nothing more is asked of it; whoever looks after the machine ends it.
select(undef, undef, undef, 3600) while 1;
