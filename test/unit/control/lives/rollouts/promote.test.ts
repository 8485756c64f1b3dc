import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Engine } from "../../../../../src/control/ports/engine.js";
import { FairleadError } from "../../../../../src/errors.js";
import { Metrics } from "../../../../../src/metrics/metrics.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage, type Stage } from "../stage.js";
import { active, following, key, minor, push, repository, runs } from "./tag-stage.js";

const refused = new FairleadError("PushRefused", "the registry does not take it: 405", { remedy: "look at it" });
const patientCheck = { intervalMs: 1_000, timeoutMs: 1_000, retries: 20, startPeriodMs: 0 };
const never = new Promise<never>(() => undefined);

function promoting(
  promote: NonNullable<ServiceSpec["promote"]> = [{ tag: "latest" }],
  patch: Partial<ServiceSpec> = {},
): ServiceSpec {
  const image = { registry: "docker.io", repository: "acme/web", tag: "main", digest: undefined };
  return { ...specOf(), image, promote, ...patch };
}

async function opened(spec: ServiceSpec = promoting(), first = "main=a") {
  const stage = await openStage([spec]);
  onTestFinished(() => stage.close());
  const { registry } = stage;
  push(stage, first);
  const metrics = new Metrics("0");
  const controller = await stage.start({ telemetry: metrics });
  const condition = (type = "Promoted") => controller.surface.service(key)?.conditions.find((one) => one.type === type);
  const look = () => {
    controller.surface.reconcile([key], "test");
  };
  const behind = (tag = "latest") => registry.tags.get(`${repository}:${tag}`);
  const promoted = (letter: string, tag = "latest") =>
    stage.until(`${tag} is ${letter}`, () => behind(tag) === digestOf(letter));
  const counted = async (outcome: string) => {
    const line = new RegExp(`fairlead_tag_promotions_total\\{[^}]*outcome="${outcome}"\\} (\\d+)`);
    return Number(line.exec(await metrics.render())?.[1]);
  };
  const told = async () => {
    const messages: string[] = [];
    for await (const { type, reason, message } of controller.surface.events(
      { follow: false },
      AbortSignal.timeout(9e6),
    ))
      if (type === "promotion") messages.push(`${reason}: ${message}`);
    return messages;
  };
  return { stage, registry, controller, condition, look, behind, promoted, counted, told };
}

