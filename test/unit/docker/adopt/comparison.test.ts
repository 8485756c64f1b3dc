import { variables } from "../../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { differencesOf } from "../../../../src/docker/adopt/comparison.js";
import type { InspectedContainer } from "../../../../src/docker/client/schema.js";
import type { StepOf } from "../../../../src/plan/model/step.js";
import { Secret } from "../../../../src/tools/secret.js";
import { defaultNetwork, digestOf, port8080, specOf } from "../../plan/world.js";
import { imageIdOf } from "../../../digests.js";

const id = "0123456789ab".padEnd(64, "c");
const around = { loggingDriver: "json-file", runtime: "runc", cgroupns: "host", containerId: id, peers: [] };
const image = {
  Env: ["PATH=/bin", "LANG=C"],
  Cmd: ["serve"],
  Entrypoint: ["/entry"],
  Labels: { maker: "acme" },
  ExposedPorts: { "80/tcp": {} },
  Volumes: { "/cache": {} },
  WorkingDir: "/srv",
  Healthcheck: { Test: ["CMD", "true"], Interval: 1e9 },
};

const spec = specOf({
  container: { environment: variables({ MODE: "blue" }), ports: [port8080], labels: { own: "label" } },
});
const step: StepOf<"create-container"> = {
  kind: "create-container",
  name: "shop-web-1",
  spec,
  specHash: "H",
  digest: digestOf("a"),
  from: imageIdOf("a"),
  revision: 0,
  slot: 1,
  attach: { network: defaultNetwork.name, aliases: ["web"] },
  because: "comparison",
};

/** As docker-compose makes it, and the engine shows it. */
function inspected(config: object = {}, host: object = {}, endpoint: object = {}): InspectedContainer {
  return {
    Id: id,
    Name: "/shop_web_1",
    Config: {
      Hostname: "0123456789ab",
      Env: ["MODE=blue", "PATH=/bin", "LANG=C"],
      Cmd: ["serve"],
      Entrypoint: ["/entry"],
      Labels: { maker: "acme", own: "label", "com.docker.compose.project": "shop" },
      ExposedPorts: { "80/tcp": {} },
      Volumes: { "/cache": {} },
      WorkingDir: "/srv",
      Healthcheck: { Test: ["CMD", "true"], Interval: 1e9 },
      ...config,
    },
    HostConfig: {
      NetworkMode: "shop_default",
      RestartPolicy: { Name: "always" },
      PortBindings: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
      Runtime: "runc",
      IpcMode: "shareable",
      ShmSize: 67_108_864,
      CgroupnsMode: "host",
      MaskedPaths: ["/proc/kcore"],
      ...host,
    },
    NetworkSettings: { Networks: { shop_default: { Aliases: ["web", "0123456789ab"], IPAMConfig: {}, ...endpoint } } },
  } as InspectedContainer;
}

const differences = (seen: InspectedContainer) => differencesOf({ inspected: seen, image }, step, around, "1.41");

