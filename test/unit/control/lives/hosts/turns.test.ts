import { variables } from "../../../../../src/compose/model/container/variables.js";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Controller } from "../../../../../src/control/controller.js";
import type { ServiceStatus } from "../../../../../src/plan/model/condition.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { resourcesOf } from "../../../../../src/plan/model/host/resources.js";
import { defaultNetwork, digestOf, specOf } from "../../../plan/world.js";
import { mortal, openStage, slow } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const lan = { ...defaultNetwork, key: "lan", name: "shop_lan", ipam: { config: [{ subnet: "10.77.0.0/24" }] } };
const quick = { monitorMs: 500 };

function onPort(name: string, hostPort: number): ServiceSpec {
  const ports = [{ hostIp: undefined, hostPort, containerPort: 80, protocol: "tcp" }] as const;
  return specOf({ name, update: quick, container: { ports } });
}

function at(name: string, ipv4Address: string): ServiceSpec {
  return specOf({ name, update: quick, networks: [{ network: lan, aliases: [name], settings: { ipv4Address } }] });
}

async function open(...specs: ServiceSpec[]): Promise<{ stage: Stage; controller: Controller }> {
  const stage = await openStage(specs);
  stages.push(stage);
  for (const spec of specs) stage.push("a", { check: "none" }, spec);
  const controller = await stage.start();
  await stage.until("all serve", () => isDone(stage, controller));
  return { stage, controller };
}

function edit(stage: Stage, ...specs: ServiceSpec[]): void {
  stage.specs.splice(0, stage.specs.length, ...specs);
  stage.reload();
}

function isDone(stage: Stage, controller: Controller): boolean {
  return stage.specs.every(({ name }) => {
    const { sync, health } = status(controller, name);
    return sync === "Synced" && health === "Healthy" && find(stage, `shop-${name}-1.next`) === undefined;
  });
}

function status(controller: Controller, name: string): ServiceStatus {
  return controller.surface.service(`shop/${name}`)!;
}

function why(controller: Controller, name: string): string | undefined {
  const ready = status(controller, name).conditions.find(({ type }) => type === "Ready");
  return ready === undefined ? undefined : `${ready.reason}: ${ready.message}`;
}

function find(stage: Stage, name: string): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.name === name);
}

function portsOf(stage: Stage): Readonly<Record<string, number | undefined>> {
  const serving = stage.engine.world.host.containers.filter(
    ({ state, role }) => state === "running" && role === "active",
  );
  return Object.fromEntries(serving.map(({ service, ports }) => [service, ports?.[0]?.hostPort]));
}

function addressesOf(stage: Stage): Readonly<Record<string, string | undefined>> {
  const serving = stage.engine.world.host.containers.filter(
    ({ state, role }) => state === "running" && role === "active",
  );
  return Object.fromEntries(serving.map(({ service, id }) => [service, stage.engine.world.addresses.firstOf(id)]));
}

/** For how long nothing of the service ran, and how often a start was refused. */
function watch(stage: Stage, name: string): { readonly downMs: () => number; readonly refusals: () => number } {
  const { engine } = stage;
  const seen = { since: undefined as number | undefined, downMs: 0, refused: new Set<string>() };
  engine.onChange = () => {
    const own = engine.world.host.containers.filter(({ service }) => service === name);
    for (const { startError, id } of engine.world.host.containers) if (startError !== "") seen.refused.add(id);
    const isUp = own.some(({ state }) => state === "running");
    if (isUp && seen.since !== undefined) seen.downMs += engine.clock.now() - seen.since;
    seen.since = isUp ? undefined : (seen.since ?? engine.clock.now());
  };
  return { downMs: () => seen.downMs, refusals: () => seen.refused.size };
}

