import fc from "fast-check";

/** What a YAML file can hold. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

const one = (...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
const some = (items: fc.Arbitrary<Value>, nameOf: (item: Value) => unknown = (item) => item) =>
  fc.uniqueArray(items, { minLength: 1, maxLength: 3, selector: nameOf });
const record = (keys: Readonly<Record<string, fc.Arbitrary<Value>>>, requiredKeys: readonly string[] = []) =>
  fc.record({ ...keys }, { requiredKeys: [...requiredKeys] }) as fc.Arbitrary<{ readonly [key: string]: Value }>;

const seconds = one("10s", "1m30s", "500ms", "2m", "1h", "90s", "0s", "1.5s", "1h0m5s");
const bytes = one("64m", "128M", "1g", "268435456", 268435456, "256mb", "0.5g", "1.5GiB");
const truth = one(true, false);
const word = one("a", "b-c", "x.y", "Z");
const awkward = one(
  "",
  "x",
  "1",
  "true",
  "null",
  "a=b",
  "a: b",
  "#c",
  " d ",
  "$$e",
  "ü",
  "0755",
  "1e3",
  "no",
  "~",
  "12:30",
);

/** `NAME=value` with and without one, or the same as a mapping. */
const shown = (value: Value) => (typeof value === "string" ? value : JSON.stringify(value));
const pairs = (values: fc.Arbitrary<Value> = awkward) =>
  fc.oneof(
    fc.dictionary(one("A", "B", "c.d") as fc.Arbitrary<string>, fc.oneof(values, one(1, 1.5, true, false)), {
      maxKeys: 3,
    }),
    fc
      .uniqueArray(fc.tuple(one("A", "B", "c.d"), values), { minLength: 1, maxLength: 3, selector: ([name]) => name })
      .map((found) => found.map(([name, value]) => `${shown(name)}=${shown(value)}`)),
  ) as fc.Arbitrary<Value>;
const unset = fc.oneof(pairs(), one({ A: null }, ["A"], ["B", "A=1"]));
const commandLine = one(
  "run --now",
  'sh -c "echo a b"',
  ["run", "--now"],
  "say 'it is' \\$$HOME",
  ["sh", "-c", "echo $$HOME"],
  [],
  "one",
);

const hostPort = fc.integer({ min: 20_000, max: 29_000 });
const port = fc.oneof(
  fc.integer({ min: 1, max: 9_000 }).map(String),
  fc.tuple(hostPort, one(80, 443)).map(([host, target]) => `${host}:${shown(target)}`),
  fc.tuple(hostPort, one("53/udp", "53/tcp")).map(([host, target]) => `127.0.0.1:${host}:${shown(target)}`),
  hostPort.map((host) => `${host}-${host + 2}:90-92`),
  hostPort.map((host) => `${host}-${host + 2}:95`),
  record(
    {
      target: one(81, 82),
      published: hostPort.map(String),
      host_ip: one("127.0.0.1", "::1"),
      protocol: one("tcp", "udp"),
      mode: one("host", "ingress"),
      name: word,
      app_protocol: one("http"),
    },
    ["target"],
  ),
);

const mountTarget = (item: Value) =>
  typeof item === "string" ? (item.split(":")[1] ?? item) : (item as { readonly target: string }).target;
const mount = fc.oneof(
  one(
    "data:/data",
    "data:/data:ro",
    "data:/data:z",
    "./src:/src",
    "./src/:/src/:ro",
    "../up:/up:rw",
    "/etc/x:/x:ro",
    "/anon",
    "~/h:/h",
  ),
  one("more:/more:nocopy", "/var/y:/y:rslave", "/var/y:/y:z,ro", "./src:/same", "data:/same"),
  record({ type: one("volume"), source: one("data", "more"), target: one("/data", "/v"), read_only: truth }, [
    ...["type", "source", "target"],
  ]),
  record(
    {
      type: one("bind"),
      source: one("./src", "/abs", "~/home"),
      target: one("/src", "/b"),
      read_only: truth,
      bind: record({ propagation: one("rslave", "private"), create_host_path: truth }, []),
    },
    ["type", "source", "target"],
  ),
  record({ type: one("tmpfs"), target: one("/t"), tmpfs: record({ size: one("10m", 1048576) }, ["size"]) }, [
    ...["type", "target"],
  ]),
  record(
    { type: one("volume"), source: one("more"), target: one("/w"), volume: record({ nocopy: truth }, ["nocopy"]) },
    ["type", "source", "target", "volume"],
  ),
);

