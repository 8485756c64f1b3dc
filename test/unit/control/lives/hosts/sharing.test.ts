import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Shared } from "../../../../../src/compose/model/relations.js";
import type { ContainerSpec } from "../../../../../src/compose/model/service.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { memories, mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const update = { monitorMs: 500 } as const;
const media = specOf({ name: "media", update, container: { namespaces: { ipc: "shareable" } } });
const shares: Readonly<Record<Exclude<Shared, "network">, Partial<ContainerSpec>>> = {
  ipc: { namespaces: { ipc: { service: "media" } } },
  pid: { namespaces: { pid: { service: "media" } } },
  volumes: { volumesFrom: [{ service: "media", readOnly: false }] },
};
const kinds = ["ipc", "pid", "volumes"] as const;

function active(stage: Stage, service: string): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.service === service && one.role === "active");
}

/** Both serve these, the guest with the owner that serves, and nothing is under way. */
function combine(stage: Stage, shared: (typeof kinds)[number], owner: string, guest: string): boolean {
  const [donor, web] = [active(stage, "media"), active(stage, "web")];
  if (donor?.digest !== digestOf(owner) || web?.digest !== digestOf(guest)) return false;
  if (stage.engine.world.host.containers.some(({ role }) => role === "next")) return false;
  const running = donor.state === "running" && web.state === "running";
  return running && web.owners?.[shared]?.join() === donor.id;
}

async function open(shared: (typeof kinds)[number], order: "auto" | "start-first" = "auto") {
  const image = { registry: "docker.io", repository: "acme/front", tag: "latest", digest: undefined };
  const web = specOf({ image, update: { ...update, order }, container: shares[shared] });
  const stage = await openStage([media, web]);
  stages.push(stage);
  const push = (letter: string, service: "media" | "web") => {
    stage.push(letter, {}, service === "media" ? media : web);
  };
  return { stage, push };
}

describe.each(kinds)("a service that shares %s of another one", (shared) => {
  it("is re-created with its container", async () => {
    const { stage, push } = await open(shared);
    push("a", "media");
    push("b", "web");
    const controller = await stage.start();
    await stage.until("both serve", () => combine(stage, shared, "a", "b"));
    push("c", "media");
    controller.surface.reconcile(["shop/media"], "hook");
    await stage.until("it has followed", () => combine(stage, shared, "c", "b"));
    await stage.pass(60_000);
    expect(controller.surface.service("shop/web")).toMatchObject({ sync: "Synced", health: "Healthy" });
  });

  it("runs again after its owner was stopped by hand, and is re-created only where that was", async () => {
    const { stage, push } = await open(shared);
    push("a", "media");
    push("b", "web");
    await stage.start();
    await stage.until("both serve", () => combine(stage, shared, "a", "b"));
    await stage.pass(20_000);
    const before = active(stage, "web");
    stage.engine.stopByHand(active(stage, "media")?.id ?? "");
    await stage.pass(60_000);
    expect(combine(stage, shared, "a", "b")).toBe(true);
    const after = active(stage, "web");
    expect(after?.id).toBe(before?.id);
    expect(after?.startedAt === before?.startedAt, "volumes outlive a restart").toBe(shared === "volumes");
  });
});

describe("a rollout of both at once", () => {
  it("comes to the same end from any death, with a journal or without", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.constantFrom("auto" as const, "start-first" as const),
        fc.record({ call: fc.integer({ min: 1, max: 24 }), moment: fc.constantFrom("before", "after") }),
        memories,
        async (shared, order, death, forgetful) => {
          const { stage, push } = await open(shared, order);
          push("a", "media");
          push("b", "web");
          const first = await stage.start();
          await stage.until("both serve", () => combine(stage, shared, "a", "b"));
          await first.stop();
          const { engine, dead } = mortal(stage.engine, death);
          push("c", "media");
          push("d", "web");
          const doomed = await stage.start({ engine });
          await stage.until("dead or done", () => dead() || combine(stage, shared, "c", "d"));
          const ending = { over: false };
          void doomed.stop().then(() => (ending.over = true));
          await stage.until("stopped or dead", () => ending.over || dead());
          await stage.start({ forgetful });
          await stage.until("both serve what is new", () => combine(stage, shared, "c", "d"));
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);
});