describe("what changes hands in one edit", () => {
  it("a port that one gives up is taken by the other at once, and nobody is refused anything", async () => {
    const { stage, controller } = await open(onPort("blue", 8093), onPort("green", 8094));
    const green = watch(stage, "green");
    const began = stage.engine.clock.now();
    edit(stage, onPort("blue", 8095), onPort("green", 8093));
    await stage.until("both serve", () => isDone(stage, controller) && portsOf(stage)["green"] === 8093);
    expect(stage.engine.clock.now() - began, "nobody waits for a timer").toBeLessThan(3_000);
    expect(portsOf(stage)).toEqual({ blue: 8095, green: 8093 });
    expect(green.downMs()).toBeLessThan(500);
    expect(green.refusals()).toBe(0);
    expect(status(controller, "green").lastRollout).toMatchObject({ outcome: "promoted" });
  });

  it.each([
    ["ports", [onPort("blue", 8093), onPort("green", 8094)], [onPort("blue", 8094), onPort("green", 8093)]],
    [
      "addresses",
      [at("blue", "10.77.0.9"), at("green", "10.77.0.8")],
      [at("blue", "10.77.0.8"), at("green", "10.77.0.9")],
    ],
    [
      "three ports",
      [onPort("blue", 1), onPort("green", 2), onPort("red", 3)],
      [onPort("blue", 2), onPort("green", 3), onPort("red", 1)],
    ],
  ])("%s are swapped: all stop, and none waits for a timer", async (_what, before, after) => {
    const { stage, controller } = await open(...before);
    const green = watch(stage, "green");
    const began = stage.engine.clock.now();
    edit(stage, ...after);
    const told = new Set<string | undefined>();
    const { onChange } = stage.engine;
    stage.engine.onChange = (call, moment) => {
      onChange(call, moment);
      told.add(why(controller, "green"));
    };
    await stage.until("all serve", () => isDone(stage, controller) && told.size > 1);
    expect(stage.engine.clock.now() - began, "nobody waits for a timer").toBeLessThan(3_000);
    expect([...told].join()).toMatch(/WaitingForTurn: .* which waits for this one: (both|all 3) stop first/);
    const wanted = (specs: readonly ServiceSpec[]) =>
      specs.map(({ container, networks }) => container.ports[0]?.hostPort ?? networks[0]?.settings?.ipv4Address);
    const has = after.map(({ name }) => portsOf(stage)[name] ?? addressesOf(stage)[name]);
    expect(has).toEqual(wanted(after));
    expect(green.downMs()).toBeLessThan(1_500);
    expect(green.refusals()).toBe(0);
  });

  it("nobody stops for a turn while something else that is needed is a stranger's", async () => {
    const both = (name: string, ...hostPorts: number[]) =>
      specOf({
        name,
        update: quick,
        container: {
          ports: hostPorts.map((hostPort) => ({
            hostIp: undefined,
            hostPort,
            containerPort: hostPort,
            protocol: "tcp",
          })),
        },
      });
    const { stage, controller } = await open(onPort("blue", 8093), onPort("green", 8094));
    const id = stage.engine.addStranger("grafana", { ...onPort("grafana", 3000), project: "others" }, digestOf("a"));
    await stage.engine.startContainer(id);
    const [blue, green] = [watch(stage, "blue"), find(stage, "shop-green-1")];
    edit(stage, onPort("blue", 8094), both("green", 8093, 3000));
    await stage.pass(20_000);
    expect(why(controller, "green")).toBe("PortConflict: port 3000 is that of grafana, which is not Fairlead's");
    expect(find(stage, "shop-green-1")).toMatchObject({ id: green?.id, state: "running" });
    expect(blue.downMs()).toBe(0);
    stage.engine.removeByHand(id);
    await stage.until("both serve", () => isDone(stage, controller) && portsOf(stage)["green"] === 8093);
  });

  it("one whose new image cannot run does not take its old port back from its partner: its good one has the new port", async () => {
    const image = { registry: "docker.io", repository: "acme/blue", tag: "latest", digest: undefined };
    const blue = (hostPort: number) => ({ ...onPort("blue", hostPort), image });
    const { stage, controller } = await open(blue(8093), onPort("green", 8094));
    stage.push("b", { check: "none", exitsAfterMs: 5_000 }, blue(8094));
    edit(stage, { ...blue(8094), update: { ...blue(8094).update, monitorMs: 8_000 } }, onPort("green", 8093));
    controller.surface.reconcile(["shop/blue"], "hook");
    await stage.until("blue is held", () => status(controller, "blue").sync === "Held");
    await stage.pass(60_000);
    expect(portsOf(stage)).toEqual({ blue: 8094, green: 8093 });
    expect(status(controller, "green")).toMatchObject({ sync: "Synced", health: "Healthy" });
    expect(find(stage, "shop-blue-1")).toMatchObject({ digest: digestOf("a") });
  });
});

