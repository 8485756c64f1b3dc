# Read by the scripts beside it: a folder that goes with the script, packages of one version in it, an engine of its own.
set -eu

work=$(mktemp -d "${TMPDIR:-/var/tmp}/finding.XXXXXX")
started=""

# Ends what was started, the newest first, and removes the folder.
finish() {
  code=$?
  for pid in $started; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work" || true
  exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

# In the background, with its output in a file of this name; its process goes with the script.
background() {
  name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 &
  started="$! $started"
}

# name=version of the distribution, unpacked into $work/root.
debian() {
  mkdir -p "$work/debs" "$work/root"
  (cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download "$@")
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/root"; done
  rm "$work"/debs/*.deb
  PATH="$work/root/usr/sbin:$work/root/usr/bin:$work/root/bin:$PATH"
  export PATH
}

# The same of Debian's next release, for what runs on this one too.
debian_next() {
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep '/debian/$' | sort -u | head -n 1)
  mkdir -p "$work/next/lists/partial" "$work/next/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$work/next/sources.list"
  cat >"$work/next/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/next/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/next/lists";
Dir::Cache "$work/next/cache";
Acquire::Check-Valid-Until "false";
CONF
  APT_CONFIG="$work/next/apt.conf"
  export APT_CONFIG
  apt-get -qq -o APT::Sandbox::User=root update
  debian "$@"
  unset APT_CONFIG
}

# Docker Compose 2.40 as `compose`.
compose_next() {
  debian_next docker-compose=2.40.3-3
  compose() { "$work/root/usr/libexec/docker/cli-plugins/docker-compose" "$@"; }
  compose version
}

# name@version from npm, into $work/node_modules. The script that uses them is to lie in $work.
npm_packages() {
  (cd "$work" && npm install --prefix "$work" --silent --ignore-scripts --no-audit --no-fund --no-save "$@" >/dev/null)
}

# Asks again, for as many seconds, until the command succeeds.
await() {
  seconds=$1
  shift
  tries=$((seconds * 5))
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "in vain: $*" >&2; return 1; }
    sleep 0.2
  done
}

# A port of this host that nobody listens on now.
free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# Docker 20.10 of Debian 12, with the image `busybox`, in a network namespace of its own. Needs root.
engine() {
  debian docker.io=20.10.24+dfsg1-1+deb12u1+b6 containerd=1.6.20~ds1-1+deb12u3 runc=1.1.5+ds1-1+deb12u1 \
    libdevmapper1.02.1=2:1.02.185-2 libseccomp2=2.5.4-1+deb12u1 busybox-static=1:1.35.0-4+deb12u1+b1
  LD_LIBRARY_PATH="$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu"
  DOCKER_HOST="unix://$work/docker.sock"
  export LD_LIBRARY_PATH DOCKER_HOST
  background dockerd unshare --net dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" \
    --pidfile "$work/docker.pid" --storage-driver vfs --bridge none --iptables=false
  dockerd=${started%% *}
  await 30 docker version
  nsenter --net="/proc/$dockerd/ns/net" ip link set lo up
  mkdir -p "$work/image/bin"
  cp "$work/root/bin/busybox" "$work/image/bin/busybox"
  for applet in sh sleep true false; do ln -s busybox "$work/image/bin/$applet"; done
  tar -C "$work/image" -cf - . | docker import - busybox >/dev/null
  echo "Docker $(docker version --format '{{.Server.Version}}, API {{.Server.APIVersion}}')"
}

# The engine's API, without a client in between: METHOD PATH [BODY].
api() {
  curl -sS --unix-socket "$work/docker.sock" -X "$1" -H 'Content-Type: application/json' ${3+-d "$3"} "http://engine$2"
}

# Ends well where the text holds the words, else says that it is no longer so.
expect() {
  case "$2" in
    *"$1"*) ;;
    *)
      echo "NO LONGER SO: expected '$1' in: $2" >&2
      exit 1
      ;;
  esac
}

expect_not() {
  case "$2" in
    *"$1"*)
      echo "NO LONGER SO: did not expect '$1' in: $2" >&2
      exit 1
      ;;
    *) ;;
  esac
}