describe("what has proved itself", () => {
  it("is behind the tags that the file names, and what fails is not", async () => {
    const { stage, registry, condition, look, behind, promoted, counted, told } = await opened(
      promoting([{ tag: "latest" }, { tag: "stable" }]),
    );
    await promoted("a", "stable");
    expect(behind()).toBe(digestOf("a"));
    push(stage, "main=b", { healthyAfterMs: "never" });
    look();
    await stage.until("b is held", () => condition("Ready")?.reason === "DigestHeld");
    await stage.pass(60_000);
    expect([behind(), behind("stable")]).toEqual([digestOf("a"), digestOf("a")]);
    push(stage, "main=c");
    look();
    await promoted("c", "stable");
    await stage.until("it is told", () => condition()?.message === `latest, stable moved to ${digestOf("c")}`);
    expect(registry.moved.map((one) => one.replace(/(.)\1+$/, "$1"))).toEqual(
      ["latest", "stable", "latest", "stable"].map((tag, at) => `${repository}:${tag} sha256:${at < 2 ? "a" : "c"}`),
    );
    expect(condition()).toMatchObject({ status: "True", reason: "Converged" });
    expect(await counted("moved")).toBe(4);
    expect(await told()).toContain(`TagMoved: ${repository}:latest was moved to the image that has proved itself`);
  });

  it("is not moved before it has proved itself", async () => {
    const { stage, registry, condition, look, promoted } = await opened();
    await promoted("a");
    push(stage, "main=b", { healthyAfterMs: 5_000, check: patientCheck });
    look();
    await stage.until("b starts", () => stage.engine.world.host.containers.some(({ role }) => role === "next"));
    expect(registry.moved).toHaveLength(1);
    expect(condition()).toMatchObject({ status: "True", message: `latest moved to ${digestOf("a")}` });
    await promoted("b");
    expect(active(stage).map(({ digest }) => digest)).toEqual([digestOf("b")]);
  });

  it("is promoted from the tags whose pattern fits", async () => {
    const patterns = [
      { tag: "latest", from: "1.4.*" },
      { tag: "edge", from: "2.*" },
    ];
    const { stage, behind, promoted, look } = await opened(following(minor, "1.4", { promote: patterns }), "1.4.2=a");
    await promoted("a");
    push(stage, "1.5.0=b");
    look();
    await runs(stage, "b");
    await stage.pass(60_000);
    expect([behind(), behind("edge")]).toEqual([digestOf("a"), undefined]);
  });

  it("costs a question, where the tag is there already", async () => {
    const { stage, registry, counted } = await opened(promoting(), "latest=a");
    push(stage, "main=a");
    await runs(stage, "a");
    await stage.until("it has asked", () => registry.asked.includes(`move ${repository}:latest`));
    await stage.pass(60_000);
    expect([registry.moved, await counted("unchanged"), await counted("moved")]).toEqual([[], 1, 0]);
  });

  it("leaves a tag alone that somebody else has moved since, until something else proves itself", async () => {
    const { stage, registry, behind, promoted, look } = await opened();
    await promoted("a");
    await stage.pass(10_000);
    registry.publish(`${repository}:latest`, digestOf("e"));
    look();
    await stage.pass(60_000);
    expect(behind()).toBe(digestOf("e"));
    push(stage, "main=b");
    look();
    await promoted("b");
  });

  it("stays where it is when a person goes back", async () => {
    const { stage, controller, behind, promoted, look } = await opened();
    await promoted("a");
    push(stage, "main=b");
    look();
    await promoted("b");
    await runs(stage, "b");
    await controller.surface.rollback(key, undefined);
    await runs(stage, "a");
    await stage.pass(60_000);
    expect(behind()).toBe(digestOf("b"));
    await controller.surface.resume(key);
    await runs(stage, "b");
    await stage.pass(60_000);
    expect(stage.registry.moved).toHaveLength(2);
  });

  it("is promoted where the file names another tag later", async () => {
    const { stage, promoted } = await opened();
    await promoted("a");
    stage.specs[0] = promoting([{ tag: "latest" }, { tag: "stable" }]);
    stage.reload();
    await promoted("a", "stable");
    expect(stage.registry.moved).toHaveLength(2);
  });

  it("is not begun anew by the tag that another service follows", async () => {
    const { stage, promoted, look } = await opened(
      following(minor, "1.4", { promote: [{ tag: "latest" }] }),
      "1.4.2=a",
    );
    const canary = { ...promoting([]), name: "canary", image: { ...promoting().image, tag: "latest" } };
    stage.specs.push(canary);
    stage.reload();
    await promoted("a");
    const ids = () => active(stage).map(({ id, service }) => `${service} ${id}`);
    await stage.until("both run", () => ids().length === 2);
    const before = ids();
    look();
    await stage.pass(60_000);
    expect(ids()).toEqual(before);
  });
});

describe("a registry that does not take it", () => {
  it("is told, and is not in the way of anything", async () => {
    const { stage, registry, condition, look, behind, promoted, counted, told } = await opened(
      promoting([{ tag: "latest" }, { tag: "stable" }]),
    );
    registry.refusals.set(`${repository}:latest`, refused);
    await promoted("a", "stable");
    await stage.until("it is told", () => condition()?.status === "False");
    expect(condition()).toMatchObject({
      reason: "PushRefused",
      message: "the registry does not take it: 405; look at it",
    });
    await stage.until("it is well", () => condition("Ready")?.status === "True");
    const asked = () => registry.asked.filter((one) => one === `move ${repository}:latest`).length;
    await stage.pass(300_000);
    expect(asked()).toBe(1);
    await stage.pass(400_000);
    expect(asked()).toBe(2);
    expect(await told()).toEqual([
      `TagMoved: ${repository}:stable was moved to the image that has proved itself`,
      "PushRefused: the registry does not take it: 405; look at it",
    ]);
    push(stage, "main=b");
    look();
    await runs(stage, "b");
    await promoted("b", "stable");
    expect(behind()).toBeUndefined();
    expect(await counted("refused")).toBeGreaterThan(2);
  });

  it("is asked at once where a person says retry", async () => {
    const { stage, registry, controller, condition, promoted } = await opened();
    registry.refusals.set(`${repository}:latest`, refused);
    await stage.until("it is told", () => condition()?.status === "False");
    registry.refusals.clear();
    expect(await controller.surface.retry(key)).toEqual({});
    await promoted("a");
    await stage.until("it is told", () => condition()?.status === "True");
    expect(await controller.surface.retry(key)).toEqual({ unchanged: "nothing of it was held" });
  });

  it("is asked again soon where it is only away for a while", async () => {
    const { stage, registry, condition, promoted, counted } = await opened();
    registry.refusals.set(`${repository}:latest`, new FairleadError("RegistryUnavailable", "503"));
    await stage.until("it is told", () => condition()?.reason === "RegistryUnavailable");
    await stage.pass(20_000);
    registry.refusals.clear();
    await promoted("a");
    expect(await counted("failed")).toBeGreaterThan(1);
  });

  it("waits as long as it is asked to", async () => {
    const { stage, registry } = await opened();
    const asked = () => registry.asked.filter((one) => one.startsWith("move")).length;
    registry.refusals.set(
      `${repository}:latest`,
      new FairleadError("RegistryUnavailable", "503", { retryAfterMs: 120_000 }),
    );
    await stage.until("it has asked", () => asked() === 1);
    await stage.pass(110_000);
    expect(asked()).toBe(1);
    await stage.until("it asks again", () => asked() === 2);
  });

  it("that never answers holds up no rollout, and the last one wins", async () => {
    const { stage, registry, behind, look, condition } = await opened();
    const gates: (() => void)[] = [];
    registry.around = (moment) =>
      moment === "after" ? Promise.resolve() : new Promise((resolve) => gates.push(resolve));
    await stage.until("it hangs", () => gates.length === 1);
    push(stage, "main=b");
    look();
    await runs(stage, "b");
    await stage.pass(30_000);
    expect([gates.length, behind(), condition()?.reason]).toEqual([1, undefined, "Promoting"]);
    gates[0]?.();
    await stage.until("the next one is asked for", () => gates.length === 2);
    gates[1]?.();
    await stage.until("b is there", () => behind() === digestOf("b"));
    expect(registry.moved.map((one) => one.at(-1))).toEqual(["a", "b"]);
  });
});

