import { describe, expect, it } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import type { InspectedContainer } from "../../../../src/docker/client/schema.js";
import { containerLabels } from "../../../../src/docker/create/labels.js";
import { observe } from "../../../../src/docker/read/observation.js";
import { creation, serviceSpec } from "../../../contract/engine/service.js";
import { digestOf } from "../../../digests.js";

const image = { image: parseImage("nginx:1.27"), digest: digestOf("a") } as const;
const Labels = containerLabels(creation(serviceSpec("web", image), image), "default");
const never = "0001-01-01T00:00:00Z";
const at = (second: number) => `2030-01-01T00:00:${String(second).padStart(2, "0")}.000000000Z`;
const ms = (second: number) => Date.UTC(2030, 0, 1, 0, 0, second);
const Id = "0123456789ab".padEnd(64, "c");

type State = NonNullable<InspectedContainer["State"]>;

function inspected(state: State, more: Partial<InspectedContainer> = {}): InspectedContainer {
  const State = { Status: "running", StartedAt: at(10), FinishedAt: never, ...state };
  return { Id, Name: "/contract-web-1", Config: { Labels }, Created: at(5), State, ...more };
}

describe("an inspected container", () => {
  it("is foreign without our labels", () => {
    expect(observe(inspected({}, { Config: { Labels: { other: "label" } } }))).toBeUndefined();
    expect(observe(inspected({}, { Config: {} }))).toBeUndefined();
  });

  it.each([
    ["contract-web-1", "active"],
    ["contract-web-1.next", "next"],
    ["contract-web-1.previous", "previous"],
    ["contract-web-1.failed", "failed"],
    ["contract-web-1.old", "stray"],
    ["contract-web-11", "stray"],
    ["elsewhere", "stray"],
  ])("named %s is %s", (name, role) => {
    expect(observe(inspected({}, { Name: `/${name}` }))).toMatchObject({ name, role });
  });

  it("has an end and an exit code only where it has ended", () => {
    const earlier = { FinishedAt: at(8), ExitCode: 3 };
    expect(observe(inspected(earlier))).toMatchObject({
      finishedAt: undefined,
      exitCode: undefined,
      startedAt: ms(10),
    });
    expect(observe(inspected({ ...earlier, Status: "exited" }))).toMatchObject({ finishedAt: ms(8), exitCode: 3 });
    const unborn = { Status: "created", StartedAt: never, ExitCode: 128, Error: "port is already allocated" };
    expect(observe(inspected(unborn))).toMatchObject({
      startedAt: undefined,
      exitCode: undefined,
      startError: "port is already allocated",
    });
  });

  it("takes a state it does not know for dead", () => {
    expect(observe(inspected({ Status: "levitating" }))).toMatchObject({ state: "dead" });
  });

  it("has no health once it has ended, whatever the engine still shows", () => {
    const Health = { Status: "unhealthy", Log: [] };
    expect(observe(inspected({ Health }))).toMatchObject({ health: "unhealthy" });
    expect(observe(inspected({ Health }))?.healthProblem).toBeUndefined();
    expect(observe(inspected({ Status: "exited", Health }))).toMatchObject({ health: "none" });
  });

  it("is healthy since the end of the first probe of the unbroken good ones", () => {
    const probe = (second: number, ExitCode: number) => ({ Start: at(second), End: at(second + 1), ExitCode });
    const since = (...Log: ReturnType<typeof probe>[]) =>
      observe(inspected({ Health: { Status: "healthy", Log } }))?.healthySince;
    expect(since(probe(11, 0), probe(13, 0))).toBe(ms(12));
    expect(since(probe(11, 0), probe(13, 1), probe(15, 0), probe(17, 0))).toBe(ms(16));
    // The engine keeps the log over a restart: probes before this start prove nothing.
    expect(since(probe(2, 0), probe(4, 0), probe(12, 0))).toBe(ms(13));
    expect(since()).toBeUndefined();
    expect(since(probe(11, 1))).toBeUndefined();
  });

  it("shows the check that the engine runs", () => {
    const check = (Healthcheck: object) => observe(inspected({}, { Config: { Labels, Healthcheck } }))?.healthcheck;
    expect(check({ Test: ["CMD", "x"] })).toEqual({
      intervalMs: 30_000,
      timeoutMs: 30_000,
      retries: 3,
      startPeriodMs: 0,
    });
    expect(check({ Test: ["CMD", "x"], Interval: 15e8, Timeout: 2e9, Retries: 7, StartPeriod: 4e9 })).toEqual({
      intervalMs: 1500,
      timeoutMs: 2000,
      retries: 7,
      startPeriodMs: 4000,
    });
    expect(check({ Test: ["NONE"] })).toBeUndefined();
    expect(check({ Test: [] })).toBeUndefined();
    expect(check({ Interval: 1e9 })).toBeUndefined();
  });

  it("answers to declared names, not to the short id of old engines", () => {
    const Networks = { front: { Aliases: ["web", "0123456789ab"] }, back: { Aliases: null } };
    expect(observe(inspected({}, { NetworkSettings: { Networks } }))?.networks).toEqual([
      { network: "front", aliases: ["web"] },
      { network: "back", aliases: [] },
    ]);
  });

  it("shows the live restart policy beside the declared one", () => {
    const HostConfig = { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } };
    expect(observe(inspected({}, { HostConfig }))).toMatchObject({
      restartPolicy: { name: "on-failure", maximumRetryCount: 2 },
      declaredRestart: { name: "unless-stopped" },
    });
    const none = { RestartPolicy: { Name: "", MaximumRetryCount: 0 } };
    expect(observe(inspected({}, { HostConfig: none }))).toMatchObject({ restartPolicy: { name: "no" } });
  });
});

