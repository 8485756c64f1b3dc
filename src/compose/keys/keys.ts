/*
 * Which keys there are, and what becomes of each, lives here, and nothing else: the documentation is made from
 * these tables.
 */

import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;
const windows = { support: "refused", hint: "it exists for Windows containers only" } as const;
const swarm = { support: "ignored", hint: "it has a meaning in a Swarm cluster only" } as const;
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
  build: supported,
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
  container_name: supported,
  depends_on: supported,
  deploy: supported,
  env_file: supported,
  extends: supported,
  label_file: supported,
  profiles: supported,
  configs: supported,
  secrets: supported,
  "x-fairlead": supported,
  annotations: { support: "supported", note: "engines from API 1.43 (Docker 24)" },
  blkio_config: supported,
  cap_add: supported,
  cap_drop: supported,
  cgroup: supported,
  cgroup_parent: supported,
  cpu_count: windows,
  cpu_percent: windows,
  cpu_period: supported,
  cpu_quota: supported,
  cpu_rt_period: supported,
  cpu_rt_runtime: supported,
  cpu_shares: supported,
  cpus: supported,
  cpuset: supported,
  device_cgroup_rules: supported,
  devices: supported,
  dns: supported,
  dns_opt: supported,
  dns_search: supported,
  domainname: supported,
  expose: supported,
  extra_hosts: supported,
  gpus: supported,
  group_add: supported,
  hostname: supported,
  init: supported,
  ipc: { support: "supported", note: "none, private, shareable, host, service:NAME, container:NAME" },
  logging: supported,
  mac_address: { support: "supported", note: "of the network that is joined first, as `networks.NAME.mac_address`" },
  mem_limit: supported,
  mem_reservation: supported,
  mem_swappiness: supported,
  memswap_limit: supported,
  network_mode: { support: "supported", note: "host, none, bridge (also as default), service:NAME, container:NAME" },
  oom_kill_disable: supported,
  oom_score_adj: supported,
  pid: { support: "supported", note: "host, service:NAME, container:NAME" },
  pids_limit: supported,
  platform: supported,
  post_start: { support: "supported", note: "see [leaving](leaving.md#after-a-start)" },
  pre_start: { support: "supported", note: "see [jobs](jobs.md#pre_start)" },
  pre_stop: { support: "supported", note: "see [leaving](leaving.md)" },
  privileged: supported,
  pull_policy: {
    support: "supported",
    note: "always, never, missing, if_not_present, build, daily, weekly, every_<duration>",
  },
  pull_refresh_after: { support: "planned", hint: "write `pull_policy: every_<duration>`" },
  read_only: supported,
  runtime: supported,
  scale: supported,
  security_opt: { support: "supported", note: "a seccomp profile also by its path, from the project's directory" },
  shm_size: supported,
  stdin_open: supported,
  storage_opt: supported,
  sysctls: supported,
  tmpfs: supported,
  tty: supported,
  ulimits: supported,
  use_api_socket: {
    support: "refused",
    hint: "it hands over the engine and all logins to registries: mount the socket under `volumes` if the service may rule the host, and give it a login of its own under `secrets`",
  },
  userns_mode: supported,
  uts: supported,
  volumes_from: { support: "supported", note: "SERVICE, container:NAME, each with `:ro` or `:rw`" },
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
  mode: { support: "supported", note: "replicated, global (one container on this host), replicated-job, global-job" },
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
  host_ip: supported,
  protocol: supported,
  mode: { support: "supported", note: "host and ingress are one and the same on a single host" },
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

export const bindKeys = {
  create_host_path: { support: "supported", note: "default true" },
  propagation: supported,
  recursive: { support: "supported", note: "writable and readonly: engines from API 1.44 (Docker 25)" },
  selinux: { support: "supported", note: "only where the engine may create the host path" },
} as const satisfies KeyTable;

export const attachmentKeys = {
  aliases: supported,
  driver_opts: supported,
  gw_priority: { support: "supported", note: "engines from API 1.48 (Docker 28)" },
  interface_name: { support: "supported", note: "engines from API 1.49 (Docker 28.1)" },
  ipv4_address: supported,
  ipv6_address: supported,
  link_local_ips: supported,
  mac_address: { support: "supported", note: "of the network that is joined first only: engines ignore it on others" },
  priority: { support: "supported", note: "the highest is joined first" },
} as const satisfies KeyTable;

export const networkKeys = {
  name: supported,
  external: supported,
  driver: supported,
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
