import { describe, expect, it } from "vitest";
import { formatYaml } from "../../../../src/compose/document/yaml/yaml.js";
import type { serviceKeys } from "../../../../src/compose/keys/keys.js";
import type { SupportedKey } from "../../../../src/compose/keys/support.js";
import { bondsOf } from "../../../../src/compose/model/relations.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { differencesOf } from "../../../../src/docker/adopt/comparison.js";
import type { InspectedContainer } from "../../../../src/docker/client/schema.js";
import { creationBody } from "../../../../src/docker/create/creation.js";
import { endpointBody } from "../../../../src/docker/create/endpoint-body.js";
import { draftFile } from "../../../../src/docker/draft/draft.js";
import { declaredOf } from "../../../../src/docker/draft/portrait.js";
import type { Listed } from "../../../../src/docker/draft/survey.js";
import type { StepOf } from "../../../../src/plan/model/step.js";
import { digestOf, imageIdOf } from "../../../digests.js";
import { readService, serviceOf, surroundings } from "../../compose/read.js";

/** What a key changes in a container, or why nobody could see it there. */
type Sample = Change | { readonly unseen: string };

interface Change {
  readonly lines: string;
  /** As adoption calls it. Absent: the key. */
  readonly told?: string;
  /** The container does not show it, so that adoption tells it in any case, and a draft cannot have it. */
  readonly hidden?: true;
  readonly rest?: string;
}

const api = "1.51";
const id = "0123456789ab".padEnd(64, "c");
const peer = { id: "d".repeat(64), name: "other", service: undefined };
const around = { loggingDriver: "json-file", runtime: "runc", cgroupns: "host", containerId: id, peers: [peer] };

const asWritten = (value: string, told?: string): Change => ({ lines: value, ...(told === undefined ? {} : { told }) });

/** A key that becomes supported does not compile here until somebody says what it changes in a container. */
const samples: { readonly [K in SupportedKey<typeof serviceKeys>]: Sample } = {
  image: { unseen: "which image it is made of is the rollout's matter" },
  build: { unseen: "of the image" },
  platform: { unseen: "of the image" },
  pull_policy: { unseen: "of the image" },
  restart: { unseen: "the live policy may be suspended: what is remembered of it is compared" },
  container_name: { unseen: "the name decides whose it is" },
  depends_on: { unseen: "of the order of work" },
  scale: { unseen: "of their number" },
  profiles: { unseen: "of the reading" },
  extends: { unseen: "of the reading" },
  env_file: { unseen: "it ends in `environment`" },
  label_file: { unseen: "it ends in `labels`" },
  pre_start: { unseen: "it has run in containers of its own" },
  links: { unseen: "it ends in `depends_on`, and in names of the other service" },
  post_start: { unseen: "what has run in it leaves no trace in its settings" },
  pre_stop: { unseen: "of its end" },
  "x-fairlead": { unseen: "of the controller" },

  command: asWritten("command: [serve]"),
  entrypoint: asWritten("entrypoint: [/entry]"),
  environment: asWritten("environment: { MODE: blue }", "environment.MODE"),
  ports: asWritten('ports: ["127.0.0.1:8080:80"]'),
  volumes: asWritten("volumes: [/srv/a:/b:ro]", "volumes./b"),
  networks: asWritten("networks: { default: { aliases: [www] } }", "networks.shop_default.aliases"),
  labels: asWritten("labels: { own: label }", "labels.own"),
  healthcheck: asWritten("healthcheck: { test: [CMD, 'true'], interval: 3s, retries: 2 }"),
  user: asWritten('user: "1000"'),
  working_dir: asWritten("working_dir: /srv"),
  stop_grace_period: asWritten("stop_grace_period: 3s"),
  stop_signal: asWritten("stop_signal: SIGINT"),
  deploy: asWritten("deploy: { resources: { limits: { memory: 64M } } }", "mem_limit"),
  configs: { lines: "configs: [c]", rest: "configs: { c: { content: text } }", told: "configs.c", hidden: true },
  secrets: { lines: "secrets: [s]", rest: "secrets: { s: { environment: S } }", told: "secrets.s", hidden: true },
  annotations: asWritten("annotations: { a: b }"),
  blkio_config: asWritten(
    "blkio_config: { weight: 300, device_read_bps: [{ path: /dev/sda, rate: 1000 }] }",
    "blkio_config.weight",
  ),
  cap_add: asWritten("cap_add: [NET_ADMIN]"),
  cap_drop: asWritten("cap_drop: [ALL]"),
  cgroup: asWritten("cgroup: private"),
  cgroup_parent: asWritten("cgroup_parent: m-executor"),
  cpu_period: asWritten("cpu_period: 50000"),
  cpu_quota: asWritten("cpu_quota: 25000"),
  cpu_rt_period: asWritten("cpu_rt_period: 90000"),
  cpu_rt_runtime: asWritten("cpu_rt_runtime: 40000"),
  cpu_shares: asWritten("cpu_shares: 50"),
  cpus: asWritten("cpus: 0.5"),
  cpuset: asWritten('cpuset: "0,1"'),
  device_cgroup_rules: asWritten('device_cgroup_rules: ["c 1:3 mr"]'),
  devices: asWritten("devices: [/dev/fuse:/dev/fuse:rw]"),
  dns: asWritten("dns: [1.1.1.1]"),
  dns_opt: asWritten("dns_opt: [use-vc]"),
  dns_search: asWritten("dns_search: [example.org]"),
  domainname: asWritten("domainname: example.org"),
  expose: asWritten('expose: ["53/udp"]'),
  extra_hosts: asWritten('extra_hosts: ["db:10.0.0.9"]'),
  gpus: asWritten("gpus: [{ driver: nvidia, count: 2 }]", "deploy.resources.reservations.devices"),
  group_add: asWritten("group_add: [mail]"),
  hostname: asWritten("hostname: web"),
  init: asWritten("init: true"),
  ipc: asWritten("ipc: host"),
  logging: asWritten("logging: { driver: journald, options: { tag: web } }"),
  mac_address: asWritten("mac_address: 02:42:ac:11:65:43", "networks.shop_default"),
  mem_limit: asWritten("mem_limit: 64M"),
  mem_reservation: asWritten("mem_reservation: 32M"),
  mem_swappiness: asWritten("mem_swappiness: 10"),
  memswap_limit: asWritten("mem_limit: 64M\nmemswap_limit: 96M"),
  network_mode: asWritten("network_mode: host"),
  oom_kill_disable: asWritten("oom_kill_disable: true"),
  oom_score_adj: asWritten("oom_score_adj: 100"),
  pid: asWritten("pid: host"),
  pids_limit: asWritten("pids_limit: 64"),
  privileged: asWritten("privileged: true"),
  read_only: asWritten("read_only: true"),
  runtime: asWritten("runtime: runsc"),
  security_opt: asWritten("security_opt: ['label:type:svirt']"),
  shm_size: asWritten("shm_size: 128M"),
  stdin_open: asWritten("stdin_open: true"),
  storage_opt: asWritten("storage_opt: { size: 1G }"),
  sysctls: asWritten("sysctls: { net.core.somaxconn: '1024' }", "sysctls.net.core.somaxconn"),
  tmpfs: asWritten("tmpfs: ['/run:size=64m']", "volumes./run"),
  tty: asWritten("tty: true"),
  ulimits: asWritten("ulimits: { nofile: { soft: 100, hard: 200 }, nproc: 50 }"),
  userns_mode: asWritten("userns_mode: host"),
  uts: asWritten("uts: host"),
  volumes_from: asWritten("volumes_from: ['container:other:ro']"),
};

