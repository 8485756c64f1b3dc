#!/bin/sh
# Docker Engine 20.10.24: a service of a Swarm cannot join the network `none`, which Compose files are told to declare as an
# external one for that; `host` is taken, though both are networks of each node.
# Expected: either both, or a refusal that says that a service needs a network.
. "$(dirname "$0")/common.sh"
engine

docker swarm init --advertise-addr 127.0.0.1 --listen-addr "127.0.0.1:$(free_port)" >/dev/null
create() {
  api POST /v1.41/services/create \
    "{\"Name\": \"in-$1\", \"TaskTemplate\": {\"ContainerSpec\": {\"Image\": \"busybox\"}, \"Networks\": [{\"Target\": \"$1\"}]}}"
}
networks=$(docker network ls --format '{{.Name}} {{.Scope}}' | sort)
host=$(create host)
none=$(create none)
docker swarm leave --force >/dev/null

echo "$networks"
echo "host: $host"
echo "none: $none"
expect "host local" "$networks"
expect "none local" "$networks"
expect '"ID"' "$host"
expect "could not find the corresponding predefined swarm network: network none not found" "$none"
