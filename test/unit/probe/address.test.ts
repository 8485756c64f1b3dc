import { describe, expect, it } from "vitest";
import type { InspectedContainer } from "../../../src/docker/client/schema.js";
import { locationOf } from "../../../src/docker/read/location.js";
import { chooseAddress } from "../../../src/probe/address.js";
import type { Standpoint } from "../../../src/probe/address.js";

const [front, back] = ["f".repeat(64), "b".repeat(64)];

/** The part of an inspection that matters, as an engine 20.10 gives it. */
const inspections = {
  one: inspected("shop_default", { shop_default: { NetworkID: front, IPAddress: "172.18.0.3", Aliases: ["web"] } }),
  two: inspected("shop_back", {
    shop_back: { NetworkID: back, IPAddress: "172.19.0.2" },
    shop_front: { NetworkID: front, IPAddress: "172.18.0.3" },
  }),
  six: inspected("six", { six: { NetworkID: front, IPAddress: "", GlobalIPv6Address: "fd00::3" } }),
  host: inspected("host", { host: { NetworkID: "0", IPAddress: "" } }),
  none: inspected("none", { none: { NetworkID: "0", IPAddress: "" } }),
  shared: inspected(`container:${"c".repeat(64)}`, {}),
  stopped: inspected("shop_default", { shop_default: { NetworkID: front, IPAddress: "" } }),
} as const;

const onHost: Standpoint = { kind: "host" };
const inside = (...networkIds: string[]): Standpoint => ({ kind: "container", networkIds: new Set(networkIds) });

describe("the address that is asked", () => {
  it.each<[keyof typeof inspections, string, Standpoint, string]>([
    ["one", "the host", onHost, "172.18.0.3"],
    ["one", "its network", inside(front), "172.18.0.3"],
    ["two", "the host", onHost, "172.19.0.2"],
    ["two", "the second of its networks", inside(front, "e".repeat(64)), "172.18.0.3"],
    ["six", "the host", onHost, "fd00::3"],
    ["host", "the host", onHost, "127.0.0.1"],
  ])("of %s from %s", (which, _where, from, address) => {
    expect(chooseAddress(locationOf(inspections[which]), from)).toEqual({ kind: "address", address });
  });

  it.each<[keyof typeof inspections, Standpoint, RegExp]>([
    [
      "one",
      inside(),
      /^it is on shop_default and .* not: connect that \(docker network connect shop_default CONTAINER\)/,
    ],
    ["two", inside("e".repeat(64)), /^it is on shop_back, shop_front and Fairlead's own container is not/],
    ["host", inside(front), /network_mode: host/],
    ["none", onHost, /^it has no network: use an exec probe$/],
    ["stopped", onHost, /^it has no network/],
    ["shared", onHost, /shares the network of a container/],
  ])("of %s there is none, and what to do is said", (which, from, message) => {
    const choice = chooseAddress(locationOf(inspections[which]), from);
    expect(choice.kind).toBe("problem");
    expect(choice.kind === "problem" && choice.message).toMatch(message);
  });

  it("of what is gone there is none", () => {
    expect(chooseAddress(undefined, onHost)).toMatchObject({ kind: "problem" });
  });
});

function inspected(
  mode: string,
  networks: NonNullable<NonNullable<InspectedContainer["NetworkSettings"]>["Networks"]>,
): InspectedContainer {
  return { Id: "a".repeat(64), HostConfig: { NetworkMode: mode }, NetworkSettings: { Networks: networks } };
}
