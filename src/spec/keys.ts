/** What becomes of a key of the Compose Specification here. */
export type Support =
  | { readonly support: "supported" }
  | { readonly support: "obsolete" | "planned"; readonly hint?: string }
  /** Never: it has no meaning for a controller of one plain host, or a better key exists. */
  | { readonly support: "refused"; readonly hint: string };

/** Every key that a mapping may have by the specification. Any other key is unknown. */
export type KeyTable = Readonly<Record<string, Support>>;

/** The keys that a decoder may read: a key that the table does not call supported does not compile. */
export type SupportedKey<T extends KeyTable> = {
  [K in keyof T & string]: T[K] extends { readonly support: "supported" } ? K : never;
}[keyof T & string];

const supported = { support: "supported" } as const;
const planned = { support: "planned" } as const;
const windows = { support: "refused", hint: "it exists for Windows containers only" } as const;
const swarm = { support: "refused", hint: "it has a meaning in a Swarm cluster only" } as const;
const links = { support: "refused", hint: "services reach each other by name on a common network" } as const;
const quota = { support: "planned", hint: "it will be read from `deploy.resources`" } as const;

export const topLevelKeys = {
  name: supported,
  services: supported,
  networks: supported,
  volumes: supported,
  include: supported,
  "x-fairlead": supported,
  version: { support: "obsolete", hint: "remove it: the Compose Specification has no versions" },
  configs: planned,
  secrets: planned,
  models: { support: "refused", hint: "it belongs to Docker's model runner" },
} as const satisfies KeyTable;

export const serviceKeys = {
  image: supported,
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
  "x-fairlead": supported,
  annotations: planned,
  blkio_config: planned,
  build: { support: "planned", hint: "build and push the image elsewhere, and name it in `image`" },
  cap_add: planned,
  cap_drop: planned,
  cgroup: planned,
  cgroup_parent: planned,
  configs: planned,
  cpu_count: windows,
  cpu_percent: windows,
  cpu_period: quota,
  cpu_quota: quota,
  cpu_rt_period: planned,
  cpu_rt_runtime: planned,
  cpu_shares: quota,
  cpus: quota,
  cpuset: planned,
  device_cgroup_rules: planned,
  devices: planned,
  dns: planned,
  dns_opt: planned,
  dns_search: planned,
  domainname: planned,
  expose: { support: "planned", hint: "services on a common network reach every port of each other without it" },
  extra_hosts: planned,
  gpus: planned,
  group_add: planned,
  hostname: planned,
  init: planned,
  ipc: planned,
  logging: planned,
  mac_address: planned,
  mem_limit: quota,
  mem_reservation: quota,
  mem_swappiness: planned,
  memswap_limit: planned,
  network_mode: planned,
  oom_kill_disable: planned,
  oom_score_adj: planned,
  pid: planned,
  pids_limit: planned,
  platform: planned,
  post_start: planned,
  pre_stop: planned,
  privileged: planned,
  pull_policy: planned,
  pull_refresh_after: planned,
  read_only: planned,
  runtime: planned,
  scale: { support: "planned", hint: "it will be read from `deploy.replicas`" },
  secrets: planned,
  security_opt: planned,
  shm_size: planned,
  stdin_open: planned,
  storage_opt: planned,
  sysctls: planned,
  tmpfs: { support: "planned", hint: "write it under `volumes` with `type: tmpfs`" },
  tty: planned,
  ulimits: planned,
  use_api_socket: planned,
  userns_mode: planned,
  uts: planned,
  volumes_from: planned,
  attach: { support: "refused", hint: "it concerns the terminal of `docker compose up` only" },
  credential_spec: windows,
  develop: { support: "refused", hint: "it concerns `docker compose watch` only" },
  external_links: links,
  isolation: windows,
  links,
  models: { support: "refused", hint: "it belongs to Docker's model runner" },
  provider: { support: "refused", hint: "Fairlead runs containers only" },
} as const satisfies KeyTable;

