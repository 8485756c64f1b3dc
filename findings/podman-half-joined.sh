#!/bin/sh
# Podman 4.3.1: after a running container was refused a network, as the address was taken, Docker's API lists no container at
# all until that one is stopped. Expected: what was refused leaves nothing behind.
. "$(dirname "$0")/common.sh"

debian podman=4.3.1+ds1-8+deb12u1+b3 conmon=2.1.6+ds1-1 netavark=1.4.0-3 runc=1.1.5+ds1-1+deb12u1 \
  libdevmapper1.02.1=2:1.02.185-2 libgpgme11=1.18.0-3+deb12u1 libassuan0=2.5.5-5 libsubid4=1:4.13+dfsg1-1+deb12u2 \
  libseccomp2=2.5.4-1+deb12u1 busybox-static=1:1.35.0-4+deb12u1+b1
LD_LIBRARY_PATH="$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu"
HOME=$work
CONTAINERS_CONF=$work/containers.conf
export LD_LIBRARY_PATH HOME CONTAINERS_CONF
mkdir -p "$work/.config/containers" "$work/image/bin"
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$work/.config/containers/policy.json"
cat >"$CONTAINERS_CONF" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[network]
network_backend = "netavark"
network_config_dir = "$work/networks"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
conmon_path = ["$work/root/usr/bin/conmon"]
helper_binaries_dir = ["$work/root/usr/lib/podman"]
[engine.runtimes]
runc = ["$work/root/usr/sbin/runc"]
CONF

# A network namespace that goes with the script.
background holder unshare --net sleep 600
holder=${started%% *}
isolated() { [ "$(readlink "/proc/$holder/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
await 5 isolated
pod() {
  nsenter --net="/proc/$holder/ns/net" \
    podman --root "$work/data" --runroot "$work/runroot" --tmpdir "$work/tmp" --storage-driver vfs "$@" 2>&1
}
leave() {
  pod rm --all --force --time 0 >/dev/null || true
  umount "$work/data/vfs" "$work/data" 2>/dev/null || true
}
trap 'code=$?; leave; (exit $code); finish' EXIT

cp "$work/root/bin/busybox" "$work/image/bin/busybox"
for applet in sh sleep; do ln -s busybox "$work/image/bin/$applet"; done
tar -C "$work/image" -cf "$work/image.tar" .
pod import "$work/image.tar" busybox >/dev/null
pod --version

pod network create --internal --disable-dns home >/dev/null
pod network create --internal --disable-dns --subnet 10.99.0.0/24 lan >/dev/null
pod run -d --name guest --network lan --ip 10.99.0.2 busybox sleep 300 >/dev/null
pod run -d --name owner --network home busybox sleep 300 >/dev/null
background service nsenter --net="/proc/$holder/ns/net" \
  podman --root "$work/data" --runroot "$work/runroot" --tmpdir "$work/tmp" --storage-driver vfs \
  system service --time=0 "unix://$work/docker.sock"
await 10 test -S "$work/docker.sock"
list() { api GET /containers/json | tr ',' '\n' | grep -E '^"Names"|"cause"|"message"' | tr '\n' ' '; }
before=$(list)
refusal=$(pod network connect --ip 10.99.0.2 lan owner) || true
after=$(list)
pod stop --time 0 owner >/dev/null
stopped=$(list)
echo "listed:                    $before"
echo "asked for one more:        $refusal"
echo "listed after that:         $after"
echo "listed once it is stopped: $stopped"
expect "already allocated" "$refusal"
expect '"/owner"' "$before"
expect "network inspection mismatch" "$after"
expect_not '"/guest"' "$after"
expect '"/guest"' "$stopped"
