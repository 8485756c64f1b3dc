import { variables } from "../../../../../src/compose/model/container/variables.js";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import { digestOf, port8080, specOf } from "../../../plan/world.js";
import { Hosted, line, self } from "../hosted.js";
import type { Death, HostedOptions } from "../hosted.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const startFirst = specOf();
const stopFirst = specOf({ container: { ports: [port8080] } });
const proxy = specOf({
  name: line,
  containerName: "socket-proxy",
  image: { registry: "docker.io", repository: "acme/proxy", tag: "latest", digest: undefined },
  networks: [{ network: specOf().networks[0]!.network, aliases: [line] }],
  container: {
    mounts: [
      {
        type: "bind",
        source: "/var/run/docker.sock",
        target: "/var/run/docker.sock",
        readOnly: true,
        createHostPath: false,
      },
    ],
  },
});

/** A controller of image a in a container of its own file, made by one that is gone since. */
async function begin(specs: readonly ServiceSpec[] = [stopFirst], options: HostedOptions = {}): Promise<Hosted> {
  const stage = await openStage([...specs]);
  stages.push(stage);
  const { world } = stage.engine;
  for (const spec of specs) stage.push("a", {}, spec);
  const first = await stage.start();
  const isActive = ({ name }: ServiceSpec) =>
    world.host.containers.some((one) => one.service === name && one.role === "active");
  await stage.until("all are active", () => specs.every(isActive));
  const container = world.host.containers.find(({ service }) => service === self)!;
  await first.stop();
  world.end(container.id, 0);
  const hosted = new Hosted(stage, options);
  world.run(world.find(container.id)!, true);
  await stage.until("it is in charge of itself", () => hosted.inOffice().length === 1);
  await stage.pass(5_000);
  return hosted;
}

/** `name state letter`, of all that there is. */
function seen({ stage }: Hosted): readonly string[] {
  const { containers } = stage.engine.world.host;
  return containers.map(({ name, state, digest }) => `${name} ${state} ${digest.slice(7, 8)}`).sort();
}

/** The service's own container in charge of all, of this image, and nobody who helps. */
function isDone(hosted: Hosted, letter: string): boolean {
  const { stage } = hosted;
  const { containers } = stage.engine.world.host;
  const active = containers.find(({ service, role }) => service === self && role === "active");
  const isAlone = stage.engine.helpers().length === 0 && !containers.some(({ role }) => role === "next");
  return active?.digest === digestOf(letter) && hosted.inOffice().join() === active.name && isAlone;
}

function readyOf(hosted: Hosted, name: string): string {
  const ready = hosted.status(name)?.conditions.find(({ type }) => type === "Ready");
  return `${name}: ${ready?.reason ?? "unknown"}: ${ready?.message ?? ""}`;
}

/** Until it is so; what has happened stands in the message where it never is. */
async function until(hosted: Hosted, what: string, isSo: () => boolean): Promise<void> {
  try {
    await hosted.stage.until(what, isSo);
  } catch (error) {
    const lines = [
      hosted.died,
      ...hosted.calls.slice(-40),
      ...seen(hosted),
      `in charge: ${hosted.inOffice().join()}`,
      readyOf(hosted, self),
      readyOf(hosted, line),
    ];
    throw new Error(lines.join("\n"), { cause: error });
  }
}

/** And it stays so. */
async function untilDone(hosted: Hosted, letter: string): Promise<void> {
  await until(hosted, `${letter} is in charge`, () => isDone(hosted, letter));
  await hosted.stage.pass(5_000);
  await until(hosted, `${letter} is still in charge`, () => isDone(hosted, letter));
}