/** A process that can be killed: from then on nothing answers it. */
function killable(engine: Engine) {
  const life = { over: false };
  const seen = new Proxy(engine, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        if (life.over) return never;
        const answer: unknown = Reflect.apply(member, target, args);
        return answer instanceof Promise ? answer.then((value: unknown) => (life.over ? never : value)) : answer;
      };
    },
  });
  return { engine: seen, life };
}

async function start(stage: Stage, isForgetful: boolean) {
  const { engine, life } = killable(stage.engine);
  const { surface } = await stage.start({ engine, clock: stage.engine.clock, forgetful: isForgetful });
  return { life, surface };
}

describe("each digest is moved to each tag once", () => {
  it("over any death, with the journal or without", async () => {
    const death = fc.record({
      push: fc.nat(2),
      move: fc.nat(1),
      moment: fc.constantFrom("before" as const, "after" as const),
      isForgetful: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
        fc.option(death, { nil: undefined }),
        async (goods, fatal) => {
          const tags = ["latest", "stable"];
          const stage = await openStage([promoting(tags.map((tag) => ({ tag })))]);
          try {
            push(stage, "main=f");
            const { registry } = stage;
            let own = await start(stage, false);
            let dies = -1;
            let moves = 0;
            registry.around = async (moment) => {
              if (moment === "before") moves += 1;
              const isFatal = fatal !== undefined && dies === fatal.push && moves === fatal.move + 1;
              if (!isFatal || moment !== fatal.moment) return;
              own.life.over = true;
              registry.around = undefined;
              await never;
            };
            const revive = async () => {
              if (own.life.over) own = await start(stage, fatal?.isForgetful ?? false);
            };
            await stage.pass(8_000);
            for (const [index, isGood] of goods.entries()) {
              dies = index;
              moves = 0;
              push(stage, `main=${index}`, isGood ? {} : { healthyAfterMs: "never" });
              await revive();
              own.surface.reconcile([key], "test");
              await stage.pass(20_000);
              await revive();
              await stage.pass(20_000);
            }
            expect(new Set(registry.moved).size).toBe(registry.moved.length);
            for (const [index, isGood] of goods.entries())
              if (!isGood) expect(registry.moved.join()).not.toContain(digestOf(String(index)));
            // Without a journal nobody knows what had proved itself before.
            if (fatal?.isForgetful === true) return;
            const last = goods.lastIndexOf(true);
            const expected = digestOf(last < 0 ? "f" : String(last));
            expect(tags.map((tag) => registry.tags.get(`${repository}:${tag}`))).toEqual([expected, expected]);
            expect(registry.moved).toHaveLength(2 + 2 * goods.filter(Boolean).length);
          } finally {
            await stage.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("and what somebody else has done since outlives a restart", async () => {
    const { stage, registry, controller, behind, promoted } = await opened();
    await promoted("a");
    await stage.pass(5_000);
    registry.publish(`${repository}:latest`, digestOf("e"));
    await controller.stop();
    await stage.start();
    await stage.pass(60_000);
    expect(behind()).toBe(digestOf("e"));
  });
});