export const includeKeys = {
  path: supported,
  project_directory: supported,
  env_file: supported,
} as const satisfies KeyTable;

export const extendsKeys = {
  service: supported,
  file: supported,
} as const satisfies KeyTable;

export const envFileKeys = {
  path: supported,
  required: supported,
  format: supported,
} as const satisfies KeyTable;

export const healthcheckKeys = {
  test: supported,
  disable: supported,
  interval: supported,
  timeout: supported,
  retries: supported,
  start_period: supported,
  start_interval: { support: "planned", hint: "engines before 25 drop it silently" },
} as const satisfies KeyTable;

export const dependencyKeys = {
  condition: supported,
  required: planned,
  restart: planned,
} as const satisfies KeyTable;

export const deployKeys = {
  update_config: supported,
  endpoint_mode: swarm,
  labels: { support: "refused", hint: "they are labels of a Swarm service; write `labels` in the service itself" },
  mode: planned,
  placement: swarm,
  replicas: planned,
  resources: planned,
  restart_policy: { support: "planned", hint: "write `restart` in the service itself" },
  rollback_config: planned,
} as const satisfies KeyTable;

export const updateConfigKeys = {
  order: supported,
  parallelism: supported,
  delay: supported,
  monitor: supported,
  failure_action: supported,
  max_failure_ratio: planned,
} as const satisfies KeyTable;

export const portKeys = {
  target: supported,
  published: supported,
  host_ip: supported,
  protocol: supported,
  mode: supported,
  app_protocol: planned,
  name: planned,
} as const satisfies KeyTable;

export const mountKeys = {
  type: supported,
  source: supported,
  target: supported,
  read_only: supported,
  bind: supported,
  consistency: { support: "refused", hint: "it has no effect on Linux" },
  image: planned,
  tmpfs: planned,
  volume: planned,
} as const satisfies KeyTable;

export const bindKeys = {
  create_host_path: supported,
  propagation: planned,
  recursive: planned,
  selinux: planned,
} as const satisfies KeyTable;

export const attachmentKeys = {
  aliases: supported,
  driver_opts: planned,
  gw_priority: planned,
  interface_name: planned,
  ipv4_address: planned,
  ipv6_address: planned,
  link_local_ips: planned,
  mac_address: planned,
  priority: planned,
} as const satisfies KeyTable;

export const networkKeys = {
  name: supported,
  external: supported,
  driver: supported,
  driver_opts: supported,
  internal: supported,
  labels: supported,
  attachable: swarm,
  enable_ipv4: planned,
  enable_ipv6: planned,
  ipam: planned,
} as const satisfies KeyTable;

export const volumeKeys = {
  name: supported,
  external: supported,
  driver: supported,
  driver_opts: supported,
  labels: supported,
} as const satisfies KeyTable;

/** `x-fairlead` of a service: what Compose has no word for. Not a vendor's free space: an unknown key in it is an error. */
export const extensionKeys = {
  keep: supported,
  before: planned,
  drain: planned,
  gate: planned,
  paused: planned,
  policy: planned,
  probe: planned,
  promote: planned,
  verify: planned,
  window: planned,
} as const satisfies KeyTable;

/** The mappings of a service, by their path in it: to tell where a key belongs that stands in the wrong one. */
export const serviceSections: Readonly<Record<string, KeyTable>> = {
  healthcheck: healthcheckKeys,
  deploy: deployKeys,
  "deploy.update_config": updateConfigKeys,
  "x-fairlead": extensionKeys,
};

/** `x-fairlead` at the top level: defaults for all services. */
export const projectExtensionKeys = {
  before: planned,
  drain: planned,
  gate: planned,
  keep: { support: "planned", hint: "write it in each service's own `x-fairlead`" },
  paused: planned,
  policy: planned,
  probe: planned,
  promote: planned,
  verify: planned,
  window: planned,
} as const satisfies KeyTable;
