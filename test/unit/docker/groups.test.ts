import { describe, expect, it } from "vitest";
import type { NetworkMode } from "../../../src/compose/model/network.js";
import type { Shared } from "../../../src/compose/model/relations.js";
import type { ContainerSpec } from "../../../src/compose/model/service.js";
import { parseImage } from "../../../src/compose/values/image.js";
import { creationBody } from "../../../src/docker/create/creation.js";
import { creation, serviceSpec } from "../../contract/engine/service.js";
import { digestOf } from "../../digests.js";

const image = { image: parseImage("ghcr.io/shop/web:2"), digest: digestOf("b") } as const;

/** What these options add to the body of a container without any. */
function added(options: Partial<ContainerSpec>, api = "1.51"): object {
  const bare = bodyOf({}, api);
  const body = bodyOf(options, api);
  return { ...difference(body, bare), ...nested(difference(body.HostConfig, bare.HostConfig)) };
}

interface Body {
  readonly HostConfig: object;
}

function bodyOf(options: Partial<ContainerSpec>, api: string): Body {
  return creationBody(creation(serviceSpec("web", image, options), image), api) as Body;
}

function difference(body: object, bare: object): object {
  const known = new Map<string, unknown>(Object.entries(bare));
  const changed = Object.entries(body).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(known.get(key)),
  );
  return Object.fromEntries(changed.filter(([key]) => key !== "HostConfig"));
}

function nested(HostConfig: object): object {
  return Object.keys(HostConfig).length === 0 ? {} : { HostConfig };
}

const bind = { type: "bind", source: "/a", target: "/x", readOnly: false, createHostPath: true } as const;
const volume = { type: "volume", source: "data", target: "/x", readOnly: true, createHostPath: false } as const;
const memory = { type: "tmpfs", source: undefined, target: "/x", readOnly: false, createHostPath: false } as const;
const port = { hostIp: undefined, hostPort: 8000, containerPort: 80, protocol: "tcp" } as const;

