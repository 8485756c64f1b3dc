import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import type { ImageReference } from "../../../../src/compose/values/image.js";
import { patient } from "../../../../src/control/desired/patience.js";
import type { Clock } from "../../../../src/control/ports/clock.js";
import type { Registry } from "../../../../src/control/ports/registry.js";
import { FairleadError } from "../../../../src/errors.js";
import { digestOf } from "../../../digests.js";
import { latch } from "../../../latch.js";

const digest = digestOf("0");
const platform = { os: "linux", architecture: "amd64", variant: undefined };
const web = parseImage("reg.example/team/web:v1");
const api = parseImage("reg.example/team/api:v1");
const other = parseImage("other.example/team/web:v1");

type Answer =
  | {
      readonly code: "RegistryUnavailable" | "RateLimited";
      readonly retryAfterMs?: number;
      readonly guarded?: boolean;
      readonly remedy?: string;
    }
  | "well";

function house() {
  const time = { monotonic: 0, now: Date.parse("2026-11-29T10:00:00Z") };
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  /** What an answer waits for, by repository. */
  const waits = new Map<string, Promise<void>>();
  const clock: Clock = { now: () => time.now, monotonic: () => time.monotonic, after: () => () => undefined };
  const registry: Registry = {
    resolve: async (image) => {
      const repository = `${image.registry}/${image.repository}`;
      asked.push(repository);
      await waits.get(repository);
      const answer = answers.get(repository) ?? "well";
      if (answer === "well") return digest;
      throw new FairleadError(answer.code, "it answered 503", answer);
    },
    content: () => Promise.reject(new Error("not asked here")),
    listTags: () => Promise.reject(new Error("not asked here")),
    madeAt: () => Promise.reject(new Error("not asked here")),
    signatures: () => Promise.reject(new Error("not asked here")),
    parts: () => Promise.reject(new Error("not asked here")),
    moveTag: (image) => registry.resolve(image).then((from) => ({ from })),
    credentials: () => Promise.resolve(undefined),
  };
  const pass = (ms: number) => {
    time.monotonic += ms;
    time.now += ms;
  };
  return { registry: patient(registry, clock), answers, asked, waits, pass, time };
}
const fails = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("it answers"),
    (thrown: unknown) => thrown as FairleadError,
  );