describe("a container that others made", () => {
  it("equals what would be created, whatever image and engine add", () => {
    expect(differences(inspected())).toEqual([]);
    expect(differences(inspected({ ExposedPorts: { "80": {} } }))).toEqual([]);
    expect(differences(inspected({ StopSignal: "SIGTERM", StopTimeout: 10 }, { MemorySwappiness: -1 }))).toEqual([]);
  });

  it.each<readonly [string, InspectedContainer, readonly string[]]>([
    [
      "a value, one more, one less",
      inspected({ Env: ["MODE=red", "MORE=", "PATH=/bin"] }),
      ["environment.LANG", "environment.MODE", "environment.MORE"],
    ],
    ["labels", inspected({ Labels: { maker: "acme", x: "y" } }), ["labels.own", "labels.x"]],
    ["a command", inspected({ Cmd: ["other"] }), ["command"]],
    ["its check", inspected({ Healthcheck: { Test: ["NONE"] } }), ["healthcheck"]],
    [
      "another port",
      inspected({}, { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] } }),
      ["ports"],
    ],
    [
      "a limit and a right",
      inspected({}, { Memory: 1e8, MemorySwap: 2e8, CapAdd: ["CAP_NET_ADMIN"] }),
      ["cap_add", "mem_limit"],
    ],
    ["mounts", inspected({}, { Binds: ["/a:/b:ro", "data:/cache"] }), ["volumes./b", "volumes./cache"]],
    ["another log driver", inspected({}, { LogConfig: { Type: "journald", Config: {} } }), ["logging"]],
    [
      "what has no name here",
      inspected({}, { PublishAllPorts: true, AutoRemove: true }),
      ["HostConfig.PublishAllPorts", "auto_remove"],
    ],
    ["an alias", inspected({}, {}, { Aliases: ["web", "shop"] }), ["networks.shop_default.aliases"]],
    ["an address", inspected({}, {}, { IPAMConfig: { IPv4Address: "10.0.0.9" } }), ["networks.shop_default"]],
  ])("differs in %s", (_what, seen, fields) => {
    expect(differences(seen)).toEqual(fields);
  });

  it.each([
    [{ driver: undefined, options: { "max-size": "1m" } }, { "max-size": "1m" }, []],
    // The daemon's own.
    [{ driver: undefined, options: { "max-size": "1m" } }, { "max-size": "1m", "max-file": "3" }, []],
    [{ driver: "json-file", options: { "max-size": "1m" } }, { "max-size": "1m" }, []],
    [{ driver: undefined, options: { "max-size": "2m" } }, { "max-size": "1m" }, ["logging"]],
    [{ driver: undefined, options: { "max-size": "1m" } }, {}, ["logging"]],
    [{ driver: "journald", options: { tag: "x" } }, { tag: "x" }, ["logging"]],
  ])("with %j, logging to the engine's own driver with %j: %j", ({ driver, options }, Config, fields) => {
    const logging = { options, ...(driver === undefined ? {} : { driver }) };
    const spec = { ...step.spec, container: { ...step.spec.container, logging } };
    const seen = inspected({}, { LogConfig: { Type: "json-file", Config } });
    expect(differencesOf({ inspected: seen, image }, { ...step, spec }, around, "1.41")).toEqual(fields);
  });

  it("differs in a network that it lacks, and in the mode that stands for one", () => {
    const host = inspected({}, { NetworkMode: "host" });
    const bare = { ...host, NetworkSettings: { Networks: { host: {} } } };
    expect(differences(bare)).toEqual(["networks.host", "networks.shop_default"]);
    const { attach: _attach, ...alone } = step;
    const hosted = {
      ...alone,
      attach: undefined,
      spec: { ...spec, networks: [], networkMode: { kind: "host" } as const },
    };
    expect(differencesOf({ inspected: bare, image }, hosted, around, "1.41")).toEqual([]);
    expect(differencesOf({ inspected: inspected(), image }, hosted, around, "1.41")).toEqual(["network_mode"]);
  });

  it("differs where it shares with another service's container than it is to, whichever container that is", () => {
    const peer = (digit: string, service: string) => ({ id: digit.repeat(64), name: service, service });
    const peers = [peer("1", "media"), peer("2", "vpn")];
    const seen = inspected(
      {},
      {
        IpcMode: `container:${"1".repeat(64)}`,
        PidMode: `container:${"2".repeat(64)}`,
        VolumesFrom: [`${"1".repeat(64)}:rw`, `${"2".repeat(64)}:ro`],
      },
    );
    const fields = (ipc: string, pid: string, readOnly: boolean) => {
      const namespaces = { ipc: { service: ipc }, pid: { service: pid } };
      const volumesFrom = [
        { service: "vpn", readOnly: true },
        { service: "media", readOnly },
      ];
      const wanted = { ...spec, container: { ...spec.container, namespaces, volumesFrom } };
      return differencesOf({ inspected: seen, image }, { ...step, spec: wanted }, { ...around, peers }, "1.41");
    };
    expect(fields("media", "vpn", false)).toEqual([]);
    expect(fields("vpn", "vpn", false)).toEqual(["ipc"]);
    expect(fields("media", "media", true)).toEqual(["pid", "volumes_from"]);
    expect(differencesOf({ inspected: seen, image }, step, { ...around, peers }, "1.41")).toEqual([
      "ipc",
      "pid",
      "volumes_from",
    ]);
  });

  it("cannot be known to hold the files that would be copied into one of ours", () => {
    const file = { origin: "configs.motd", path: "/motd", content: new Secret("hunter2"), mode: 0o444, uid: 0, gid: 0 };
    const wanted = { ...step, spec: { ...spec, files: [file] } };
    expect(differencesOf({ inspected: inspected(), image }, wanted, around, "1.41")).toEqual(["configs.motd"]);
  });

  it("never tells a value", () => {
    const secret = inspected({ Env: ["PASSWORD=hunter2"], Cmd: ["--token=hunter2"] });
    expect(differences(secret).join()).not.toContain("hunter2");
  });
});
