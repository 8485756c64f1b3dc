/*
 * Which keys there are, and what becomes of each, lives here, and nothing else: the documentation is made from
 * these tables.
 */

import { hostOnly, type KeyTable } from "./support.js";

const supported = { support: "supported" } as const;
const windows = { support: "refused", hint: "it exists for Windows containers only" } as const;
const swarm = {
  support: "ignored",
  hint: "it has a meaning in a Swarm cluster only",
  swarm: { support: "supported" },
} as const;
const sharesOnly = hostOnly("a Swarm knows `cpus` only: write them under `deploy.resources`");
const namespace = "a Swarm gives each container one of its own: remove it";
const noWord = hostOnly("a Swarm has no word for it: remove it, or set it as a default of the nodes' engines");
const devices = "nodes announce what they have, and `deploy.resources.reservations.generic_resources` asks for it";
const joins = "a Swarm joins networks in an order and under names of its own: remove it";
const addresses = "a Swarm gives out addresses by itself: remove it, and use the service's name";
const leaving = "let the process leave by itself when it gets `stop_signal`, within `stop_grace_period`";
const modelRunner =
  "it belongs to Docker's model runner: run a model server as a service, and give its address under `environment`";
const readerOnly = { support: "supported", note: "for the reader: it changes nothing, as in Compose" } as const;

export const topLevelKeys = {
  name: supported,
  services: supported,
  networks: supported,
  volumes: supported,
  configs: supported,
  secrets: supported,
  include: supported,
  "x-fairlead": supported,
  version: { support: "obsolete", hint: "remove it: the Compose Specification has no versions" },
  models: { support: "refused", hint: modelRunner },
} as const satisfies KeyTable;

export const serviceKeys = {
  image: supported,
  build: hostOnly(
    "let a pipeline build and push the image, and name it under `image`: the nodes pull it from its registry",
  ),
  command: supported,
  entrypoint: supported,
  environment: supported,
  ports: supported,
  volumes: supported,
  networks: supported,
  labels: supported,
  restart: supported,
  healthcheck: supported,
  user: supported,
  working_dir: supported,
  stop_grace_period: supported,
  stop_signal: supported,
  container_name: hostOnly("remove it: a Swarm names its containers, and others find them by the service's name"),
  depends_on: supported,
  deploy: supported,
  env_file: supported,
  extends: supported,
  label_file: supported,
  profiles: supported,
  configs: supported,
  secrets: supported,
  "x-fairlead": supported,
  annotations: hostOnly("a Swarm has no word for it: write `labels`", "engines from API 1.43 (Docker 24)"),
  blkio_config: noWord,
  cap_add: supported,
  cap_drop: supported,
  cgroup: hostOnly(namespace),
  cgroup_parent: noWord,
  cpu_count: windows,
  cpu_percent: windows,
  cpu_period: sharesOnly,
  cpu_quota: sharesOnly,
  cpu_rt_period: sharesOnly,
  cpu_rt_runtime: sharesOnly,
  cpu_shares: sharesOnly,
  cpus: supported,
  cpuset: sharesOnly,
  device_cgroup_rules: hostOnly(devices),
  devices: hostOnly(devices),
  dns: supported,
  dns_opt: supported,
  dns_search: supported,
  domainname: hostOnly("write the whole name as `hostname`"),
  expose: supported,
  extra_hosts: supported,
  gpus: hostOnly(devices),
  group_add: supported,
  hostname: supported,
  init: supported,
  ipc: hostOnly(namespace, "none, private, shareable, host, service:NAME, container:NAME"),
  logging: supported,
  mac_address: hostOnly(addresses, "of the network that is joined first, as `networks.NAME.mac_address`"),
  mem_limit: supported,
  mem_reservation: supported,
  mem_swappiness: noWord,
  memswap_limit: noWord,
  network_mode: {
    support: "supported",
    note: "host, none, bridge (also as default), service:NAME, container:NAME",
    swarm: { support: "supported", note: "host" },
  },
  oom_kill_disable: noWord,
  oom_score_adj: {
    support: "supported",
    swarm: { support: "supported", note: "engines from API 1.46 (Docker 27)" },
  },
  pid: hostOnly(namespace, "host, service:NAME, container:NAME"),
  pids_limit: supported,
  platform: supported,
  post_start: hostOnly(
    "let the image's own command do it, or a job under `x-fairlead.after`",
    "see [leaving](leaving.md#after-a-start)",
  ),
  pre_start: hostOnly("write a job under `x-fairlead.before`", "see [jobs](jobs.md#pre_start)"),
  pre_stop: hostOnly(leaving, "see [leaving](leaving.md)"),
  privileged: hostOnly("a Swarm runs nothing privileged: name what it needs under `cap_add`"),
  pull_policy: {
    support: "supported",
    note: "always, never, missing, if_not_present, build, daily, weekly, every_<duration>",
    swarm: { support: "supported", note: "always, daily, weekly, every_<duration>" },
  },
  pull_refresh_after: { support: "planned", hint: "write `pull_policy: every_<duration>`" },
  read_only: supported,
  runtime: hostOnly("make it the default runtime of the nodes' engines"),
  scale: supported,
  security_opt: {
    support: "supported",
    note: "a seccomp profile also by its path, from the project's directory",
    swarm: {
      support: "supported",
      note: "label; no-new-privileges, seccomp and apparmor=unconfined: engines from API 1.44 (Docker 25)",
    },
  },
  shm_size: hostOnly(
    "mount memory of that size under `volumes`: `{type: tmpfs, target: /dev/shm, tmpfs: {size: 64m}}`",
  ),
  stdin_open: supported,
  storage_opt: noWord,
  sysctls: supported,
  tmpfs: { support: "supported", swarm: { support: "supported", note: "with `size`, `mode` and `ro`" } },
  tty: supported,
  ulimits: supported,
  use_api_socket: {
    support: "refused",
    hint: "it hands over the engine and all logins to registries: mount the socket under `volumes` if the service may rule the host, and give it a login of its own under `secrets`",
  },
  userns_mode: hostOnly(namespace),
  uts: hostOnly(namespace),
  volumes_from: hostOnly(
    "name the volumes under `volumes`: a container may run on another node",
    "SERVICE, container:NAME, each with `:ro` or `:rw`",
  ),
  attach: { support: "ignored", hint: "it concerns the terminal of `docker compose up` only" },
  credential_spec: windows,
  develop: { support: "ignored", hint: "it concerns `docker compose watch` only" },
  external_links: {
    support: "refused",
    hint: "join the other container's network: declare it under the top-level `networks` with `external: true`",
  },
  isolation: windows,
  links: {
    support: "supported",
    note: "read as `depends_on` with `restart: true`, with a warning; an alias becomes a name of the other service on the networks of both",
    swarm: { support: "refused", hint: "remove it: services find each other by their names on a common network" },
  },
  models: { support: "refused", hint: modelRunner },
  provider: {
    support: "refused",
    hint: "Fairlead runs containers only: let what it stands for run outside, or as a service with an `image`",
  },
} as const satisfies KeyTable;

