#!/bin/sh
# git 2.39.5 and OpenSSH 9.2p1 (Debian 12, defaults): a partial clone over ssh is made without a word, and then no file of it can be
# read, because sshd does not let GIT_PROTOCOL through and the old protocol hands out no object by its id. Expected: the server does
# not offer the filter where it cannot hand out later what it leaves out, or the client says so when it clones.
. "$(dirname "$0")/common.sh"
debian git=1:2.39.5-0+deb12u3 openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10
GIT_EXEC_PATH="$work/root/usr/lib/git-core"
HOME="$work"
export GIT_EXEC_PATH HOME

git init --quiet --bare "$work/server.git"
git -C "$work/server.git" config uploadpack.allowFilter true
git init --quiet "$work/work"
echo hello >"$work/work/file"
git -C "$work/work" add file
git -C "$work/work" -c user.name=x -c user.email=x@example.com commit --quiet --message one
git -C "$work/work" push --quiet "$work/server.git" HEAD:refs/heads/main

port=22022
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
ssh-keygen -q -t ed25519 -N '' -f "$work/id"
cp "$work/id.pub" "$work/authorized"
# serve NAME LINE: an sshd with one line more
serve() {
  printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $work/host" "AuthorizedKeysFile $work/authorized" \
    'StrictModes no' 'UsePAM no' 'PermitRootLogin yes' "PidFile $work/$1.pid" "$2" >"$work/$1.conf"
  background "$1" "$work/root/usr/sbin/sshd" -D -e -f "$work/$1.conf"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ssh-keyscan -p "$port" 127.0.0.1 >"$work/known" 2>/dev/null && [ -s "$work/known" ] && return
    sleep 1
  done
}
GIT_SSH_COMMAND="ssh -i $work/id -o UserKnownHostsFile=$work/known -o IdentitiesOnly=yes"
export GIT_SSH_COMMAND

# told NAME: clones, then reads the file
told() {
  url="ssh://$(id -un)@127.0.0.1:$port$work/server.git"
  git clone --quiet --bare --depth 1 --filter=blob:none --branch main "$url" "$work/$1.git" >"$work/$1.said" 2>&1
  echo "$1: clone said: '$(cat "$work/$1.said")'"
  git -C "$work/$1.git" cat-file -p HEAD:file >"$work/$1.read" 2>&1 || true
  echo "$1: reading said: $(head -n 1 "$work/$1.read")"
}
serve defaults 'PrintMotd no'
told defaults
port=22023
serve accepting 'AcceptEnv GIT_PROTOCOL'
told accepting

if [ -s "$work/defaults.said" ] || ! grep -q 'does not allow request for unadvertised object' "$work/defaults.read" ||
  [ "$(cat "$work/accepting.read")" != hello ]; then
  echo 'NO LONGER SO: expected a silent clone whose file cannot be read, and one that can with AcceptEnv GIT_PROTOCOL' >&2
  exit 1
fi
