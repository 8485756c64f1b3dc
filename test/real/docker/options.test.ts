import { rm } from "node:fs/promises";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { readProject } from "../../../src/compose/project/compose.js";
import { parseImage, pinnedImage } from "../../../src/compose/values/image.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import type { Engine } from "../../../src/control/ports/engine.js";
import { connectEngine } from "../../../src/docker/engine.js";
import type { Endpoint } from "../../../src/plan/model/step.js";
import { creation } from "../../contract/engine/service.js";
import type { StageImage } from "../../contract/engine/stage.js";
import { publishImage } from "../../sandbox/registry/image.js";

/** On the engine's host, which may see another file system than this program: the engine makes it, and nothing is in it. */
const directory = "/var/lib/fairlead-options";

/** Every option that any engine on this machine can do. */
const rich = `
name: options
services:
  web:
    image: unused
    platform: linux/amd64
    hostname: rich
    domainname: example.org
    dns: [1.1.1.1]
    dns_opt: ["ndots:2"]
    dns_search: [example.org]
    extra_hosts: { db: 10.0.0.2 }
    ports: ["127.0.0.1:28000-28010:80"]
    expose: ["9000-9001", "53/udp"]
    networks:
      front: { ipv4_address: 172.31.77.10, mac_address: "02:42:ac:11:65:43", priority: 9 }
      back: { link_local_ips: [169.254.8.8], aliases: [other] }
    volumes:
      - ${directory}/made:/made:ro,z,rprivate
      - data:/data:nocopy
      - { type: bind, source: /etc, target: /bound, bind: { recursive: disabled, create_host_path: false } }
      - { type: tmpfs, target: /scratch, tmpfs: { size: 16m, mode: 1777 } }
      - /anonymous
    tmpfs: ["/memory:size=8m"]
    volumes_from: ["container:options-other:ro"]
    mem_limit: 256m
    mem_reservation: 64m
    memswap_limit: 512m
    mem_swappiness: 10
    oom_score_adj: 500
    cpus: 0.5
    cpu_shares: 512
    cpuset: "0"
    pids_limit: 200
    shm_size: 128m
    ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 512 }
    devices: ["/dev/null:/dev/nothing:rw"]
    device_cgroup_rules: ["c 1:3 mr"]
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    security_opt: ["no-new-privileges:true", systempaths=unconfined]
    read_only: true
    group_add: [1000]
    sysctls: ["net.core.somaxconn=1024"]
    ipc: shareable
    pid: host
    cgroup_parent: /options
    init: true
    tty: true
    stdin_open: true
    runtime: runc
    logging: { driver: json-file, options: { max-size: 1m, max-file: "2" } }
    healthcheck: { test: [CMD, /healthy], interval: 10s, timeout: 2s, retries: 4, start_period: 30s, start_interval: 1s }
networks: { front: { external: true, name: options-front }, back: { external: true, name: options-back } }
volumes: { data: }
`;

/** What came with API 1.42 to 1.49. */
const recent = `
name: options
services:
  recent:
    image: unused
    annotations: { org.example.note: "yes" }
    networks: { front: { gw_priority: 5, interface_name: wire0 } }
    volumes:
      - { type: bind, source: ${directory}/deep, target: /deep, read_only: true, bind: { propagation: rprivate, recursive: readonly } }
      - { type: bind, source: /etc, target: /shallow, read_only: true, bind: { recursive: writable } }
networks: { front: { external: true, name: options-front } }
`;