describe("a registry that asks for patience", () => {
  test("for one repository: the others are asked", async () => {
    const { registry, answers, asked, pass } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 900_000 });
    const first = await fails(registry.resolve(web));
    pass(60_000);
    const second = await fails(registry.resolve(web));
    expect(second.message).toBe(first.message);
    expect(second.message).toBe(
      "it answered 503; it is asked again at 2026-11-29T10:15:00Z, or by `fairlead reconcile`",
    );
    expect([first.retryAfterMs, second.retryAfterMs]).toEqual([900_000, 840_000]);
    expect(await registry.resolve(api)).toBe(digest);
    expect(asked).toEqual(["reg.example/team/web", "reg.example/team/api"]);
  });

  test("for a limit of requests: all of its repositories wait, no other registry's", async () => {
    const { registry, answers, asked } = house();
    answers.set("reg.example/team/web", { code: "RateLimited", retryAfterMs: 60_000 });
    await fails(registry.resolve(web));
    const error = await fails(registry.resolve(api));
    expect([error.code, error.message]).toEqual([
      "RateLimited",
      "registry reg.example wants to be asked later, and reg.example/team/api:v1 is there; it is asked again at 2026-11-29T10:01:00Z, or by `fairlead reconcile`",
    ]);
    expect(await registry.resolve(other)).toBe(digest);
    expect(asked).toHaveLength(2);
  });

  test("is asked once where a person insists, and left alone again if it still refuses", async () => {
    const { registry, answers, asked } = house();
    answers.set("reg.example/team/web", { code: "RateLimited", retryAfterMs: 60_000 });
    await fails(registry.resolve(web));
    registry.insist(web);
    await fails(registry.resolve(api));
    await fails(registry.resolve(web));
    await fails(registry.resolve(web));
    expect(asked).toEqual(["reg.example/team/web", "reg.example/team/web"]);
    answers.clear();
    registry.insist(web);
    expect(await registry.resolve(web)).toBe(digest);
    expect(await registry.resolve(api), "the limit is over").toBe(digest);
  });

  test("a word spoken while nothing is paused is no credit for later", async () => {
    const { registry, answers, asked } = house();
    registry.insist(web);
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 60_000 });
    await fails(registry.resolve(web));
    await fails(registry.resolve(web));
    expect(asked).toHaveLength(1);
  });

  test("is left to whoever keeps questions from it already", async () => {
    const { registry, answers, asked } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 60_000, guarded: true });
    const first = await fails(registry.resolve(web));
    const second = await fails(registry.resolve(web));
    expect([first.message, second.message]).toEqual(["it answered 503", "it answered 503"]);
    expect(asked).toHaveLength(2);
  });

  test("a wall clock that jumps changes nothing", async () => {
    const { registry, answers, asked, pass, time } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 60_000 });
    await fails(registry.resolve(web));
    time.now += 86_400_000;
    await fails(registry.resolve(web));
    expect(asked).toHaveLength(1);
    time.now -= 2 * 86_400_000;
    pass(60_000);
    answers.clear();
    expect(await registry.resolve(web)).toBe(digest);
  });

  test("that names no time for it is asked again at once, and its words are its own", async () => {
    const { registry, answers, asked } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable" });
    const first = await fails(registry.resolve(web));
    await fails(registry.resolve(web));
    expect(first.message).toBe("it answered 503");
    expect(asked).toHaveLength(2);
  });

  test("is not taken to answer again by what was asked before it refused", async () => {
    const { registry, answers, asked, waits } = house();
    answers.set("reg.example/team/web", { code: "RateLimited", retryAfterMs: 60_000 });
    const refused = latch();
    waits.set("reg.example/team/api", refused.opened);
    const early = registry.resolve(api);
    await fails(registry.resolve(web));
    refused.open();
    expect(await early).toBe(digest);
    await fails(registry.resolve(api));
    expect(asked).toEqual(["reg.example/team/api", "reg.example/team/web"]);
  });

  test("for a tag that is to be moved: that is a pause for questions only where it is a limit of requests", async () => {
    const { registry, answers, asked } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 60_000 });
    const refused = await fails(registry.moveTag(web, "latest", digest));
    expect(refused.message).toBe("it answered 503");
    answers.clear();
    expect(await registry.resolve(web)).toBe(digest);
    answers.set("reg.example/team/web", { code: "RateLimited", retryAfterMs: 60_000 });
    await fails(registry.moveTag(web, "latest", digest));
    await fails(registry.resolve(api));
    expect(asked).toHaveLength(3);
  });

  test("moves no tag meanwhile, and a person's word stays for the next question", async () => {
    const { registry, answers, asked } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 60_000 });
    await fails(registry.resolve(web));
    answers.clear();
    registry.insist(web);
    await fails(registry.moveTag(web, "latest", digest));
    expect(asked).toHaveLength(1);
    expect(await registry.resolve(web)).toBe(digest);
  });

  test.each<[string, (registry: Registry, image: ImageReference) => Promise<unknown>]>([
    ["what is behind a digest", (registry, image) => registry.content(image, digest, platform)],
    ["its tags", (registry, image) => registry.listTags(image)],
    ["when an image was made", (registry, image) => registry.madeAt(image, digest, platform)],
    ["signatures", (registry, image) => registry.signatures(image, digest, () => false)],
    ["the parts of an index", (registry, image) => registry.parts(image, digest, platform)],
  ])("is not asked for %s meanwhile either", async (_, ask) => {
    const { registry, answers } = house();
    answers.set("reg.example/team/web", { code: "RegistryUnavailable", retryAfterMs: 60_000 });
    await fails(registry.resolve(web));
    expect((await fails(ask(registry, web))).message).toContain("it answered 503; it is asked again at");
    expect((await fails(ask(registry, api))).message).toBe("not asked here");
  });

  test.each([web, api])("says what there is to do meanwhile too: $repository", async (image) => {
    const { registry, answers } = house();
    answers.set("reg.example/team/web", { code: "RateLimited", retryAfterMs: 60_000, remedy: "log in" });
    await fails(registry.resolve(web));
    expect((await fails(registry.resolve(image))).remedy).toBe("log in");
  });

  test("whatever it answers when: it is asked exactly when nothing holds, or a person insists", async () => {
    const act = fc.record({
      image: fc.constantFrom(web, api, other),
      ms: fc.constantFrom(0, 1_000, 30_000),
      insist: fc.boolean(),
      answer: fc.constantFrom<Answer>(
        "well",
        { code: "RateLimited", retryAfterMs: 20_000 },
        { code: "RegistryUnavailable", retryAfterMs: 20_000 },
        { code: "RegistryUnavailable" },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
        const { registry, answers, asked, pass, time } = house();
        const until = new Map<string, number>();
        for (const { image, ms, insist, answer } of acts) {
          pass(ms);
          const repository = `${image.registry}/${image.repository}`;
          answers.set(repository, answer);
          if (insist) registry.insist(image);
          const held = [image.registry, repository].some((one) => (until.get(one) ?? 0) > time.monotonic);
          const before = asked.length;
          await registry.resolve(image).catch(() => undefined);
          expect(asked.length - before).toBe(held && !insist ? 0 : 1);
          if (asked.length === before) continue;
          if (answer === "well") {
            until.delete(repository);
            if (held) until.delete(image.registry);
          } else if (answer.retryAfterMs !== undefined) {
            until.set(
              answer.code === "RateLimited" ? image.registry : repository,
              time.monotonic + answer.retryAfterMs,
            );
          }
        }
      }),
    );
  });
});