const changes = Object.entries(samples).flatMap(([key, sample]): [string, Change][] =>
  "unseen" in sample ? [] : [[key, sample]],
);

function specOf({ lines, rest }: Pick<Change, "lines" | "rest">): ServiceSpec {
  return serviceOf(readService(lines, { S: "hidden" }, rest));
}

function creation(spec: ServiceSpec): StepOf<"create-container"> {
  const [first] = spec.networks;
  return {
    kind: "create-container",
    name: "shop-web-1",
    ...{ spec, specHash: "H", digest: digestOf("a"), from: imageIdOf("a"), revision: 0, slot: 1 },
    attach: first === undefined ? undefined : { network: first.network.name, aliases: first.aliases },
    owners: bondsOf(spec).map((bond) => ({ ...bond, id: peer.id, name: peer.name })),
    because: "comparison",
  };
}

/** A container that was made so, as the engine shows it. */
function shown(spec: ServiceSpec): InspectedContainer {
  const { HostConfig, NetworkingConfig: _networking, ...Config } = creationBody(creation(spec), api);
  const joined = spec.networks.map(
    ({ network, aliases, settings }) => [network.name, endpointBody(aliases, settings)] as const,
  );
  return {
    Id: id,
    Name: "/shop-web-1",
    Config,
    HostConfig,
    NetworkSettings: { Networks: Object.fromEntries(joined) },
  } as InspectedContainer;
}

const differences = (is: ServiceSpec, wanted: ServiceSpec) =>
  differencesOf({ inspected: shown(is), image: {} }, creation(wanted), around, api);

/** What `init` makes of it, read again. */
function drafted(spec: ServiceSpec): { readonly spec: ServiceSpec; readonly notes: readonly string[] } {
  const inspected = shown(spec);
  const labels = { "com.docker.compose.project": "shop", "com.docker.compose.network": "default" };
  const network: Listed = { Name: "shop_default", Labels: labels };
  const mode = inspected.HostConfig?.NetworkMode ?? "";
  const subject = {
    ...{ name: "shop-web-1", inspected, mode, peer: undefined, image: "nginx", tags: ["nginx:latest"], digests: [] },
    compose: { project: "shop", service: "web", slot: 1 },
    declared: declaredOf(inspected, {}, around),
    restart: "no",
  };
  const survey = { subjects: [subject], networks: new Map([["shop_default", network]]), volumes: new Map() };
  const { file, notes } = draftFile("shop", survey);
  const text = formatYaml(file);
  const read = readProject({ ...surroundings, text, environment: {} });
  return { spec: serviceOf(read), notes };
}

const bare = specOf({ lines: "" });

describe("of every key of a service that a container shows", () => {
  it.each(changes)("adoption tells a difference, and none where there is none: %s", (key, change) => {
    const wanted = specOf(change);
    expect(differences(bare, wanted)).toContain(change.told ?? key);
    expect(differences(wanted, wanted)).toEqual(change.hidden === true ? [change.told] : []);
  });

  it.each(changes.filter(([, { hidden }]) => hidden !== true))(
    "init writes what makes the same one: %s",
    (_key, change) => {
      const wanted = specOf(change);
      const { spec, notes } = drafted(wanted);
      expect(notes).toEqual([]);
      expect(differences(wanted, spec)).toEqual([]);
    },
  );
});