describe("a fixed address", () => {
  const dns = at("dns", "10.77.0.2");
  const app = (patch: Parameters<typeof specOf>[0] = {}) =>
    specOf({ name: "app", update: quick, networks: [{ network: lan, aliases: ["app"] }], ...patch });

  it.each([
    ["before", [dns, app()]],
    ["after", [app(), dns]],
  ])("is its owner's from the first start on, whether that stands %s the others in the file", async (_where, specs) => {
    const { stage } = await open(...specs);
    expect(addressesOf(stage)).toEqual({ dns: "10.77.0.2", app: "10.77.0.3" });
    const of = (name: string) => find(stage, `shop-${name}-1`)!;
    expect(of("app").startedAt).toBeGreaterThanOrEqual(of("dns").startedAt!);
    expect(of("app").networks).toMatchObject([{ network: "shop_lan", aliases: ["app"] }]);
  });

  it("holds up nobody whose owner cannot come: that one is waited for by its owner, then makes room", async () => {
    const { stage, controller } = await open(app());
    const missing = { ...dns, image: { ...dns.image, repository: "acme/dns" } };
    edit(stage, app({ container: { environment: variables({ A: "1" }) } }), missing);
    await stage.until("app serves", () => status(controller, "app").sync === "Synced");
    expect(addressesOf(stage)["app"]).toMatch(/^10\.77\.0\.[23]$/);
    stage.push("c", { check: "none" }, missing);
    controller.surface.reconcile(["shop/dns"], "hook");
    await stage.until("both serve", () => isDone(stage, controller));
    expect(addressesOf(stage)).toEqual({ dns: "10.77.0.2", app: "10.77.0.3" });
  });

  it("is given back by whoever borrowed it while its owner was down, with its names, and within a moment", async () => {
    const { stage, controller } = await open(dns, app());
    stage.engine.stopByHand(find(stage, "shop-dns-1")!.id);
    stage.engine.world.patch(find(stage, "shop-dns-1")!.id, { restartPolicy: { name: "no", maximumRetryCount: 0 } });
    const late = specOf({ name: "late", update: quick, networks: [{ network: lan, aliases: ["late"] }] });
    await stage.engine.disconnectNetwork(find(stage, "shop-app-1")!.id, "shop_lan");
    await stage.engine.connectNetwork(find(stage, "shop-app-1")!.id, { network: "shop_lan", aliases: ["app"] });
    expect(addressesOf(stage)).toEqual({ app: "10.77.0.2" });
    stage.push("a", { check: "none" }, late);
    edit(stage, dns, app(), late);
    await stage.until("all serve", () => isDone(stage, controller) && find(stage, "shop-late-1") !== undefined);
    expect(addressesOf(stage)["dns"]).toBe("10.77.0.2");
    expect(new Set(Object.values(addressesOf(stage))).size).toBe(3);
    expect(find(stage, "shop-app-1")?.networks).toMatchObject([{ network: "shop_lan", aliases: ["app"] }]);
    expect(status(controller, "dns").conditions[0]).toMatchObject({ status: "True", reason: "Converged" });
  });

  it("that its owner has lost while it runs is its own again, without a restart", async () => {
    const { stage, controller } = await open(dns, app());
    const idOf = (name: string) => find(stage, `shop-${name}-1`)!.id;
    const before = [idOf("dns"), find(stage, "shop-dns-1")!.startedAt];
    for (const name of ["dns", "app"]) await stage.engine.disconnectNetwork(idOf(name), "shop_lan");
    for (const name of ["app", "dns"])
      await stage.engine.connectNetwork(idOf(name), { network: "shop_lan", aliases: [name] });
    expect(addressesOf(stage)).toEqual({ app: "10.77.0.2", dns: "10.77.0.3" });
    await stage.until("it has its own", () => isDone(stage, controller) && has(stage));
    expect(addressesOf(stage)).toEqual({ dns: "10.77.0.2", app: "10.77.0.3" });
    expect([idOf("dns"), find(stage, "shop-dns-1")!.startedAt]).toEqual(before);
    expect(find(stage, "shop-dns-1")?.networks).toMatchObject([{ aliases: ["dns"] }]);
  });

  it("that a stranger has is waited for, and both are named", async () => {
    const { stage, controller } = await open(app());
    const id = stage.engine.addStranger("pihole", { ...app(), name: "pihole", project: "others" }, digestOf("a"));
    await stage.engine.startContainer(id);
    const owner = at("dns", "10.77.0.3");
    stage.push("a", { check: "none" }, owner);
    edit(stage, app(), owner);
    await stage.until("it is told", () => why(controller, "dns")?.startsWith("AddressConflict") === true);
    expect(why(controller, "dns")).toBe(
      "AddressConflict: address 10.77.0.3 on shop_lan is that of pihole, which is not Fairlead's",
    );
    expect(status(controller, "app")).toMatchObject({ sync: "Synced", health: "Healthy" });
    stage.engine.removeByHand(id);
    await stage.until("both serve", () => isDone(stage, controller));
  });
});

const names = ["blue", "green", "red", "dns"] as const;

