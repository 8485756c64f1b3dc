#!/bin/sh
# Clears up after a private engine or registry, however its owner ended: stdin is the owner's pipe, and the kernel closes
# it even after SIGKILL. What is done here is the only way in which a sandbox is taken down.
#
# usage: janitor.sh DIRECTORY [LOCKS]
#   DIRECTORY  everything the programs wrote; removed at the end
#   LOCKS      given for an engine: a folder with one lock per network namespace, because two engines fight over docker0
# Says `ready`, or `busy` where an engine of ours already holds the lock of this network namespace.
dir=$1 locks=${2-}

links() { sed -n 's/^ *\([^ :]*\):.*/\1/p' /proc/self/net/dev; }

# The pids of the programs named in the arguments that were started on our directory. By program, never by path
# alone: a pager on the log or a client of the socket is not ours to end.
ours() {
  for file in $(grep -slF -- "$dir/" /proc/[0-9]*/cmdline); do
    pid=${file#/proc/} pid=${pid%/cmdline} name=
    read -r name 2>/dev/null <"/proc/$pid/comm"
    case " $* " in *" $name "*) echo "$pid" ;; esac
  done
}

# The engine waits out each container's grace period on TERM; nobody is interested in that any more.
kill_containers() {
  for shim in $(ours containerd-shim conmon); do
    children=$(cat /proc/"$shim"/task/*/children 2>/dev/null)
    [ -z "$children" ] || kill -9 $children 2>/dev/null
  done
}

end_programs() {
  tries=0
  for pid in $(ours dockerd podman docker-registry); do kill -TERM "$pid" 2>/dev/null; done
  while [ -n "$(ours dockerd podman docker-registry)" ] && [ $tries -lt 150 ]; do
    kill_containers
    sleep 0.1
    tries=$((tries + 1))
  done
  kill_containers
  for pid in $(ours dockerd podman docker-registry containerd containerd-shim conmon aardvark-dns); do kill -9 "$pid" 2>/dev/null; done
}

remove_links() {
  for link in $(links); do
    case " $links_before " in *" $link "*) continue ;; esac
    case $link in docker0 | br-????????????) busybox ip link del "$link" 2>/dev/null ;; esac
  done
}

# An engine leaves its chains behind, and a FORWARD policy of DROP. Only where no engine had been here before us.
remove_rules() {
  case " $links_before " in *" docker0 "*) return ;; esac
  for tables in iptables ip6tables; do
    case $tables in iptables) policy=$policy4 ;; *) policy=$policy6 ;; esac
    "$tables-save" 2>/dev/null |
      sed -e '/DOCKER/d' -e '/[ ]docker0/d' -e '/[ ]br-[0-9a-f]\{12\}/d' -e "s/^:FORWARD DROP/:FORWARD ${policy:-ACCEPT}/" |
      "$tables-restore" 2>/dev/null
  done
}

forward_policy() { "$1-save" -t filter 2>/dev/null | sed -n 's/^:FORWARD \([A-Z]*\).*/\1/p'; }

remove_directory() {
  for try in 1 2 3 4 5; do
    for mount in $(cut -d' ' -f5 /proc/self/mountinfo | grep -F -- "$dir/" | sort -r); do umount -l "$mount"; done
    rm -rf --one-file-system "$dir" 2>/dev/null && return
    sleep 0.2
  done
  echo "could not remove $dir" >&2
  exit 1
}

if [ -n "$locks" ]; then
  mkdir -p "$locks"
  exec 9>"$locks/fairlead-sandbox-$(readlink /proc/self/ns/net)"
  flock -n 9 || { echo busy; exit 75; }
fi
trap : HUP INT TERM
trap '' PIPE
links_before=$(links | tr '\n' ' ')
[ -z "$locks" ] || { policy4=$(forward_policy iptables) policy6=$(forward_policy ip6tables); }
echo $$ >"$dir/janitor.pid"
echo ready

read -r _
end_programs
[ -z "$locks" ] || { remove_links; remove_rules; }
remove_directory
