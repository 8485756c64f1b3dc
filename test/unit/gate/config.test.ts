import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gateConfig, slotsFor, type GateLayout } from "../../../src/gate/config.js";

const http: GateLayout = {
  gate: { mode: "http", holdMs: 30_000, proxyProtocol: false },
  ports: [80, 8443],
  names: ["shop-web-1", "shop-web-2"],
  slots: 8,
  ipv6: false,
};
const tcp: GateLayout = {
  gate: { mode: "tcp", holdMs: 5_000, proxyProtocol: true },
  ports: [5432],
  names: ["shop-db-1.shop_back"],
  slots: 8,
  ipv6: true,
};
const bare: GateLayout = { ...http, gate: { ...http.gate, holdMs: 0 }, ports: [61_999] };

describe("a gate's configuration", () => {
  it.each([
    ["http", http],
    ["tcp", tcp],
    ["without-hold", bare],
  ])("%s", async (name, layout) => {
    await expect(gateConfig(layout).text).toMatchFileSnapshot(`golden/${name}.cfg`);
  });

  it("bears its own hash, which is another one for anything that is different", () => {
    const { text, hash } = gateConfig(http);
    expect(text.split("\n")[0]).toBe(`# fairlead ${hash} 61999 port80 port8443`);
    const others = [
      { ...http, names: ["shop-web-1"] },
      { ...http, ports: [80] },
      { ...http, gate: { ...http.gate, holdMs: 1 } },
      tcp,
    ];
    expect(new Set([hash, ...others.map((layout) => gateConfig(layout).hash)]).size).toBe(5);
    expect(gateConfig({ ...http }).hash).toBe(hash);
  });

  it("never takes commands where the service listens", () => {
    const some = fc.uniqueArray(fc.integer({ min: 61_990, max: 62_010 }), { minLength: 1 });
    fc.assert(
      fc.property(some, (ports) => {
        const [, , , port] = gateConfig({ ...http, ports }).text.split(" ");
        expect(Number(port)).toBeGreaterThan(0);
        expect(ports).not.toContain(Number(port));
      }),
    );
  });

  it("asks for no name that is too long for the name server", () => {
    const { text } = gateConfig({ ...http, names: ["x".repeat(64), `${"x".repeat(63)}.shop_default`] });
    expect(text).toContain("server slot1 0.0.0.0:80 disabled");
    expect(text).toContain(`server slot2 ${"x".repeat(63)}.shop_default:80 resolvers`);
  });
});

it("there is room for eight replicas, or for more where more are wanted", () => {
  expect([0, 1, 8, 9].map(slotsFor)).toEqual([8, 8, 8, 9]);
});
