import { expect, it } from "vitest";
import type { EndpointSettings } from "../../../../src/compose/model/network.js";
import { strategyOf } from "../../../../src/plan/judge/strategy.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { hostWith, port8080, specOf } from "../world.js";

const free = "start-first: publishes no host port and writes to no shared volume";
const mount = { type: "volume", source: "shop_data", target: "/data", readOnly: false, createHostPath: false } as const;
const mounting = (...mounts: ReturnType<typeof specOf>["container"]["mounts"]) => specOf({ container: { mounts } });
const publishing = (...hostPorts: (number | undefined)[]) => ({
  ports: hostPorts.map((hostPort) => ({ ...port8080, hostPort })),
});
const addressed = (settings: EndpointSettings) => {
  const [first] = specOf().networks;
  return specOf({ networks: [first!, { ...first!, settings }] });
};
const startFirst = { order: "start-first" } as const;

it.each([
  ["nothing shared", specOf(), free],
  ["a published port", specOf({ container: publishing(8080) }), "stop-first: publishes 8080 and has no gate"],
  [
    "published ports, one of them left to the engine",
    specOf({ container: publishing(80, undefined, 443) }),
    "stop-first: publishes 80, 443 and has no gate",
  ],
  ["a port that the engine chooses", specOf({ container: publishing(undefined) }), free],
  [
    "a published port, whatever was asked for",
    specOf({ container: publishing(80), update: startFirst }),
    "stop-first: publishes 80 and has no gate, though start-first was asked for",
  ],
  ["a fixed name", specOf({ containerName: "shop" }), "stop-first: has the fixed name shop"],
  [
    "a fixed name, whatever was asked for",
    specOf({ containerName: "shop", update: startFirst }),
    "stop-first: has the fixed name shop, though start-first was asked for",
  ],
  [
    "a range of host ports",
    specOf({ container: { ports: [{ ...port8080, hostPortEnd: 8090 }] } }),
    "stop-first: publishes 8080-8090 and has no gate",
  ],
  [
    "the host's network",
    specOf({ networkMode: { kind: "host" }, networks: [] }),
    "stop-first: opens its ports on the host itself",
  ],
  [
    "the host's network, whatever was asked for",
    specOf({ networkMode: { kind: "host" }, networks: [], update: startFirst }),
    "stop-first: opens its ports on the host itself, though start-first was asked for",
  ],
  ["no network", specOf({ networkMode: { kind: "none" }, networks: [] }), free],
  ["a fixed IPv4 address", addressed({ ipv4Address: "10.0.0.2" }), "stop-first: has the fixed address 10.0.0.2"],
  ["a fixed IPv6 address", addressed({ ipv6Address: "fd00::2" }), "stop-first: has the fixed address fd00::2"],
  [
    "a fixed link-local address",
    addressed({ linkLocalIps: ["169.254.8.8"] }),
    "stop-first: has the fixed address 169.254.8.8",
  ],
  [
    "a fixed MAC address, whatever was asked for",
    specOf({ networks: addressed({ macAddress: "02:42:ac:11:65:43" }).networks, update: startFirst }),
    "stop-first: has the fixed address 02:42:ac:11:65:43, though start-first was asked for",
  ],
  ["settings of a network without an address", addressed({ gatewayPriority: 1 }), free],
  ["start-first declared", specOf({ update: startFirst }), "start-first: is declared start-first"],
  ["stop-first declared", specOf({ update: { order: "stop-first" } }), "stop-first: is declared stop-first"],
  [
    "start-first declared over a volume",
    specOf({ container: { mounts: [mount] }, update: startFirst }),
    "start-first: is declared start-first",
  ],
  ["a volume", mounting(mount), "stop-first: writes to shop_data"],
  [
    "a directory of the host",
    mounting({ ...mount, readOnly: true }, { ...mount, type: "bind", source: "/srv" }),
    "stop-first: writes to /srv",
  ],
  ["a volume only read from", mounting({ ...mount, readOnly: true }), free],
  ["a volume of its own", mounting({ ...mount, source: undefined }), "stop-first: writes to its volume at /data"],
  [
    "a volume of its own, whatever was asked for",
    specOf({ container: { mounts: [{ ...mount, source: undefined }] }, update: startFirst }),
    "stop-first: writes to its volume at /data, though start-first was asked for",
  ],
  ["a volume of its own that is only read", mounting({ ...mount, source: undefined, readOnly: true }), free],
  ["a volume of its own that is re-created", { ...mounting({ ...mount, source: undefined }), renew: true }, free],
  ["memory of its own", mounting({ ...mount, type: "tmpfs", source: undefined }), free],
])("%s", (_what, spec, expected) => {
  const { order, because } = strategyOf(spec, viewOf(hostWith([]), spec, new Map()));
  expect(`${order}: ${because}`).toBe(expected);
});
