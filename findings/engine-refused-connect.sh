#!/bin/sh
# Docker Engine 20.10.24 shows a running container on a network that it has refused to connect it to, as the address was taken:
# an end without id and address, for as long as the container runs. Expected: what was refused leaves nothing behind.
. "$(dirname "$0")/common.sh"
engine

connect() { api POST /networks/lan/connect "{\"Container\":\"owner\",\"EndpointConfig\":{\"IPAMConfig\":{\"IPv4Address\":\"$1\"}}}"; }
ends() { docker inspect --format '{{range $name, $end := .NetworkSettings.Networks}}{{$name}} id={{len $end.EndpointID}} ip={{$end.IPAddress}}; {{end}}' owner; }

docker network create --internal home >/dev/null
docker network create --internal --subnet 10.99.0.0/24 lan >/dev/null
docker run -d --name guest --network lan --ip 10.99.0.2 busybox sleep 60 >/dev/null
docker run -d --name owner --network home busybox sleep 60 >/dev/null
before=$(ends)
refusal=$(connect 10.99.0.2)
after=$(ends)
echo "its networks:           $before"
echo "asked for one more:     $refusal"
echo "its networks after all: $after"
expect_not "lan" "$before"
expect "Address already in use" "$refusal"
expect "lan id=0 ip=;" "$after"