describe("the body of a creation", () => {
  it.each<[string, Partial<ContainerSpec>, object]>([
    [
      "exposed ports, beside published ones",
      { ports: [{ ...port, hostPortEnd: 8010 }], expose: [{ containerPort: 53, protocol: "udp" }] },
      {
        ExposedPorts: { "80/tcp": {}, "53/udp": {} },
        HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8000-8010" }] } },
      },
    ],
    [
      "names",
      {
        naming: {
          hostname: "web",
          domainname: "example.org",
          dns: ["1.1.1.1"],
          dnsOptions: ["ndots:2"],
          dnsSearch: ["example.org"],
          extraHosts: ["db:10.0.0.2"],
        },
      },
      {
        Hostname: "web",
        Domainname: "example.org",
        HostConfig: {
          Dns: ["1.1.1.1"],
          DnsOptions: ["ndots:2"],
          DnsSearch: ["example.org"],
          ExtraHosts: ["db:10.0.0.2"],
        },
      },
    ],
    [
      "memory",
      {
        resources: {
          memory: 9,
          memoryReservation: 8,
          memorySwap: -1,
          memorySwappiness: 0,
          oomKillDisable: true,
          oomScoreAdj: -5,
        },
      },
      {
        HostConfig: {
          Memory: 9,
          MemoryReservation: 8,
          MemorySwap: -1,
          MemorySwappiness: 0,
          OomKillDisable: true,
          OomScoreAdj: -5,
        },
      },
    ],
    [
      "processors",
      {
        resources: {
          nanoCpus: 5e8,
          cpuShares: 2,
          cpuPeriod: 3,
          cpuQuota: 4,
          cpuRealtimePeriod: 5,
          cpuRealtimeRuntime: 6,
          cpuset: "0-1",
        },
      },
      {
        HostConfig: {
          NanoCpus: 5e8,
          CpuShares: 2,
          CpuPeriod: 3,
          CpuQuota: 4,
          CpuRealtimePeriod: 5,
          CpuRealtimeRuntime: 6,
          CpusetCpus: "0-1",
        },
      },
    ],
    [
      "other limits",
      {
        resources: {
          pids: -1,
          shmSize: 7,
          ulimits: [{ name: "core", soft: 0, hard: -1 }],
          storageOptions: { size: "1G" },
        },
      },
      {
        HostConfig: {
          PidsLimit: -1,
          ShmSize: 7,
          Ulimits: [{ Name: "core", Soft: 0, Hard: -1 }],
          StorageOpt: { size: "1G" },
        },
      },
    ],
    [
      "block devices",
      {
        resources: {
          blkio: {
            weight: 10,
            weightDevice: [{ path: "/dev/a", weight: 20 }],
            readBps: [{ path: "/dev/a", rate: 1 }],
            writeBps: [{ path: "/dev/a", rate: 2 }],
            readIops: [{ path: "/dev/a", rate: 3 }],
            writeIops: [{ path: "/dev/a", rate: 4 }],
          },
        },
      },
      {
        HostConfig: {
          BlkioWeight: 10,
          BlkioWeightDevice: [{ Path: "/dev/a", Weight: 20 }],
          BlkioDeviceReadBps: [{ Path: "/dev/a", Rate: 1 }],
          BlkioDeviceWriteBps: [{ Path: "/dev/a", Rate: 2 }],
          BlkioDeviceReadIOps: [{ Path: "/dev/a", Rate: 3 }],
          BlkioDeviceWriteIOps: [{ Path: "/dev/a", Rate: 4 }],
        },
      },
    ],
    [
      "devices",
      {
        devices: {
          mappings: [{ source: "/dev/a", target: "/dev/b", permissions: "r" }],
          cgroupRules: ["c 1:3 mr"],
          requests: [
            { count: -1, capabilities: ["gpu"] },
            { driver: "cdi", ids: ["v.com/c=n"], capabilities: [], options: { a: "b" } },
          ],
        },
      },
      {
        HostConfig: {
          Devices: [{ PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" }],
          DeviceCgroupRules: ["c 1:3 mr"],
          DeviceRequests: [
            { Count: -1, Capabilities: [["gpu"]] },
            { Driver: "cdi", DeviceIDs: ["v.com/c=n"], Options: { a: "b" } },
          ],
        },
      },
    ],
    [
      "security",
      {
        security: {
          capAdd: ["ALL"],
          capDrop: ["CHOWN"],
          securityOptions: ["label=disable"],
          unmaskedPaths: true,
          privileged: true,
          readOnly: true,
          groupAdd: ["mail"],
          sysctls: { a: "1" },
        },
      },
      {
        HostConfig: {
          CapAdd: ["ALL"],
          CapDrop: ["CHOWN"],
          SecurityOpt: ["label=disable"],
          MaskedPaths: [],
          ReadonlyPaths: [],
          Privileged: true,
          ReadonlyRootfs: true,
          GroupAdd: ["mail"],
          Sysctls: { a: "1" },
        },
      },
    ],
    [
      "namespaces",
      {
        namespaces: {
          ipc: "host",
          pid: "container:x",
          uts: "host",
          userns: "host",
          cgroup: "private",
          cgroupParent: "/p",
        },
      },
      {
        HostConfig: {
          IpcMode: "host",
          PidMode: "container:x",
          UTSMode: "host",
          UsernsMode: "host",
          CgroupnsMode: "private",
          CgroupParent: "/p",
        },
      },
    ],
    [
      "its execution",
      { execution: { init: true, tty: true, stdinOpen: true, runtime: "runc" } },
      { Tty: true, OpenStdin: true, HostConfig: { Init: true, Runtime: "runc" } },
    ],
    [
      "its log",
      { logging: { driver: "local", options: { "max-size": "1m" } } },
      { HostConfig: { LogConfig: { Type: "local", Config: { "max-size": "1m" } } } },
    ],
    [
      "a log of the engine's own kind",
      { logging: { options: {} } },
      { HostConfig: { LogConfig: { Type: "", Config: {} } } },
    ],
    ["annotations", { annotations: { a: "b" } }, { HostConfig: { Annotations: { a: "b" } } }],
    [
      "memory file systems and others' volumes",
      { tmpfs: { "/run": "size=1m" }, volumesFrom: ["x:ro"] },
      { HostConfig: { Tmpfs: { "/run": "size=1m" }, VolumesFrom: ["x:ro"] } },
    ],
    ["a host path", { mounts: [bind] }, { HostConfig: { Binds: ["/a:/x:rw"] } }],
    [
      "a labelled host path",
      { mounts: [{ ...bind, readOnly: true, bind: { selinux: "Z", propagation: "rslave" } }] },
      { HostConfig: { Binds: ["/a:/x:ro,Z,rslave"] } },
    ],
    [
      "a host path that must exist",
      { mounts: [{ ...bind, createHostPath: false, bind: { propagation: "shared", recursive: "disabled" } }] },
      {
        HostConfig: {
          Mounts: [
            {
              Type: "bind",
              Source: "/a",
              Target: "/x",
              ReadOnly: false,
              BindOptions: { Propagation: "shared", NonRecursive: true },
            },
          ],
        },
      },
    ],
    [
      "a host path without the mounts below it",
      { mounts: [{ ...bind, bind: { recursive: "writable" } }] },
      {
        HostConfig: {
          Mounts: [
            {
              Type: "bind",
              Source: "/a",
              Target: "/x",
              ReadOnly: false,
              BindOptions: { CreateMountpoint: true, ReadOnlyNonRecursive: true },
            },
          ],
        },
      },
    ],
    [
      "a host path that is read-only all the way down, with a colon in it",
      { mounts: [{ ...bind, source: "/a:b", createHostPath: false, bind: { recursive: "readonly" } }] },
      {
        HostConfig: {
          Mounts: [
            {
              Type: "bind",
              Source: "/a:b",
              Target: "/x",
              ReadOnly: false,
              BindOptions: { ReadOnlyForceRecursive: true },
            },
          ],
        },
      },
    ],
    [
      "a volume that is not filled",
      { mounts: [{ ...volume, volume: { nocopy: true } }] },
      { HostConfig: { Binds: ["data:/x:ro,nocopy"] } },
    ],
    [
      "a part of a volume",
      { mounts: [{ ...volume, volume: { nocopy: true, subpath: "a" } }] },
      {
        HostConfig: {
          Mounts: [
            {
              Type: "volume",
              Source: "data",
              Target: "/x",
              ReadOnly: true,
              VolumeOptions: { NoCopy: true, Subpath: "a" },
            },
          ],
        },
      },
    ],
    [
      "memory of a certain size",
      { mounts: [{ ...memory, tmpfs: { sizeBytes: 4096, mode: 0o1777 } }] },
      {
        HostConfig: {
          Mounts: [{ Type: "tmpfs", Target: "/x", ReadOnly: false, TmpfsOptions: { SizeBytes: 4096, Mode: 1023 } }],
        },
      },
    ],
  ])("says %s", (_what, options, expected) => {
    expect(added(options)).toEqual(expected);
  });

  it("gives a health check an interval for the start only where the engine knows one", () => {
    const timed = {
      disabled: false,
      test: undefined,
      intervalMs: 1,
      timeoutMs: undefined,
      retries: undefined,
    } as const;
    const healthcheck = { ...timed, startPeriodMs: undefined, startIntervalMs: 500 };
    expect(added({ healthcheck }, "1.44")).toEqual({
      Healthcheck: { Interval: 1_000_000, StartInterval: 500_000_000 },
    });
    expect(added({ healthcheck }, "1.43")).toEqual({ Healthcheck: { Interval: 1_000_000 } });
  });
});

describe("what is shared with other containers", () => {
  const namespaces = { ipc: { service: "media" }, pid: { service: "vpn" } };
  const volumesFrom = [{ service: "vpn", readOnly: true }, "elsewhere:ro", { service: "media", readOnly: false }];
  const networkMode = { kind: "service", service: "vpn" } as const;
  const step = creation({ ...serviceSpec("web", image, { namespaces, volumesFrom }), networkMode }, image);
  const owner = (shared: Shared, service: string) => ({ shared, service, id: `id-${service}`, name: service });
  const owners = [
    owner("network", "vpn"),
    owner("ipc", "media"),
    owner("pid", "vpn"),
    owner("volumes", "media"),
    owner("volumes", "vpn"),
  ];

  it("is named by id", () => {
    expect(creationBody({ ...step, owners }, "1.51")).toMatchObject({
      HostConfig: {
        NetworkMode: "container:id-vpn",
        IpcMode: "container:id-media",
        PidMode: "container:id-vpn",
        VolumesFrom: ["id-vpn:ro", "elsewhere:ro", "id-media"],
      },
    });
  });

  it.each(owners.map(({ shared, service }) => [shared, service] as const))(
    "is not guessed: %s of %s",
    (shared, service) => {
      const known = owners.filter((one) => one.shared !== shared || one.service !== service);
      expect(() => creationBody({ ...step, owners: known }, "1.51")).toThrow(
        `the container of service ${service} is not known`,
      );
    },
  );
});

describe("the network of a new container", () => {
  const networkOf = (networkMode: NetworkMode) =>
    (creationBody(creation({ ...serviceSpec("web", image), networkMode }, image), "1.51") as Body).HostConfig;

  it.each<[NetworkMode, string]>([
    [{ kind: "host" }, "host"],
    [{ kind: "none" }, "none"],
    [{ kind: "bridge" }, "bridge"],
    [{ kind: "container", container: "vpn" }, "container:vpn"],
  ])("%j", (mode, expected) => {
    expect(networkOf(mode)).toMatchObject({ NetworkMode: expected });
  });

  it("has its MAC address where the engine looks for it", () => {
    const attach = { network: "shop", aliases: [], settings: { macAddress: "02:42:ac:11:65:43", gatewayPriority: 3 } };
    const body = (api: string) => creationBody(creation(serviceSpec("web", image), image, attach), api);
    const endpoint = { Aliases: [], MacAddress: "02:42:ac:11:65:43", GwPriority: 3 };
    expect(body("1.44")).not.toHaveProperty("MacAddress");
    expect(body("1.44")).toMatchObject({ NetworkingConfig: { EndpointsConfig: { shop: endpoint } } });
    expect(body("1.43")).toMatchObject({ MacAddress: "02:42:ac:11:65:43" });
  });
});
