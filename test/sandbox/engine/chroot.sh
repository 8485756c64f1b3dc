#!/bin/sh
# Runs a program with another root, seeing DIRECTORY and /tmp (what tests mount) under the same paths as outside. To be
# called in a mount namespace of its own (unshare --mount), which takes every mount made here with it in the end.
# usage: chroot.sh ROOT DIRECTORY COMMAND…
set -e
root=$1 dir=$2
shift 2
mount --bind "$root" "$root" # containerd wants its root to be a mount point
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount --rbind /tmp "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/mnt"
mkdir -p "$root/mnt/data"
mount --bind "$dir" "$root/mnt/data"
# The path of the directory is built on a memory file system, so that nothing of it stays in the cached root.
mount -t tmpfs tmpfs "$root/var/lib"
mkdir -p "$root$dir"
mount --move "$root/mnt/data" "$root$dir"
# A chroot alone would not do: what enters a container's mount namespace (docker exec, health checks) begins at that
# namespace's own root, which would still be the one outside.
mkdir "$root/mnt/outside"
cd "$root"
pivot_root . mnt/outside
exec chroot . sh -c 'umount --lazy /mnt/outside && exec "$@"' sh "$@"