const endpoint = fc.oneof(
  one(null),
  record({ aliases: some(word), priority: one(1, 5), gw_priority: one(2), mac_address: one("02:42:ac:11:00:02") }),
);
const limits = record({ cpus: one("0.5", 2, "1.25"), memory: bytes, pids: one(10, 200) });

/** For each key of a service some values in each of its forms, good ones; what excludes another is in `groups`. */
export const serviceValues: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  annotations: pairs(),
  attach: truth,
  blkio_config: record({
    weight: one(100, 500),
    device_read_bps: some(record({ path: one("/dev/sda"), rate: one("10mb", 1024) }, ["path", "rate"]), () => 1),
  }),
  cap_add: some(one("NET_ADMIN", "SYS_PTRACE", "CHOWN")),
  cap_drop: some(one("ALL", "MKNOD")),
  cgroup_parent: one("/custom"),
  command: commandLine,
  cpu_shares: one(512, "256"),
  cpus: one(0.5, "1.5", 2),
  cpuset: one("0", "0-1", "0,1"),
  device_cgroup_rules: some(one("c 1:3 mr", "a 7:* rwm")),
  devices: some(
    one("/dev/null", "/dev/null:/dev/n", "/dev/zero:/dev/z:r", { source: "/dev/full", target: "/dev/f" }),
    mountTarget,
  ),
  dns: fc.oneof(one("1.1.1.1"), some(one("1.1.1.1", "8.8.8.8", "fd00::1"))),
  dns_opt: some(one("ndots:1", "timeout:2")),
  dns_search: fc.oneof(one("a.example"), some(one("a.example", "b.example"))),
  domainname: one("example.com"),
  entrypoint: commandLine,
  env_file: one(
    "one.env",
    ["one.env"],
    ["one.env", "two.env"],
    [{ path: "two.env", required: true }],
    [{ path: "no.env", required: false }],
  ),
  environment: unset,
  expose: some(one("80", 81, "82/udp", "90-91")),
  extra_hosts: one(["a:10.0.0.1"], ["a=10.0.0.1", "b=::1"], { a: "10.0.0.2" }, { c: "host-gateway", a: "::1" }),
  group_add: some(one("audio", "1000")),
  healthcheck: fc.oneof(
    one({ disable: true }, { test: ["NONE"] }),
    record(
      {
        test: one("curl -f http://localhost", ["CMD", "true"], ["CMD-SHELL", "exit 0"]),
        ...{ interval: seconds, timeout: seconds, start_period: seconds, retries: one(1, 3, "5") },
      },
      ["test"],
    ),
  ),
  hostname: one("host-1", "h.example"),
  init: truth,
  ipc: one("shareable", "host", "private"),
  label_file: one("labels.env", ["labels.env"]),
  labels: pairs(),
  logging: record(
    {
      driver: one("json-file", "none"),
      options: fc.dictionary(one("max-size", "max-file") as fc.Arbitrary<string>, one("10m", "3", 3)),
    },
    ["driver"],
  ),
  mac_address: one("02:42:ac:11:00:03"),
  mem_limit: bytes,
  mem_reservation: one("32m", "16M"),
  mem_swappiness: one(10, "60"),
  oom_kill_disable: truth,
  oom_score_adj: one(-500, 100, "10"),
  pid: one("host"),
  pids_limit: one(100, "50", -1),
  platform: one("linux/amd64"),
  ports: some(port, (item) => JSON.stringify(item)),
  privileged: truth,
  profiles: some(one("debug", "extra")),
  pull_policy: one("always", "missing", "if_not_present", "never", "daily", "every_12h"),
  read_only: truth,
  restart: one("no", "always", "unless-stopped", "on-failure", "on-failure:3"),
  scale: one(1, 2, "2"),
  security_opt: some(one("no-new-privileges:true", "label=disable", "apparmor=unconfined")),
  shm_size: bytes,
  stdin_open: truth,
  stop_grace_period: seconds,
  stop_signal: one("SIGINT", "SIGTERM"),
  storage_opt: one({ size: "1G" }),
  sysctls: one({ "net.core.somaxconn": 1024 }, ["net.ipv4.tcp_syncookies=0"], { "net.core.somaxconn": "512" }),
  tmpfs: fc.oneof(one("/run"), some(one("/run", "/tmp:size=1m", "/cache"))),
  tty: truth,
  ulimits: record({
    nofile: one(1024, { soft: 100, hard: 200 }, "2048"),
    nproc: one(64, { soft: 1, hard: 2 }),
  }),
  user: one("1000", "1000:1000", "app"),
  userns_mode: one("host"),
  uts: one("host"),
  volumes: some(mount, mountTarget),
  working_dir: one("/app", "/srv/x"),
  deploy: record({
    replicas: one(1, 2),
    labels: pairs(),
    resources: record({ limits, reservations: record({ memory: one("8m") }) }),
    update_config: record({
      ...{ parallelism: one(1, 2), delay: seconds, monitor: seconds, order: one("start-first", "stop-first") },
      ...{ failure_action: one("rollback", "pause", "continue"), max_failure_ratio: one(0.3, "0.5") },
    }),
    restart_policy: record({ condition: one("any", "on-failure", "none") }, ["condition"]),
  }),
  networks: fc.oneof(
    some(one("default", "back", "front")),
    fc.dictionary(one("default", "back") as fc.Arbitrary<string>, endpoint, { minKeys: 1 }),
  ),
  configs: some(
    one("text", "file", { source: "text", target: "/etc/text", mode: "0440", uid: "1", gid: "2" }),
    (item) => (typeof item === "string" ? item : 1),
  ),
  secrets: some(
    one("file", "variable", { source: "file", target: "renamed" }, { source: "variable", mode: "0400" }),
    (item) => JSON.stringify(item).includes("file"),
  ),
  network_mode: one("host", "none", "bridge"),
  build: one(
    ...[
      ".",
      "./ctx",
      { context: ".", args: ["A=1", "B"], dockerfile: "D" },
      { context: "ctx", target: "t", args: { A: 1 } },
    ],
    { context: ".", dockerfile_inline: "FROM x", labels: { a: "b" }, extra_hosts: ["a:1.1.1.1"], shm_size: "64m" },
  ),
  post_start: one([{ command: "echo hi", user: "root" }], [{ command: ["a", "b"], environment: ["A=1"] }]),
  "x-note": one("any", { a: [1, "b", null] }),
};

/** Of each group one key at most stands in a service. */
export const groups: readonly (readonly string[])[] = [
  ["networks", "network_mode"],
  ["ports", "network_mode"],
  ["ports", "scale"],
  ["ports", "deploy"],
  ["cpus", "deploy"],
  ["mem_limit", "deploy"],
  ["mem_reservation", "deploy"],
  ["pids_limit", "deploy"],
  ["restart", "deploy"],
  ["mac_address", "networks"],
  ["mac_address", "network_mode"],
  ["tmpfs", "volumes"],
  ["read_only", "configs"],
  ["read_only", "secrets"],
  ["pull_policy", "build"],
  ["hostname", "network_mode"],
  ["uts", "hostname"],
];
