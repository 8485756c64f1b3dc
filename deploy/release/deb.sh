#!/bin/sh
# Makes a Debian package of Fairlead: deploy/release/deb.sh [--node BINARY] [--out FOLDER]
# It is for every architecture and depends on the system's nodejs. With --node there is a second one, which holds that Node
# and is for the architecture of that binary: for systems whose own Node is too old.
# Needs Node, npm and dpkg-deb; prints the path of each. COMPRESSION: xz, or another that dpkg-deb knows.
set -eu
umask 022
cd "$(dirname "$0")/../.."

node='' out=.
while [ $# -gt 0 ]; do
  case $1 in
    --node) node=${2:?--node takes the path of a Node binary} && shift 2 ;;
    --out) out=${2:?--out takes a folder} && shift 2 ;;
    *) echo "deb.sh: unknown argument $1: it takes --node BINARY and --out FOLDER" >&2 && exit 1 ;;
  esac
done

# The machine that an ELF binary is for stands at its bytes 18 and 19.
if [ -n "$node" ]; then
  case $(od -An -tx1 -N20 "$node" | tr -d ' \n') in
    7f454c46*3e00) architecture=amd64 ;;
    7f454c46*b700) architecture=arm64 ;;
    *) echo "deb.sh: $node is no Linux binary for amd64 or arm64" >&2 && exit 1 ;;
  esac
fi

version=$(node -p 'require("./package.json").version')
needed=$(node -p 'require("./package.json").engines.node.replace(">=", "")')
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/root
lib=$root/usr/lib/fairlead
doc=$root/usr/share/doc/fairlead
mkdir -p "$lib" "$root/usr/bin" "$root/usr/lib/systemd/system" "$doc" "$root/DEBIAN" "$out"

# What npm publishes is what is packed: built anew, and nothing that lies about here.
npm pack --silent --pack-destination "$stage" >/dev/null
tar -xzf "$stage/fairlead-$version.tgz" -C "$stage"
cp package-lock.json "$stage/package/"
# No package needs its install script here: what they would compile is optional.
(cd "$stage/package" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent)
cp -r "$stage/package/dist" "$stage/package/node_modules" "$stage/package/package.json" "$lib/"
rm -f "$lib/node_modules/.package-lock.json"
cp -r "$stage/package/docs" "$stage/package/README.md" "$stage/package/deploy/example" "$doc/"
cp LICENSE "$doc/copyright"
gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
cp deploy/systemd/fairlead.service "$root/usr/lib/systemd/system/"

# Nothing is started: it has no services file yet. `fairlead setup` says what comes next.
cat >"$root/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
  mkdir -p /etc/fairlead
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    # After an upgrade, what ran runs on in the new version.
    if [ -n "$2" ]; then systemctl try-restart fairlead.service; fi
  fi
  if [ ! -e /etc/fairlead/fairlead.yaml ]; then echo "fairlead: \`sudo fairlead setup --run systemd\` comes next"; fi
fi
SCRIPT
cat >"$root/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --now fairlead.service; fi
SCRIPT
# What a person has written in /etc/fairlead is left, and so are all containers.
cat >"$root/DEBIAN/postrm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -rf /var/lib/private/fairlead /var/lib/fairlead
  rmdir --ignore-fail-on-non-empty /etc/fairlead 2>/dev/null || true
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
SCRIPT
chmod 755 "$root/DEBIAN/postinst" "$root/DEBIAN/prerm" "$root/DEBIAN/postrm"

# pack ARCHITECTURE DEPENDS
pack() {
  cat >"$root/DEBIAN/control" <<CONTROL
Package: fairlead
Version: $version
Architecture: $1
Maintainer: The Fairlead authors <fairlead@localhost>
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: $2
Recommends: docker.io | docker-ce, util-linux
Section: admin
Priority: optional
Description: reconciling controller for plain Docker hosts
 Keeps the containers of a Docker host equal to a Compose file: pulls first,
 starts, waits for health, and goes back by itself if the new image is bad.
CONTROL
  package=$out/fairlead_${version}_$1.deb
  dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$root" "$package" >/dev/null
  echo "$package"
}

ln -s ../lib/fairlead/dist/main.js "$root/usr/bin/fairlead"
pack all "nodejs (>= $needed)"

[ -n "$node" ] || exit 0
install -m 755 "$node" "$lib/node"
rm "$root/usr/bin/fairlead"
printf '#!/bin/sh\nexec /usr/lib/fairlead/node /usr/lib/fairlead/dist/main.js "$@"\n' >"$root/usr/bin/fairlead"
chmod 755 "$root/usr/bin/fairlead"
pack "$architecture" 'libc6 (>= 2.28), libstdc++6 (>= 9)'
