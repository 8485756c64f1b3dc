import { isEmpty, listOf, pairsOf, recordOf, textsOf } from "../create/body.js";
import type { Body, Surroundings } from "../create/body.js";
import { volumesOf } from "./volumes-of.js";

/** What was declared of a container, by Compose's keys, in one form for every way of saying the same. */
export type Settings = Readonly<Record<string, unknown>>;

/** A field of the engine as Compose calls it, in comparable form; undefined is as good as unsaid. */
type Reader = (value: unknown, body: Body, around: Surroundings) => unknown;
interface Field {
  readonly key: string;
  readonly read: Reader;
}

const plain: Reader = (value) => value;
const sorted: Reader = (value) => [...textsOf(value)].sort();
const objects: Reader = (value) =>
  listOf(value)
    .map((item) => canonical(item))
    .sort()
    .map((item) => JSON.parse(item) as unknown);
const field = (key: string, read: Reader = plain): Field => ({ key, read });

const shmDefault = 64 * 1024 * 1024;

/** The fields of `HostConfig`. One that is not listed here goes by the engine's own name: nothing is overlooked. */
const hostFields: Readonly<Record<string, Field>> = {
  Annotations: field("annotations"),
  AutoRemove: field("auto_remove"),
  BlkioDeviceReadBps: field("blkio_config.device_read_bps", objects),
  BlkioDeviceReadIOps: field("blkio_config.device_read_iops", objects),
  BlkioDeviceWriteBps: field("blkio_config.device_write_bps", objects),
  BlkioDeviceWriteIOps: field("blkio_config.device_write_iops", objects),
  BlkioWeight: field("blkio_config.weight"),
  BlkioWeightDevice: field("blkio_config.weight_device", objects),
  CapAdd: field("cap_add", capabilities),
  CapDrop: field("cap_drop", capabilities),
  CgroupParent: field("cgroup_parent"),
  CgroupnsMode: field("cgroup", (value, _body, { cgroupns }) => (value === cgroupns ? undefined : value)),
  CpuPeriod: field("cpu_period"),
  CpuQuota: field("cpu_quota"),
  CpuRealtimePeriod: field("cpu_rt_period"),
  CpuRealtimeRuntime: field("cpu_rt_runtime"),
  CpuShares: field("cpu_shares"),
  CpusetCpus: field("cpuset"),
  DeviceCgroupRules: field("device_cgroup_rules", sorted),
  DeviceRequests: field("deploy.resources.reservations.devices", objects),
  Devices: field("devices", objects),
  Dns: field("dns"),
  DnsOptions: field("dns_opt"),
  DnsSearch: field("dns_search"),
  ExtraHosts: field("extra_hosts", (value) =>
    textsOf(value)
      .map((entry) => entry.replace("=", ":"))
      .sort(),
  ),
  GroupAdd: field("group_add", sorted),
  Init: field("init"),
  // Which of the two the engine takes by itself is a setting of the daemon.
  IpcMode: field("ipc", (value) => (value === "private" || value === "shareable" ? undefined : value)),
  Links: field("links", sorted),
  LogConfig: field("logging", logging),
  Memory: field("mem_limit"),
  MemoryReservation: field("mem_reservation"),
  MemorySwap: field("memswap_limit", (value, { HostConfig }) =>
    value === 2 * Number(HostConfig?.["Memory"] ?? 0) ? undefined : value,
  ),
  MemorySwappiness: field("mem_swappiness", (value) => (value === -1 ? undefined : value)),
  NanoCpus: field("cpus"),
  OomKillDisable: field("oom_kill_disable"),
  OomScoreAdj: field("oom_score_adj"),
  PidMode: field("pid"),
  PidsLimit: field("pids_limit", (value) => (value === -1 ? undefined : value)),
  PortBindings: field("ports", ports),
  Privileged: field("privileged"),
  ReadonlyRootfs: field("read_only"),
  Runtime: field("runtime", (value, _body, { runtime }) => (value === runtime ? undefined : value)),
  SecurityOpt: field("security_opt", security),
  ShmSize: field("shm_size", (value) => (value === shmDefault ? undefined : value)),
  StorageOpt: field("storage_opt"),
  Sysctls: field("sysctls"),
  UTSMode: field("uts"),
  Ulimits: field("ulimits", objects),
  UsernsMode: field("userns_mode"),
  VolumesFrom: field("volumes_from", (value) =>
    textsOf(value)
      .map((from) => from.replace(/:rw$/, ""))
      .sort(),
  ),
};

/** Said otherwise (mounts, networks, restart policy), the engine's own doing, or without a meaning on Linux. */
const unread: ReadonlySet<string> = new Set([
  ...["Binds", "Mounts", "Tmpfs", "VolumeDriver", "NetworkMode", "RestartPolicy", "MaskedPaths", "ReadonlyPaths"],
  ...["ConsoleSize", "ContainerIDFile", "Isolation", "Cgroup", "CpuCount", "CpuPercent", "IOMaximumIOps"],
  ...["IOMaximumBandwidth", "KernelMemory", "KernelMemoryTCP"],
]);

