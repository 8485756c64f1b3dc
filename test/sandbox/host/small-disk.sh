#!/bin/sh
# Keeps a file system mounted as long as its owner lives: stdin is the owner's pipe, and the kernel closes it even after
# SIGKILL. A frozen disk that nobody thaws would hold whoever writes on it for ever.
#
# usage: small-disk.sh DIRECTORY KIB [IMAGE]
#   IMAGE  given: an ext4 in this file, which can be frozen; else a tmpfs, which can be full
# Says `ready`, then answers each line it is told (freeze, thaw, readonly, writable) with `done`.
dir=$1 kib=$2 image=${3-}
trap : HUP INT TERM
trap '' PIPE

set -e
if [ -n "$image" ]; then
  truncate -s "${kib}K" "$image"
  mkfs.ext4 -q "$image"
  mount -o loop "$image" "$dir"
else
  mount -t tmpfs -o "size=${kib}k,mode=700" tmpfs "$dir"
fi
set +e
echo ready

while read -r what; do
  case $what in
  freeze) fsfreeze -f "$dir" ;;
  thaw) fsfreeze -u "$dir" ;;
  readonly) mount -o remount,ro "$dir" ;;
  writable) mount -o remount,rw "$dir" ;;
  esac && echo "done" || echo "failed: $what"
done
[ -z "$image" ] || fsfreeze -u "$dir" 2>/dev/null
umount -l "$dir"
[ -z "$image" ] || rm -f "$image"
