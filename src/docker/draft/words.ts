import { isEmpty, listOf, recordOf, textsOf } from "../create/body.js";

/** Compose's own form of a setting; undefined: Compose has no word for this value. */
type Word = (value: unknown) => unknown;

const same: Word = (value) => value;
const seconds: Word = (value) => `${Number(value)}s`;

/**
 * How each setting is written in a services file, in the order of writing; a dot leads into a mapping. What is not listed here has no word; what the
 * reader does not support yet is left out by who writes the file.
 */
export const words: Readonly<Record<string, Word>> = {
  entrypoint: same,
  command: same,
  user: same,
  working_dir: same,
  hostname: same,
  domainname: same,
  environment: same,
  ports: (value) => textsOf(value).map(port),
  expose: same,
  labels: same,
  healthcheck,
  stop_signal: same,
  stop_grace_period: seconds,
  init: same,
  tty: same,
  stdin_open: same,
  privileged: same,
  read_only: same,
  cap_add: same,
  cap_drop: same,
  security_opt: same,
  group_add: same,
  userns_mode: same,
  ipc: same,
  pid: same,
  uts: same,
  cgroup: same,
  cgroup_parent: same,
  sysctls: same,
  ulimits: (value) => Object.fromEntries(listOf(value).map(limit)),
  devices: (value) => listOf(value).map(device),
  device_cgroup_rules: same,
  dns: same,
  dns_opt: same,
  dns_search: same,
  extra_hosts: same,
  mac_address: same,
  logging: same,
  runtime: same,
  annotations: same,
  storage_opt: same,
  cpus: (value) => Number(value) / 1e9,
  cpu_shares: same,
  cpu_period: same,
  cpu_quota: same,
  cpu_rt_period: same,
  cpu_rt_runtime: same,
  cpuset: same,
  mem_limit: same,
  mem_reservation: same,
  memswap_limit: same,
  mem_swappiness: same,
  shm_size: same,
  pids_limit: same,
  oom_kill_disable: same,
  oom_score_adj: same,
  "blkio_config.weight": same,
  "blkio_config.weight_device": (value) => listOf(value).map(weight),
  "blkio_config.device_read_bps": rates,
  "blkio_config.device_read_iops": rates,
  "blkio_config.device_write_bps": rates,
  "blkio_config.device_write_iops": rates,
  "deploy.resources.reservations.devices": (value) => listOf(value).map(request),
  volumes_from: (value) => textsOf(value).map((from) => `container:${from}`),
};

/** From `ip|host|container/protocol`. */
function port(text: string): string {
  const [ip = "", host = "", target = ""] = text.split("|");
  const container = target.replace(/\/tcp$/, "");
  const address = ip.includes(":") ? `[${ip}]` : ip;
  if (address !== "") return `${address}:${host}:${container}`;
  return host === "" ? container : `${host}:${container}`;
}

function healthcheck(value: unknown): unknown {
  const { Test, Interval, Timeout, Retries, StartPeriod, StartInterval } = recordOf(value);
  if (textsOf(Test)[0] === "NONE") return { disable: true };
  const time = (nanoseconds: unknown) => (isEmpty(nanoseconds) ? undefined : `${Number(nanoseconds) / 1e6}ms`);
  const all = {
    test: Test,
    interval: time(Interval),
    timeout: time(Timeout),
    retries: Retries,
    start_period: time(StartPeriod),
    start_interval: time(StartInterval),
  };
  return Object.fromEntries(Object.entries(all).filter(([, part]) => !isEmpty(part)));
}

function limit(value: unknown): [string, unknown] {
  const { Name, Soft, Hard } = recordOf(value);
  return [String(Name), Soft === Hard ? Soft : { soft: Soft, hard: Hard }];
}

function weight(value: unknown): object {
  const { Path, Weight } = recordOf(value);
  return { path: Path, weight: Weight };
}

function rates(value: unknown): unknown {
  return listOf(value).map((device) => {
    const { Path, Rate } = recordOf(device);
    return { path: Path, rate: Rate };
  });
}

/** Of the engine's alternatives a file can write one. */
function request(value: unknown): object {
  const { Driver, Count, DeviceIDs, Capabilities, Options } = recordOf(value);
  const all = {
    driver: Driver,
    count: Count === -1 ? "all" : Count,
    device_ids: DeviceIDs,
    capabilities: listOf(Capabilities)[0],
    options: Options,
  };
  return Object.fromEntries(Object.entries(all).filter(([, part]) => !isEmpty(part)));
}

function device(value: unknown): string {
  const { PathOnHost, PathInContainer, CgroupPermissions } = recordOf(value);
  const permissions = isEmpty(CgroupPermissions) || CgroupPermissions === "rwm" ? "" : `:${String(CgroupPermissions)}`;
  return `${String(PathOnHost)}:${String(PathInContainer)}${permissions}`;
}

/** Mappings within mappings. */
export function nested(
  entries: readonly (readonly [path: readonly string[], value: unknown])[],
): Record<string, unknown> {
  const names = new Set(entries.map(([[first = ""]]) => first));
  const within = (name: string) => {
    const own = entries.filter(([[first]]) => first === name);
    const whole = own.find(([path]) => path.length === 1);
    return whole === undefined ? nested(own.map(([[, ...rest], value]) => [rest, value] as const)) : whole[1];
  };
  return Object.fromEntries([...names].map((name) => [name, within(name)]));
}