const ownFields: Readonly<Record<string, Field>> = {
  Cmd: field("command"),
  Domainname: field("domainname"),
  Entrypoint: field("entrypoint"),
  Env: field("environment", (value) => pairsOf(value)),
  ExposedPorts: field("expose", exposed),
  Healthcheck: field("healthcheck", healthcheck),
  Hostname: field("hostname", hostname),
  Labels: field("labels", labels),
  MacAddress: field("mac_address"),
  OpenStdin: field("stdin_open"),
  StopSignal: field("stop_signal", (value) => (value === "SIGTERM" || value === "15" ? undefined : value)),
  StopTimeout: field("stop_grace_period", (value) => (value === 10 ? undefined : value)),
  Tty: field("tty"),
  User: field("user"),
  WorkingDir: field("working_dir"),
};

/** Everything a body says, without what is said by nobody. */
export function settingsOf(body: Body, around: Surroundings): Settings {
  const host = Object.entries(body.HostConfig ?? {}).filter(([name]) => !unread.has(name));
  const read = [
    ...Object.entries(ownFields).map(
      ([name, { key, read: reader }]) => [key, reader(body[name], body, around)] as const,
    ),
    ...host.map(([name, value]) => {
      const { key, read: reader } = hostFields[name] ?? field(`HostConfig.${name}`);
      return [key, reader(value, body, around)] as const;
    }),
    ["volumes", Object.fromEntries(volumesOf(body))] as const,
  ];
  return Object.fromEntries(read.filter(([, value]) => !isEmpty(value)));
}

function capabilities(value: unknown): unknown {
  return textsOf(value)
    .map((name) => name.toUpperCase().replace(/^CAP_/, ""))
    .sort();
}

/** Both of Docker's separators, and what the engine adds of its own to a container that may do anything. */
function security(value: unknown, { HostConfig }: Body): unknown {
  const free =
    HostConfig?.["Privileged"] === true || HostConfig?.["PidMode"] === "host" || HostConfig?.["IpcMode"] === "host";
  return textsOf(value)
    .map((option) => option.replace("=", ":").replace(/^(no-new-privileges):true$/, "$1"))
    .filter((option) => !free || option !== "label:disable")
    .sort();
}

function logging(value: unknown, _body: Body, { loggingDriver }: Surroundings): unknown {
  const { Type, Config } = recordOf(value);
  const driver = isEmpty(Type) ? loggingDriver : Type;
  return isEmpty(Config) && driver === loggingDriver ? undefined : { driver, options: Config };
}

/** `ip:host:container/protocol`, sorted; an absent address is all of them, an absent host port any. */
function ports(value: unknown): unknown {
  return Object.entries(recordOf(value))
    .flatMap(([port, bindings]) =>
      listOf(bindings).map((binding) => {
        const { HostIp, HostPort } = recordOf(binding);
        const address = isEmpty(HostIp) || HostIp === "0.0.0.0" ? "" : String(HostIp);
        return [address, isEmpty(HostPort) || HostPort === "0" ? "" : String(HostPort), port].join("|");
      }),
    )
    .sort();
}

/** Beyond the published ones, which are exposed anyway. Compose leaves the protocol out where the file does. */
function exposed(value: unknown, { HostConfig }: Body): unknown {
  const published = recordOf(HostConfig?.["PortBindings"]);
  return Object.keys(recordOf(value))
    .map((port) => (port.includes("/") ? port : `${port}/tcp`))
    .filter((port) => !Object.hasOwn(published, port))
    .sort();
}

/** Nanoseconds; the engine's zeros are its defaults. */
function healthcheck(value: unknown): unknown {
  const check = recordOf(value);
  const [kind] = textsOf(check["Test"]);
  if (kind === "NONE") return { Test: ["NONE"] };
  return Object.fromEntries(Object.entries(check).filter(([, part]) => !isEmpty(part)));
}

/** The engine gives the id's first digits; in another's network namespace, that one's name. */
function hostname(value: unknown, { HostConfig }: Body, { containerId }: Surroundings): unknown {
  const mode = HostConfig?.["NetworkMode"];
  const borrowed = typeof mode === "string" && (mode === "host" || mode.startsWith("container:"));
  return borrowed || value === containerId.slice(0, 12) ? undefined : value;
}

/** Those of the tools that made the container are no part of what was declared. */
function labels(value: unknown): unknown {
  const own = Object.entries(recordOf(value)).filter(
    ([key]) =>
      !key.startsWith("com.docker.compose.") && !key.startsWith("fairlead.") && !key.startsWith("desktop.docker.io/"),
  );
  return Object.fromEntries(own);
}

/** Text that is equal where two values mean the same: keys sorted, the engine's ways of saying nothing left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === undefined) return "null";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => !isEmpty(item))
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}