/** What each service has for itself: a port, an address, both, or nothing; never what another one has. */
const hands = fc
  .record({
    ports: fc.shuffledSubarray([8091, 8092, 8093, 8094], { minLength: 4 }),
    addresses: fc.shuffledSubarray([2, 3, 4, 5], { minLength: 4 }),
    kinds: fc.tuple(...names.map(() => fc.constantFrom("port", "port", "address", "address", "both", "none"))),
    absent: fc.option(fc.nat(3), { freq: 3 }),
  })
  .map(({ ports, addresses, kinds, absent }) =>
    names.flatMap((name, index) => {
      const kind = kinds[index];
      if (index === absent) return [];
      const bare = specOf({ name, update: quick, networks: [{ network: lan, aliases: [name] }] });
      const ipv4Address = `10.77.0.${addresses[index]}`;
      const networks = [{ network: lan, aliases: [name], settings: { ipv4Address } }];
      const { container } = onPort(name, ports[index]!);
      if (kind === "none") return [bare];
      if (kind === "port") return [{ ...bare, container }];
      return [{ ...bare, networks, ...(kind === "both" ? { container } : {}) }];
    }),
  );

/** The second edit arrives while `dns` leaves, and another one gets its address as it is off its network for a moment. */
const lostOnTheWay = (() => {
  const on = (hostPort: number, spec: ServiceSpec) => ({ ...spec, container: onPort(spec.name, hostPort).container });
  const bare = (name: string) => specOf({ name, update: quick, networks: [{ network: lan, aliases: [name] }] });
  const three = (blue: number, green: number, red: number) => [
    on(blue, bare("blue")),
    on(green, bare("green")),
    on(red, bare("red")),
  ];
  const before = [...three(8093, 8092, 8091), at("dns", "10.77.0.3")];
  const edits: [ServiceSpec[], number][] = [
    [[...three(8092, 8094, 8093), bare("dns")], 7],
    [[...three(8093, 8094, 8092), at("dns", "10.77.0.5")], 20],
  ];
  const delays: [0 | 300, 0 | 300][] = [0, 0, 0, 300, 0].map((ms) => [ms === 300 ? ms : 0, 0]);
  return { before, edits, delays };
})();

it("any edits end with each having what its file says, and nothing held", { timeout: 120_000 }, async () => {
  const edits = fc.array(fc.tuple(hands, fc.nat(25)), { minLength: 1, maxLength: 3 });
  const death = fc.option(
    fc.record({ call: fc.integer({ min: 1, max: 40 }), moment: fc.constantFrom("before" as const, "after" as const) }),
  );
  const delays = fc.array(fc.tuple(fc.constantFrom(0, 0, 300), fc.constantFrom(0, 0, 300)), {
    minLength: 1,
    maxLength: 7,
  });
  await fc.assert(
    fc.asyncProperty(hands, edits, death, delays, async (before, after, dies, pauses) => {
      const stage = await openStage([...before]);
      try {
        stage.push("a", { check: "none" });
        const engine = slow(stage.engine, pauses);
        const seen = mortal(engine, dies ?? { call: Infinity, moment: "before" });
        const first = await stage.start({ engine: seen.engine, prune: true });
        for (const [next, tenths] of after) {
          await stage.pass(tenths * 100);
          edit(stage, ...next);
        }
        if (dies !== null) await stage.pass(2_000);
        const isDead = seen.dead();
        // It may die of it.
        if (!isDead && dies !== null) void first.stop();
        if (dies !== null) await stage.pass(10_000);
        const controller = isDead || dies !== null ? await stage.start({ engine, prune: true }) : first;
        await stage.until("all have what is theirs", () => isDone(stage, controller) && has(stage));
        expect(stage.engine.world.host.containers.filter(({ role }) => role === "failed")).toEqual([]);
        await ended(stage, controller);
      } finally {
        await stage.close();
      }
    }),
    { numRuns: 40, examples: [[lostOnTheWay.before, lostOnTheWay.edits, null, lostOnTheWay.delays]] },
  );
});

/** What is under way takes its time, which nobody else lets pass. */
async function ended(stage: Stage, controller: Controller): Promise<void> {
  const state = { isOver: false };
  void controller.stop().then(() => (state.isOver = true));
  await stage.until("the controller has stopped", () => state.isOver);
}

function has(stage: Stage): boolean {
  return stage.specs.every((spec) => {
    const serving = find(stage, `shop-${spec.name}-1`);
    const { ports, addresses } = resourcesOf(spec);
    return (
      serving?.state === "running" &&
      isDeepStrictEqual([serving.ports ?? [], serving.fixedAddresses ?? []], [ports, addresses])
    );
  });
}