export const healthcheckKeys = {
  test: supported,
  disable: supported,
  interval: supported,
  timeout: supported,
  retries: supported,
  start_period: supported,
  start_interval: {
    support: "supported",
    note: "engines from API 1.44 (Docker 25); left out with a warning on older ones",
  },
} as const satisfies KeyTable;

export const dependencyKeys = {
  condition: supported,
  required: supported,
  restart: supported,
} as const satisfies KeyTable;

export const deployKeys = {
  update_config: supported,
  endpoint_mode: swarm,
  labels: {
    support: "supported",
    note: "they belong to the service, not to its containers, as the specification says; those stand in the service's own `labels`",
  },
  mode: {
    support: "supported",
    note: "replicated, global (one container on this host), replicated-job, global-job",
    swarm: {
      support: "supported",
      note: "replicated, global (one container on each node), replicated-job, global-job",
    },
  },
  placement: swarm,
  replicas: supported,
  resources: supported,
  restart_policy: { support: "supported", note: "takes the place of `restart`" },
  rollback_config: supported,
} as const satisfies KeyTable;

export const updateConfigKeys = {
  order: supported,
  parallelism: supported,
  delay: supported,
  monitor: supported,
  failure_action: supported,
  max_failure_ratio: supported,
} as const satisfies KeyTable;

/** As `update_config`, but a roll-back is never rolled back. */
export const rollbackConfigKeys = { ...updateConfigKeys } as const satisfies KeyTable;

export const portKeys = {
  target: supported,
  published: supported,
  host_ip: hostOnly("a Swarm publishes on every address of a node: remove it, and close the others by a firewall"),
  protocol: supported,
  mode: {
    support: "supported",
    note: "host and ingress are one and the same on a single host",
    swarm: { support: "supported", note: "ingress (default): on every node; host: on the nodes of its containers" },
  },
  app_protocol: readerOnly,
  name: readerOnly,
} as const satisfies KeyTable;

export const mountKeys = {
  type: { support: "supported", note: "bind, volume, tmpfs" },
  source: supported,
  target: supported,
  read_only: supported,
  bind: supported,
  consistency: { support: "ignored", hint: "it has no effect on Linux" },
  image: { support: "planned", hint: "copy the files into the service's own image" },
  tmpfs: supported,
  volume: supported,
} as const satisfies KeyTable;

export const attachmentKeys = {
  aliases: supported,
  driver_opts: supported,
  gw_priority: hostOnly(joins, "engines from API 1.48 (Docker 28)"),
  interface_name: hostOnly(joins, "engines from API 1.49 (Docker 28.1)"),
  ipv4_address: hostOnly(addresses),
  ipv6_address: hostOnly(addresses),
  link_local_ips: hostOnly(addresses),
  mac_address: hostOnly(addresses, "of the network that is joined first only: engines ignore it on others"),
  priority: hostOnly(joins, "the highest is joined first"),
} as const satisfies KeyTable;

export const networkKeys = {
  name: supported,
  external: supported,
  driver: { support: "supported", swarm: { support: "supported", note: "default overlay; one that spans the nodes" } },
  driver_opts: supported,
  internal: supported,
  labels: supported,
  attachable: supported,
  enable_ipv4: supported,
  enable_ipv6: supported,
  ipam: supported,
} as const satisfies KeyTable;

export const volumeKeys = {
  name: supported,
  external: supported,
  driver: supported,
  driver_opts: supported,
  labels: supported,
} as const satisfies KeyTable;