describe("the controller's own container", () => {
  it.each([
    ["stop-first", stopFirst],
    ["start-first", startFirst],
  ])("is replaced under %s, and the new one is in charge", async (_, spec) => {
    const hosted = await begin([spec]);
    hosted.push("b");
    await untilDone(hosted, "b");
    expect(seen(hosted)).toEqual(["shop-web-1 running b", "shop-web-1.previous exited a"]);
    expect(hosted.status()).toMatchObject({ sync: "Synced", lastRollout: { outcome: "promoted" } });
    expect([...hosted.marks.texts.keys()].filter((name) => name.startsWith("_waits"))).toEqual([]);
    // And so is the next one.
    hosted.push("c");
    await untilDone(hosted, "c");
    expect(seen(hosted)).toEqual(["shop-web-1 running c", "shop-web-1.previous exited b"]);
  });

  it("is replaced where its spec has changed", async () => {
    const hosted = await begin();
    const [before] = hosted.stage.engine.world.host.containers;
    hosted.stage.specs[0] = { ...stopFirst, container: { ...stopFirst.container, environment: variables({ A: "1" }) } };
    hosted.stage.reload();
    await until(hosted, "a new one", () => isDone(hosted, "a") && seen(hosted).length === 2);
    const active = hosted.stage.engine.world.host.containers.find(({ role }) => role === "active");
    expect(active?.id).not.toBe(before?.id);
  });

  it.each([
    ["cannot start", { b: "good" }, { refusedAtStart: "unable to find user nobody-here: no matching entries" }],
    ["ends at once", { b: "good" }, { exitsAfterMs: 50 }],
    ["is never healthy", { b: "good" }, { healthyAfterMs: "never" }],
    ["dies as soon as it is in charge", { b: "dies-in-office" }, {}],
    ["does not come for the office", { b: "elsewhere" }, {}],
  ] as const)("comes back where the new one %s, and its digest is held", async (_, doing, behaviour) => {
    for (const spec of [stopFirst, startFirst]) {
      const hosted = await begin([spec], { doing });
      hosted.push("b", behaviour);
      await until(hosted, "held", () => hosted.status()?.sync === "Held" && isDone(hosted, "a"));
      await untilDone(hosted, "a");
      const state = "refusedAtStart" in behaviour ? "created" : "exited";
      expect(seen(hosted)).toEqual(["shop-web-1 running a", `shop-web-1.failed ${state} b`]);
      const outcome = state === "created" ? "failed" : "rolled-back";
      expect(hosted.status()).toMatchObject({ sync: "Held", lastRollout: { outcome } });
      hosted.push("c");
      await untilDone(hosted, "c");
    }
  });

  it("comes back again and again, less and less often, where the host is at fault, and is replaced when that is over", async () => {
    const hosted = await begin();
    const { stage } = hosted;
    hosted.push("b", { refusedAtStart: "failed to initialize logging driver: dial tcp 127.0.0.1:5514: refused" });
    const tries = () => hosted.calls.filter((call) => call.includes("createContainer")).length;
    const before = tries();
    await stage.pass(600_000);
    expect(tries() - before).toBeGreaterThan(2);
    expect(tries() - before).toBeLessThan(16);
    expect(hosted.status()?.sync).not.toBe("Held");
    stage.push("b", {});
    await untilDone(hosted, "b");
  });

  it("stays as it is while its helper does not come up, and says so", async () => {
    const hosted = await begin([stopFirst], { helpless: true });
    hosted.push("b");
    await until(hosted, "it says so", () => readyOf(hosted, self).includes("OwnLifeline"));
    expect(readyOf(hosted, self)).toContain("shop-web-1.helper-000000000002 does not stand by (`docker logs ");
    expect(hosted.inOffice()).toEqual(["shop-web-1"]);
    const [helper] = hosted.stage.engine.helpers();
    await until(hosted, "another one", () => hosted.stage.engine.helpers().some(({ id }) => id !== helper?.id));
    expect(hosted.inOffice()).toEqual(["shop-web-1"]);
    // It is wanted no more.
    hosted.push("a");
    await untilDone(hosted, "a");
  });

  it("is replaced, whoever is killed before or after whichever call, with the engine or alone", async () => {
    const death = fc.record<Death>({
      call: fc.integer({ min: 1, max: 90 }),
      moment: fc.constantFrom("before", "after"),
      how: fc.constantFrom("crash", "engine"),
    });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), death, async (isStopFirst, when) => {
        const hosted = await begin([isStopFirst ? stopFirst : startFirst]);
        hosted.death = { ...when, call: hosted.calls.length + when.call };
        hosted.push("b");
        await untilDone(hosted, "b");
        expect(seen(hosted)).toEqual(["shop-web-1 running b", "shop-web-1.previous exited a"]);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe("the container through which the engine is reached", () => {
  const both = [stopFirst, proxy];

  it("is replaced by a helper with its socket, and the controller comes back", async () => {
    const hosted = await begin(both, { hasLine: true });
    const controller = hosted.stage.engine.world.host.containers.find(({ service }) => service === self);
    hosted.push("d", {}, line);
    await until(hosted, "a new line", () => seen(hosted).includes("socket-proxy running d"));
    await untilDone(hosted, "a");
    expect(seen(hosted)).toEqual(["shop-web-1 running a", "socket-proxy running d", "socket-proxy.previous exited a"]);
    expect(hosted.stage.engine.world.find(controller?.id ?? "")?.state).toBe("running");
    expect(hosted.status(line)).toMatchObject({ sync: "Synced" });
  });

  it.each([
    ["ends at once", [], { exitsAfterMs: 50 }],
    ["lets nobody through", ["d"], {}],
  ] as const)("comes back where the new one %s", async (_, dead, behaviour) => {
    const hosted = await begin(both, { hasLine: true, dead });
    hosted.push("d", behaviour, line);
    await until(hosted, "held", () => hosted.status(line)?.sync === "Held" && isDone(hosted, "a"));
    expect(seen(hosted)).toEqual(["shop-web-1 running a", "socket-proxy running a", "socket-proxy.failed exited d"]);
  });

  it("and the controller itself are replaced in one push, whoever is killed", async () => {
    const death = fc.record<Death>({
      call: fc.integer({ min: 1, max: 150 }),
      moment: fc.constantFrom("before", "after"),
      how: fc.constantFrom("crash", "engine"),
    });
    await fc.assert(
      fc.asyncProperty(fc.option(death), async (when) => {
        const hosted = await begin(both, { hasLine: true });
        if (when !== null) hosted.death = { ...when, call: hosted.calls.length + when.call };
        hosted.push("b");
        hosted.push("d", {}, line);
        await until(hosted, "a new line", () => seen(hosted).includes("socket-proxy running d"));
        await untilDone(hosted, "b");
        expect(seen(hosted)).toEqual([
          "shop-web-1 running b",
          "shop-web-1.previous exited a",
          "socket-proxy running d",
          "socket-proxy.previous exited a",
        ]);
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});
