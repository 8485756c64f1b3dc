import { describe, expect, it } from "vitest";
import { helperBody } from "../../../../src/docker/calls/helper-body.js";
import type { HelperOptions, Original } from "../../../../src/docker/calls/helper-body.js";
import { helperLabels, helpersIn } from "../../../../src/docker/read/helper-labels.js";
import type { CreateHelperStep } from "../../../../src/plan/model/step.js";

const of = "a".repeat(64);
const step: CreateHelperStep = {
  kind: "create-helper",
  name: "home-fairlead-1.helper-aaaaaaaaaaaa",
  project: "home",
  service: "fairlead",
  lifeline: "controller",
  of,
  files: [],
};
const options: HelperOptions = {
  lease: "default",
  user: { uid: 1000, gid: 1000, home: "/home/node" },
  readFile: () => Promise.resolve(undefined),
};

const original: Original = {
  Image: `sha256:${"1".repeat(64)}`,
  Config: {
    Hostname: "aaaaaaaaaaaa",
    Cmd: ["run", "--prune"],
    Entrypoint: ["node", "/app/dist/main.js"],
    Env: ["PATH=/bin", "DOCKER_HOST=tcp://socket-proxy:2375", "DOCKER_TLS_VERIFY=1", "FAIRLEAD_HELPER=stale/one"],
    User: "1000:1000",
    WorkingDir: "/app",
    Labels: { "fairlead.service": "fairlead", "traefik.enable": "true" },
    ExposedPorts: { "8420/tcp": {} },
    Volumes: { "/var/lib/fairlead": {} },
    Tty: false,
    StopSignal: null,
  },
  HostConfig: {
    NetworkMode: "home_default",
    Binds: ["/etc/fairlead:/etc/fairlead:ro"],
    Mounts: [
      { Type: "volume", Source: "home_data" },
      { Type: "volume", Source: "" },
    ],
    PortBindings: { "8420/tcp": [{ HostPort: "8420" }] },
    PublishAllPorts: true,
    AutoRemove: false,
    RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    CapAdd: null,
    GroupAdd: ["998"],
    Memory: 268_435_456,
  },
  NetworkSettings: {
    Networks: {
      home_default: { NetworkID: "n1", Aliases: ["fairlead", "aaaaaaaaaaaa"], GwPriority: 0 },
      home_engine: { NetworkID: "n2", Aliases: ["fairlead", "aaaaaaaaaaaa"], DriverOpts: { x: "y" }, GwPriority: 2 },
    },
  },
};

describe("the body of a helper", () => {
  it("is the controller's, but for what only one container can have", () => {
    const { body, further } = helperBody(step, original, new Set(["home_engine"]), options);
    expect(body).toEqual({
      Image: original.Image,
      Cmd: ["run", "--prune"],
      Entrypoint: ["node", "/app/dist/main.js"],
      WorkingDir: "/app",
      Tty: false,
      User: "1000:1000",
      Env: ["PATH=/bin", "DOCKER_HOST=tcp://socket-proxy:2375", "DOCKER_TLS_VERIFY=1", "FAIRLEAD_HELPER=home/fairlead"],
      Labels: {
        "fairlead.helper": "controller",
        "fairlead.helper.project": "home",
        "fairlead.helper.service": "fairlead",
        "fairlead.helper.of": of,
        "fairlead.helper.lease": "default",
      },
      Healthcheck: { Test: ["NONE"] },
      HostConfig: {
        NetworkMode: "home_default",
        Binds: ["/etc/fairlead:/etc/fairlead:ro"],
        Mounts: [{ Type: "volume", Source: "home_data" }],
        VolumesFrom: [of],
        RestartPolicy: { Name: "always" },
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        CapAdd: null,
        GroupAdd: ["998"],
        Memory: 268_435_456,
      },
      NetworkingConfig: { EndpointsConfig: { home_default: { Aliases: [] } } },
    });
    // Who watches the line may know the controller by its name there.
    expect(further).toMatchObject([
      { network: "home_engine", aliases: ["fairlead"], settings: { driverOpts: { x: "y" }, gatewayPriority: 2 } },
    ]);
  });

  it("has the engine's socket in place of its line, and becomes the controller's user by itself", () => {
    const { body } = helperBody(
      { ...step, socket: "/run/docker.sock", lifeline: "line" },
      original,
      new Set(),
      options,
    );
    expect(body["User"]).toBe("0:0");
    expect(body["Env"]).toEqual([
      "PATH=/bin",
      "FAIRLEAD_HELPER=home/fairlead",
      "DOCKER_HOST=unix:///fairlead-engine.sock",
      "FAIRLEAD_HELPER_USER=1000:1000",
      "HOME=/home/node",
    ]);
    expect(body.HostConfig).toMatchObject({
      Mounts: [
        { Type: "volume", Source: "home_data" },
        { Type: "bind", Source: "/run/docker.sock", Target: "/fairlead-engine.sock" },
      ],
      CapDrop: ["ALL"],
      CapAdd: ["SETUID", "SETGID"],
    });
    const asRoot = helperBody({ ...step, socket: "/run/docker.sock" }, original, new Set(), {
      ...options,
      user: undefined,
    });
    expect(asRoot.body["User"]).toBe("1000:1000");
    expect(asRoot.body.HostConfig?.["CapAdd"]).toBeNull();
  });

  it.each(["host", "none", `container:${"b".repeat(64)}`])("joins no network of its own in mode %s", (NetworkMode) => {
    const shared = { ...original, HostConfig: { ...original.HostConfig, NetworkMode } };
    const { body, further } = helperBody(step, shared, new Set(), options);
    expect(body).not.toHaveProperty("NetworkingConfig");
    expect(body.HostConfig?.["NetworkMode"]).toBe(NetworkMode);
    expect(further).toEqual([]);
  });

  it("finds its first network where the mode names it by its id, and leaves the default one to the mode", () => {
    const byId = { ...original, HostConfig: { NetworkMode: "n2" } };
    expect(helperBody(step, byId, new Set(), options).body["NetworkingConfig"]).toHaveProperty(
      "EndpointsConfig.home_engine",
    );
    const bridged = {
      ...original,
      HostConfig: { NetworkMode: "default" },
      NetworkSettings: { Networks: { bridge: {} } },
    };
    const { body, further } = helperBody(step, bridged, new Set(), options);
    expect(body).not.toHaveProperty("NetworkingConfig");
    expect(further).toEqual([]);
  });
});

describe("helpers in a list", () => {
  const listed = {
    Id: "h",
    Names: [`/${step.name}`],
    State: "running",
    Created: 1_000,
    Labels: helperLabels(step, "default"),
  };

  it("are those of this lease, with what they were made of", () => {
    const whose = { project: "home", service: "fairlead", lifeline: "controller", of } as const;
    const shown = { id: "h", name: step.name, ...whose, state: "running", createdAt: 1_000_000 };
    expect(helpersIn([listed, { Id: of, State: "exited" }], "default")).toEqual([{ ...shown, originalRuns: false }]);
    expect(helpersIn([listed, { Id: of, State: "running" }], "default")).toEqual([{ ...shown, originalRuns: true }]);
    expect(helpersIn([listed], "another")).toEqual([]);
  });

  it("are none whose labels we could not have written", () => {
    const without = { ...listed, Labels: { ...listed.Labels, "fairlead.helper.of": "" } };
    expect(
      helpersIn([without, { ...listed, Labels: { ...listed.Labels, "fairlead.helper": "x" } }], "default"),
    ).toEqual([]);
  });
});