it("tells what the check that failed last has put out, in one printable line", () => {
  const observed = (Output: string) =>
    observe(
      inspected({
        Health: {
          Status: "unhealthy",
          Log: [
            { ExitCode: 0, Output: "fine" },
            { ExitCode: 7, Output },
          ],
        },
      }),
    )?.healthProblem;
  expect(observed("curl: (7)\u001b[31m refused\n")).toBe("curl: (7) refused");
  expect(observed(" \n")).toBe("exit code 7");
  expect(observed("x".repeat(300))).toHaveLength(201);
});

describe("what only one container can have", () => {
  const two = { IPAddress: "10.0.0.2", EndpointID: "e" };
  const networks = (endpoint: object, state: State = {}) =>
    observe(inspected(state, { NetworkSettings: { Networks: { lan: endpoint } } }));

  it("is fixed where it was asked for, and chosen where the engine gave it", () => {
    expect(networks({ ...two, IPAMConfig: { IPv4Address: "10.0.0.2" } })).toMatchObject({
      fixedAddresses: [{ network: "lan", address: "10.0.0.2" }],
    });
    expect(networks({ ...two, IPAMConfig: { IPv4Address: "10.0.0.2" } })).not.toHaveProperty("chosenAddresses");
    expect(networks({ ...two, GlobalIPv6Address: "fd00::2" })).toMatchObject({
      chosenAddresses: [
        { network: "lan", address: "10.0.0.2" },
        { network: "lan", address: "fd00::2" },
      ],
    });
  });

  it("of ports of the host too: of a range one is chosen", () => {
    const HostConfig = {
      PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8000-8010" }], "81/tcp": [{ HostIp: "", HostPort: "9000" }] },
    };
    const Ports = {
      "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8003" }],
      "81/tcp": [
        { HostIp: "0.0.0.0", HostPort: "9000" },
        { HostIp: "::", HostPort: "9000" },
      ],
      "82/tcp": null,
    };
    expect(observe(inspected({}, { HostConfig, NetworkSettings: { Ports } }))).toMatchObject({
      ports: [{ protocol: "tcp", hostPort: 9000 }],
      chosenPorts: [{ protocol: "tcp", hostPort: 8003, hostIp: "0.0.0.0" }],
    });
  });

  it("is not had on a network that the engine could not join: what it keeps of that is no endpoint", () => {
    const left = { EndpointID: "", IPAddress: "", IPAMConfig: { IPv4Address: "10.0.0.2" } };
    expect(networks(left)?.networks).toEqual([]);
    expect(networks(left, { Status: "exited" })?.networks).toHaveLength(1);
    expect(networks({ IPAddress: "10.0.0.2" })?.networks, "an engine that does not tell").toHaveLength(1);
    expect(networks({ ...left, IPAddress: "10.0.0.2" })?.networks, "one that tells of no endpoint").toHaveLength(1);
  });
});
