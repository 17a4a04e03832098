#!/usr/bin/perl
# Stands in for Firecracker: the part of its API that a machine is made with, which takes no field it does not know and nothing in another
# order, and an agent on the other end of the line. There is no machine: the command runs in the place of this program. Perl, because the
# sandbox around it has the system's programs only.
use strict;
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP;

# What goes wrong with it; a test writes another word here.
my $FAILS = 'nothing';

my %option = @ARGV;
exit 1 if $FAILS eq 'starting';

my ($text, $whole, $yes) = (sub { !ref $_[0] && $_[0] =~ /\D/ }, sub { !ref $_[0] && $_[0] =~ /^\d+$/ }, sub { JSON::PP::is_bool($_[0]) });
my $file = sub { $text->($_[0]) && -r $_[0] && -f _ };
# Each field with what it may be, and whether it has to be there.
my %SCHEMA = (
  'machine-config' => { vcpu_count => [sub { $whole->($_[0]) && ($_[0] == 1 || $_[0] % 2 == 0) && $_[0] <= 32 }, 1], mem_size_mib => [$whole, 1], smt => [$yes], track_dirty_pages => [$yes], huge_pages => [$text], cpu_template => [$text] },
  'boot-source' => { kernel_image_path => [$file, 1], initrd_path => [$file], boot_args => [$text] },
  'drives' => { drive_id => [$text, 1], is_root_device => [$yes, 1], path_on_host => [$file], is_read_only => [$yes], partuuid => [$text], cache_type => [$text], io_engine => [$text], rate_limiter => [sub { ref $_[0] }] },
  'vsock' => { guest_cid => [sub { $whole->($_[0]) && $_[0] >= 3 }, 1], uds_path => [$text, 1], vsock_id => [$text] },
  'actions' => { action_type => [sub { $_[0] =~ /^(?:FlushMetrics|InstanceStart|SendCtrlAltDel)$/ }, 1] },
);
my (%told, $started);

sub fault {
  my ($method, $path, $body) = @_;
  my ($kind, $id, $more) = $path =~ m{^/([a-z-]+)(?:/(\w+))?(.*)$} or return 'Invalid path.';
  my $fields = $SCHEMA{$kind};
  return 'Invalid request method and/or path.' if $method ne 'PUT' || !$fields || $more ne '' || ($kind eq 'drives') != defined $id;
  my $value = eval { decode_json($body) };
  return 'The body is no object.' if ref $value ne 'HASH';
  for my $name (sort keys %$value) {
    return "unknown field `$name`" if !$fields->{$name};
    return "invalid value of `$name`" if !$fields->{$name}[0]->($value->{$name});
  }
  for my $name (sort keys %$fields) { return "missing field `$name`" if $fields->{$name}[1] && !exists $value->{$name} }
  return 'The id from the path does not match the id from the body.' if defined $id && $value->{drive_id} ne $id;
  return 'The requested operation is not supported after starting the microVM.' if $started;
  return "This is refused: \e[31m$kind" if $FAILS eq $kind;
  if ($kind eq 'actions') {
    return 'Only a start is known here.' if $value->{action_type} ne 'InstanceStart';
    return 'Cannot start microvm without kernel configuration.' if !$told{'boot-source'};
    open(my $kvm, '+<', '/dev/kvm') or return "KVM: $!";
    $started = 1;
  }
  $told{$kind} = $value;
  return;
}

# --- the other end of the line

sub said { my ($line, $letter, $bytes) = @_; print $line $letter . pack('N', length $bytes) . $bytes }

sub framed { # one frame
  my ($line) = @_;
  read($line, my $head, 5) == 5 or exit;
  my ($letter, $length) = unpack('a N', $head);
  read($line, my $bytes, $length) == $length or exit;
  return ($letter, $bytes);
}

sub agent {
  my $line = IO::Socket::UNIX->new(Peer => "$told{vsock}{uds_path}_52") or exit;
  $line->autoflush(1);
  sleep 3600 if $FAILS eq 'readiness';
  said($line, 'G', '');
  my ($letter, $bytes) = framed($line);
  my (%want, @pairs) = (env => [], arg => []);
  @pairs = split /\0/, $bytes, -1;
  while (@pairs > 1) { my ($name, $value) = splice @pairs, 0, 2; if ($name =~ /^(?:env|arg)$/) { push @{ $want{$name} }, $value } else { $want{$name} = $value } }
  pipe(my $in, my $toIn); pipe(my $out, my $toOut); pipe(my $error, my $toError);
  my $pid = fork() // die;
  if ($pid == 0) {
    close($_) for $toIn, $out, $error;
    open(STDIN, '<&', $in); open(STDOUT, '>&', $toOut); open(STDERR, '>&', $toError);
    chdir($want{cwd});
    %ENV = map { /^([^=]*)=(.*)$/s } @{ $want{env} };
    exec { $want{arg}[0] } @{ $want{arg} };
    exit 127;
  }
  close($_) for $in, $toOut, $toError;
  my $feeding = fork() // die;
  if ($feeding == 0) {
    while (1) { my ($letter, $bytes) = framed($line); last if $letter eq 'E'; syswrite($toIn, $bytes) if $letter eq 'I' }
    exit;
  }
  close($toIn);
  my $select = IO::Select->new($out, $error);
  while ($select->count) {
    for my $from ($select->can_read) {
      if (sysread($from, my $bytes, 65536)) { said($line, $from == $out ? 'O' : 'X', $bytes) } else { $select->remove($from) }
    }
  }
  waitpid($pid, 0);
  said($line, 'Z', ($? & 127 ? 128 + ($? & 127) : $? >> 8) . ' 0');
  sleep 3600;
}

# --- the API

my $server = IO::Socket::UNIX->new(Local => $option{'--api-sock'}, Listen => 5) or die "$!\n";
$SIG{CHLD} = 'IGNORE';
while (my $client = $server->accept) {
  $client->autoflush(1);
  my $head = '';
  while (my $read = <$client>) { $head .= $read; last if $read =~ /^\r?\n$/ }
  my ($method, $path) = $head =~ /^(\S+) (\S+) HTTP/ or next;
  my ($length) = $head =~ /^content-length: (\d+)/mi;
  read($client, my $body, $length // 0);
  sleep 3600 if $FAILS eq 'answering';
  my $fault = fault($method, $path, $body);
  if ($FAILS eq 'brevity') { $client->print("HTTP/1.1 400 \r\nServer: stand-in\r\n\r\n", 'x' x (1 << 20)) }
  elsif (defined $fault) {
    my $said = encode_json({ fault_message => $fault });
    $client->print("HTTP/1.1 400 \r\nContent-Type: application/json\r\nContent-Length: " . length($said) . "\r\n\r\n$said");
  }
  else { $client->print("HTTP/1.1 204 \r\nConnection: keep-alive\r\n\r\n") }
  close($client);
  if ($started && !defined $fault && $FAILS ne 'booting') { local $SIG{CHLD} = 'DEFAULT'; my $pid = fork() // die; if ($pid == 0) { agent(); exit } }
}