const dockerHost = inject("engineHost");
const registryUrl = inject("registryUrl");
const docker = new Docker({ socketPath: dockerHost.replace(/^unix:\/\//, "") });
const warnings: string[] = [];
const engine: Engine = connectEngine({
  host: dockerHost,
  credentials: () => Promise.resolve(undefined),
  onWarning: (_container, warning) => warnings.push(warning),
});

describe("a container with every option", () => {
  let image: StageImage;
  let api = 0;

  beforeAll(async () => {
    api = Number(((await docker.version()) as { ApiVersion: string }).ApiVersion.slice(2));
    const { digest } = await publishImage(registryUrl, "options/app", "latest", { healthcheck: "none" });
    image = { image: parseImage(`${new URL(registryUrl).host}/options/app:latest`), digest };
    await engine.pull(pinnedImage(image.image, digest), new AbortController().signal, "linux/amd64");
    const Labels = { "com.docker.compose.project": "options" };
    await docker.createNetwork({ Name: "options-front", Labels, IPAM: { Config: [{ Subnet: "172.31.77.0/24" }] } });
    await docker.createNetwork({ Name: "options-back", Labels, IPAM: { Config: [{ Subnet: "172.31.78.0/24" }] } });
    const Image = pinnedImage(image.image, digest);
    const other = await docker.createContainer({ name: "options-other", Image, Labels, Volumes: { "/taken": {} } });
    await other.start();
  });

  afterAll(async () => {
    const filters = { label: ["com.docker.compose.project=options"] };
    const containers = await docker.listContainers({ all: true, filters });
    await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
    for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
    await docker.getVolume("options_data").remove();
    await rm(directory, { recursive: true, force: true });
  });

  function specOf(text: string): ServiceSpec {
    const result = readProject({ file: "services.yaml", directory: "/srv", text, environment: {} });
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
    return { ...result.project.services[0]!, image: image.image };
  }

  async function create(spec: ServiceSpec): Promise<Docker.ContainerInspectInfo> {
    const name = `options-${spec.name}`;
    const earlier = await docker.listContainers({ all: true, filters: { name: [`^/${name}$`] } });
    for (const { Id } of earlier) await docker.getContainer(Id).remove({ force: true, v: true });
    const [first, ...rest] = spec.networks.map(({ network, aliases, settings }): Endpoint => {
      return { network: network.name, aliases, ...(settings === undefined ? {} : { settings }) };
    });
    const id = await engine.createContainer(creation(spec, image, first, name));
    for (const endpoint of rest) await engine.connectNetwork(id, endpoint);
    await engine.startContainer(id);
    return docker.getContainer(id).inspect();
  }

  it("is created as it is declared, and runs", async () => {
    const { Config, HostConfig, NetworkSettings, Mounts, State } = await create(specOf(rich));
    expect(State).toMatchObject({ Status: "running", Error: "" });
    expect(Config).toMatchObject({
      Hostname: "rich",
      Domainname: "example.org",
      Tty: true,
      OpenStdin: true,
      Healthcheck: {
        Test: ["CMD", "/healthy"],
        Interval: 10e9,
        Timeout: 2e9,
        Retries: 4,
        StartPeriod: 30e9,
        ...(api >= 44 ? { StartInterval: 1e9 } : {}),
      },
    });
    expect(Object.keys(Config.ExposedPorts).sort()).toEqual(["53/udp", "80/tcp", "8080/tcp", "9000/tcp", "9001/tcp"]);
    expect(HostConfig).toMatchObject({
      NetworkMode: "options-front",
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "28000-28010" }] },
      Dns: ["1.1.1.1"],
      DnsOptions: ["ndots:2"],
      DnsSearch: ["example.org"],
      ExtraHosts: ["db:10.0.0.2"],
      Binds: [`${directory}/made:/made:ro,z,rprivate`, "options_data:/data:rw,nocopy"],
      Tmpfs: { "/memory": "size=8m" },
      VolumesFrom: ["options-other:ro"],
      Memory: 256 * 2 ** 20,
      MemoryReservation: 64 * 2 ** 20,
      MemorySwap: 512 * 2 ** 20,
      OomScoreAdj: 500,
      NanoCpus: 5e8,
      CpuShares: 512,
      CpusetCpus: "0",
      PidsLimit: 200,
      ShmSize: 128 * 2 ** 20,
      Ulimits: [
        { Name: "nofile", Soft: 1024, Hard: 2048 },
        { Name: "nproc", Soft: 512, Hard: 512 },
      ],
      Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/nothing", CgroupPermissions: "rw" }],
      DeviceCgroupRules: ["c 1:3 mr"],
      SecurityOpt: expect.arrayContaining(["no-new-privileges:true"]) as unknown,
      MaskedPaths: [],
      ReadonlyPaths: [],
      ReadonlyRootfs: true,
      GroupAdd: ["1000"],
      Sysctls: { "net.core.somaxconn": "1024" },
      IpcMode: "shareable",
      PidMode: "host",
      CgroupParent: "/options",
      Init: true,
      Runtime: "runc",
      LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
    });
    const capabilities = [...(HostConfig.CapAdd as string[]), ...(HostConfig.CapDrop as string[])];
    expect(capabilities.map((name) => name.replace("CAP_", ""))).toEqual(["NET_ADMIN", "MKNOD"]);
    expect(Mounts.map(({ Destination, RW }) => `${Destination} ${RW ? "rw" : "ro"}`).sort()).toEqual([
      "/anonymous rw",
      "/bound rw",
      "/data rw",
      "/made ro",
      "/scratch rw",
      "/taken ro",
    ]);
    expect(NetworkSettings.Networks["options-front"]).toMatchObject({
      IPAddress: "172.31.77.10",
      MacAddress: "02:42:ac:11:65:43",
    });
    expect(NetworkSettings.Networks["options-back"]).toMatchObject({
      IPAMConfig: { LinkLocalIPs: ["169.254.8.8"] },
      Aliases: expect.arrayContaining(["web", "other"]) as unknown,
    });
    const published = Number(NetworkSettings.Ports["80/tcp"]?.[0]?.HostPort);
    expect(published).toBeGreaterThanOrEqual(28_000);
    expect(published).toBeLessThanOrEqual(28_010);
    expect(warnings.some((warning) => warning.includes("`healthcheck.start_interval` is left out"))).toBe(api < 44);
  });

  it("is rehearsed while it runs: neither it nor its ports are in the way", async () => {
    await create(specOf(rich));
    await expect(rehearse(specOf(rich))).resolves.toBeUndefined();
    await expect.poll(rehearsals).toEqual([]);
  });

  it.each([
    [
      "a log server",
      "logging: { driver: syslog, options: { syslog-address: 'tcp://127.0.0.1:9' } }",
      /connection refused/,
    ],
    ["a device", "devices: [/dev/fairlead-nowhere]", /fairlead-nowhere/],
    ["a device driver", "deploy: { resources: { reservations: { devices: [{ capabilities: [gpu] }] } } }", /gpu/],
  ])("lacks %s: its rehearsal tells, and leaves nothing", async (_what, options, words) => {
    const spec = specOf(`name: options\nservices: { lacks: { image: unused, ${options} } }\n`);
    await expect(rehearse(spec)).rejects.toMatchObject({
      code: "EngineRefused",
      message: expect.stringMatching(words) as unknown,
    });
    await expect.poll(rehearsals).toEqual([]);
  });

  it("is rehearsed also where an earlier rehearsal was cut off", async () => {
    const Labels = { "fairlead.rehearsal": "options-web" };
    const Image = pinnedImage(image.image, image.digest);
    const left = await docker.createContainer({ name: "options-web.rehearsal", Image, Labels });
    expect((await engine.snapshot()).foreign.map(({ name }) => name)).not.toContain("options-web.rehearsal");
    await rehearse(specOf(rich));
    await expect(left.inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  async function rehearsals(): Promise<readonly string[]> {
    const filters = { label: ["fairlead.rehearsal"] };
    return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
  }

  async function rehearse(spec: ServiceSpec): Promise<void> {
    const container = `options-${spec.name}`;
    const from = pinnedImage(image.image, image.digest);
    await engine.rehearse({ kind: "rehearse-start", container, spec, digest: image.digest, from, because: "a test" });
  }

  it.each([
    ["host", "host"],
    ["none", "none"],
    ["bridge", "(bridge|default)"],
    ["container:options-other", "container:[0-9a-f]{64}|container:options-other"],
  ])("has the network mode %s", async (mode, expected) => {
    const name = mode.replace(":", "-");
    const { State, HostConfig } = await create(
      specOf(`name: options\nservices: {${name}: {image: unused, network_mode: "${mode}"}}`),
    );
    expect(State.Error).toBe("");
    expect(HostConfig.NetworkMode).toMatch(new RegExp(`^(${expected})$`));
  });

  it("is refused by an engine that lacks what it asks for, and made by one that does not", async () => {
    const creating = create(specOf(recent));
    if (api >= 49) {
      const { State, HostConfig, NetworkSettings } = await creating;
      expect(State).toMatchObject({ Status: "running", Error: "" });
      expect(HostConfig).toMatchObject({
        Annotations: { "org.example.note": "yes" },
        Mounts: [
          {
            Source: `${directory}/deep`,
            BindOptions: { Propagation: "rprivate", CreateMountpoint: true, ReadOnlyForceRecursive: true },
          },
          { Source: "/etc", BindOptions: { CreateMountpoint: true, ReadOnlyNonRecursive: true } },
        ],
      });
      expect(NetworkSettings.Networks["options-front"]).toMatchObject({
        GwPriority: 5,
        DriverOpts: { "com.docker.network.endpoint.ifname": "wire0" },
      });
    } else {
      const message = expect.stringMatching(/needs an engine with API 1\.4/) as unknown;
      await expect(creating).rejects.toMatchObject({ code: "EngineRefused", message });
    }
  });
});
