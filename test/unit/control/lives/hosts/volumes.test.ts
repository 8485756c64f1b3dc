import { variables } from "../../../../../src/compose/model/container/variables.js";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Mount } from "../../../../../src/compose/model/mount.js";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Controller } from "../../../../../src/control/controller.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { Secret } from "../../../../../src/tools/secret.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const key = "shop/web";
const scratch: Mount = {
  type: "volume",
  source: undefined,
  target: "/scratch",
  readOnly: false,
  createHostPath: false,
};
const targets = ["/scratch", "/var/lib/db"] as const;
const image: Behaviour = { check: "none", volumes: ["/var/lib/db"] };
const bad: Behaviour = { ...image, exitsAfterMs: 200 };

/** A service over its life, and what its containers have written while they served: by slot, path and content. */
class Life {
  readonly #written = new Map<number, Map<string, string>>();
  #controller: Controller | undefined;
  #digest = 0;
  #note = 0;

  constructor(
    readonly stage: Stage,
    readonly first: ServiceSpec,
  ) {
    stages.push(stage);
  }

  get controller(): Controller {
    if (this.#controller === undefined) throw new Error("nobody has started it");
    return this.#controller;
  }

  get spec(): ServiceSpec {
    return this.stage.specs[0] ?? this.first;
  }

  of(role: ObservedContainer["role"]): readonly ObservedContainer[] {
    return this.stage.engine.world.host.containers.filter((one) => one.role === role && one.service === "web");
  }

  async start(options: Parameters<Stage["start"]>[0] = {}): Promise<void> {
    this.#controller = await this.stage.start(options);
  }

  /** It dies at its n-th changing call from now on, if it gets that far. */
  async dieAt(call: number, moment: "before" | "after", forgetful: boolean): Promise<void> {
    await this.controller.stop();
    const { engine, dead } = mortal(this.stage.engine, { call, moment });
    const doomed = await this.stage.start({ engine });
    await this.stage.pass(3_000);
    const ending = { over: false };
    void doomed.stop().then(() => (ending.over = true));
    await this.stage.until("stopped or dead", () => ending.over || dead());
    await this.start({ forgetful });
  }

  push(behaviour: Behaviour): void {
    this.#digest += 1;
    this.stage.push(this.#digest.toString(16), behaviour);
    this.controller.surface.reconcile([key], "hook");
  }

  change(patch: Partial<ServiceSpec>): void {
    this.stage.specs[0] = { ...this.spec, ...patch };
    this.stage.reload();
  }

  /** Something serves in every slot, and nothing is under way. */
  async settle(): Promise<void> {
    const isSettled = () => {
      const { sync, conditions = [] } = this.controller.surface.service(key) ?? {};
      const serving = this.of("active").filter(({ state }) => state === "running");
      const calm = sync === "Held" || (conditions[0]?.status === "True" && sync !== "OutOfSync") || sync === "Pinned";
      // Where a bad image is held, a replica more may have to wait for a good one.
      const least = sync === "Held" ? 1 : (this.spec.replicas ?? 1);
      const isWhole = serving.length >= least && serving.length === this.of("active").length;
      return calm && isWhole && this.of("next").length === 0;
    };
    await this.stage.until("it serves and nothing is under way", isSettled);
    await this.stage.pass(300);
    if (!isSettled()) await this.settle();
  }

  write(): void {
    for (const { id, slot } of this.of("active")) {
      const written = this.#written.get(slot) ?? new Map<string, string>();
      this.#written.set(slot, written);
      for (const target of targets) {
        this.#note += 1;
        const path = `${target}/note-${this.#note}`;
        const content = `written in slot ${slot}`;
        this.stage.engine.world.writeFile(id, {
          origin: "",
          path,
          content: new Secret(content),
          mode: 0o644,
          uid: 0,
          gid: 0,
        });
        written.set(path, content);
      }
    }
  }

  /** With the journal goes what it alone knew: whose the volumes of removed containers were. */
  forgetRemoved(): void {
    const left = new Set(this.stage.engine.world.host.containers.map(({ slot }) => slot));
    for (const slot of this.#written.keys()) if (!left.has(slot)) this.#written.delete(slot);
  }

  /** What each slot has written is there, and nothing of another slot. */
  check(after: string): void {
    for (const { id, slot } of this.of("active")) {
      const seen = this.stage.engine.world.volumeFiles(id);
      expect(Object.fromEntries(seen), `slot ${slot} after ${after}`).toEqual(
        Object.fromEntries(this.#written.get(slot) ?? []),
      );
    }
  }
}

async function begin(spec: ServiceSpec): Promise<Life> {
  const life = new Life(await openStage([spec]), spec);
  life.stage.push("0", image);
  await life.start();
  await life.settle();
  life.write();
  return life;
}

const specWith = ({ container, update, ...patch }: NonNullable<Parameters<typeof specOf>[0]> = {}) =>
  specOf({ ...patch, container: { mounts: [scratch], ...container }, update: { monitorMs: 500, ...update } });

describe("what a service has written", () => {
  it("is there after one update, after two, after a bad one, a roll-back and a resumption", async () => {
    const life = await begin(specWith());
    for (const step of ["one update", "two"]) {
      life.push(image);
      await life.settle();
      life.check(step);
      life.write();
    }
    life.push(bad);
    await life.settle();
    life.check("a bad update");
    life.write();
    await life.controller.surface.rollback(key, undefined);
    await life.settle();
    life.check("a roll-back");
    life.write();
    life.push(image);
    await life.controller.surface.resume(key);
    await life.settle();
    life.check("a resumption");
    await life.controller.stop();
  });

  it("is there after everything of it has been removed by hand, but for the volumes", async () => {
    const life = await begin(specWith());
    life.push(image);
    await life.settle();
    for (const { id } of life.stage.engine.world.host.containers) life.stage.engine.removeByHand(id);
    await life.settle();
    life.check("a removal");
    await life.controller.stop();
  });

  it("leaves no volume behind that only a failed first start had", async () => {
    const life = new Life(await openStage([specWith()]), specWith());
    const volumes = () => life.stage.engine.world.host.volumes.size;
    life.stage.push("0", bad);
    await life.start();
    await life.stage.until("held", () => life.controller.surface.service(key)?.sync === "Held");
    expect([life.of("failed").length, volumes()]).toEqual([1, 2]);
    life.push(image);
    await life.settle();
    await life.stage.until("cleared", () => life.of("failed").length === 0);
    expect(volumes(), "those of what serves").toBe(2);
    await life.controller.stop();
  });

  it("is left behind where new volumes are asked for, and comes back with its very container", async () => {
    const life = await begin(specWith({ renew: true }));
    const files = () => [...life.stage.engine.world.volumeFiles(life.of("active")[0]?.id ?? "").keys()];
    const before = files();
    life.push(image);
    await life.settle();
    expect([before.length, files()]).toEqual([2, []]);
    await life.controller.surface.rollback(key, undefined);
    await life.settle();
    expect(files()).toEqual(before);
    await life.controller.stop();
  });

  it("by a container that others made is there after it has been adopted and replaced", async () => {
    const spec = specWith({ adopt: true, networks: [] });
    const stage = await openStage([spec]);
    const life = new Life(stage, spec);
    stage.push("0", image);
    const id = stage.engine.addStranger("shop_web_1", spec, digestOf("0"));
    await stage.engine.startContainer(id);
    stage.engine.world.writeFile(id, {
      origin: "",
      path: "/var/lib/db/rows",
      content: new Secret("x"),
      mode: 0o644,
      uid: 0,
      gid: 0,
    });
    await life.start();
    await stage.until("it is adopted", () => life.controller.surface.service(key)?.sync === "Synced");
    for (const step of ["one update", "two"]) {
      life.push(image);
      await life.settle();
      const [active] = life.of("active");
      expect(active?.id, step).not.toBe(id);
      expect(stage.engine.world.fileIn(active?.id ?? "", "/var/lib/db/rows")?.content.reveal(), step).toBe("x");
    }
    await life.controller.stop();
  });
});

type Deed =
  | { readonly kind: "push"; readonly good: boolean; readonly call: number; readonly moment: "before" | "after" }
  | { readonly kind: "remove" | "rollback" | "resume" | "edit" | "forget" | "stop" }
  | { readonly kind: "scale"; readonly to: number };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      good: fc.boolean(),
      call: fc.integer({ min: 1, max: 24 }),
      moment: fc.constantFrom("before" as const, "after" as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...(["remove", "rollback", "resume", "edit", "forget", "stop"] as const).map((kind) => ({ kind })),
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("scale" as const), to: fc.integer({ min: 1, max: 3 }) }) },
);

async function perform(deed: Deed, life: Life): Promise<void> {
  const { stage, controller } = life;
  const [active] = life.of("active");
  switch (deed.kind) {
    case "push":
      life.push(deed.good ? image : bad);
      return life.dieAt(deed.call, deed.moment, false);
    case "remove":
      stage.engine.removeByHand(active?.id ?? "");
      return;
    case "stop":
      stage.engine.stopByHand(active?.id ?? "");
      return;
    case "rollback":
      await controller.surface.rollback(key, undefined).catch(() => undefined);
      return;
    case "resume":
      await controller.surface.resume(key);
      return;
    case "edit": {
      const { container } = life.spec;
      const environment = variables({ EDIT: String(Number(container.environment["EDIT"]?.reveal() ?? 0) + 1) });
      life.change({ container: { ...container, environment } });
      return;
    }
    case "forget":
      await controller.stop();
      life.forgetRemoved();
      await life.start({ forgetful: true });
      // Without a journal nobody knows what else is good, until something has proved itself.
      life.push(image);
      return;
    case "scale":
      life.change({ replicas: deed.to });
  }
}

it("is there in whatever serves later, over any life", { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deeds, { minLength: 2, maxLength: 7 }),
      fc.constantFrom(1, 1, 2),
      fc.constantFrom("auto" as const, "start-first" as const),
      fc.constantFrom(0, 1),
      async (life, replicas, order, keep) => {
        const story = await begin(specWith({ replicas, keep, update: { order } }));
        for (const deed of life) {
          await perform(deed, story);
          await story.settle();
          story.check(JSON.stringify(deed));
          story.write();
        }
        await story.controller.stop();
      },
    ),
    { numRuns: 20 },
  );
});
