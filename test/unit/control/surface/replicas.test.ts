import { expect, test } from "vitest";
import { replicasOf } from "../../../../src/control/surface/replicas.js";
import { containerIn, digestOf, hostWith } from "../../plan/world.js";

const at = (address: string) =>
  ({ kind: "networks", addresses: [{ networkId: "n", network: "shop_default", address }] }) as const;

test("what is under way at each behind a gate, by the address that the gate leads to, and else by the slot", () => {
  const gate = {
    ...containerIn("active", "c", 1),
    ...{ id: "g", name: "shop-web.gate-1", service: "web.gate" },
    gate: {
      of: "web",
      state: {
        config: "C",
        routes: [
          { server: "spare1", address: "10.0.0.2", open: true, sessions: 4 },
          { server: "slot1", address: "10.0.0.1", open: false, sessions: 3, closedSince: 5 },
          { server: "slot2", open: true, sessions: 1 },
        ],
      },
    },
  };
  const host = hostWith([
    { ...containerIn("next", "b", 1), id: "n1", location: at("10.0.0.2"), healthProblem: "connection refused" },
    { ...containerIn("active", "a", 1), id: "a1", location: at("10.0.0.1") },
    { ...containerIn("active", "a", 1), id: "a2", name: "shop-web-2", slot: 2 },
    { ...containerIn("failed", "b", 1), id: "f1", state: "exited", exitCode: 3 },
    gate,
  ]);
  const told = replicasOf("shop/web", host);
  expect(told.gate).toEqual({ container: "shop-web.gate-1", known: true, underWay: 8 });
  expect(told.replicas.map(({ container, role, gate: behind }) => [container, role, behind])).toEqual([
    ["shop-web-1", "active", { open: false, underWay: 3 }],
    ["shop-web-1.next", "next", { open: true, underWay: 4 }],
    ["shop-web-1.failed", "failed", undefined],
    ["shop-web-2", "active", { open: true, underWay: 1 }],
  ]);
  expect(told.replicas[1]).toMatchObject({ problem: "connection refused", digest: digestOf("b") });
  expect(told.replicas[2]).toMatchObject({ state: "exited", exitCode: 3 });
});

test("a gate that has not been asked says nothing of them", () => {
  const gate = {
    ...containerIn("active", "c", 1),
    id: "g",
    name: "shop-web.gate-1",
    service: "web.gate",
    gate: { of: "web" },
  };
  const { gate: seen, replicas } = replicasOf("shop/web", hostWith([containerIn("active", "a", 1), gate]));
  expect(seen).toEqual({ container: "shop-web.gate-1", known: false, underWay: 0 });
  expect(replicas[0]?.gate).toBeUndefined();
});
