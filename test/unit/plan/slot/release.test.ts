import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReleasePolicy } from "../../../../src/compose/model/policy/release.js";
import { forecast } from "../../../../src/plan/forecast.js";
import { pinned } from "../../../../src/plan/history/pin.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Desired } from "../../../../src/plan/model/desired.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, specOf } from "../world.js";

const day = 86_400_000;

function wanted(letter: string, release: ReleasePolicy, more: Partial<Desired> = {}, specHash = "H"): Desired {
  return { ...desire(letter, specOf({ release }), specHash), ...more };
}

const nightly = { window: { cron: "0 2 * * *", durationMs: 3_600_000, timezone: "UTC" } };
const closed = { window: { opensAt: now + 5_000 } };
const open = { window: { openUntil: now + 5_000 } };
const serving = containerIn("active", "a", 1);
const ahead = { ...imageOf("b"), tags: ["fairlead/ahead:shop.web"] };
const host = hostWith([serving], { images: [imageOf("a", [1], ["id-active-1"]), ahead] });
const last = (text: string) => text.trim().split("\n").at(-1);

describe("a rollout does not begin", () => {
  it("outside its window, and does within it", () => {
    expect(planText({ desired: wanted("b", nightly, closed), host })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForWindow: the window opens at 1970-01-01T00:16:45Z
      "
    `);
    expect(planText({ desired: wanted("b", nightly, open), host })).toContain("create shop-web-1.next");
    expect(planText({ desired: wanted("b", nightly, { window: { opensAt: now } }), host })).toContain(
      "create shop-web-1.next",
    );
  });
  it("before the digest is old enough, counted from when it was first seen", () => {
    const desired = wanted("b", { minAgeMs: day });
    expect(planText({ desired, host })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForAge: sha256:bbbbbbbbbbbb is old enough at 1970-01-02T00:16:40Z
      "
    `);
    const seen = (ago: number) => ({ firstSeen: new Map([[digestOf("b"), now - ago]]) });
    expect(last(planText({ desired, host, memory: seen(day - 1) }))).toContain("WaitingForAge");
    expect(planText({ desired, host, memory: seen(day) })).toContain("create shop-web-1.next");
  });
  it("before a person has approved this very digest and spec", () => {
    const desired = wanted("b", { approve: true });
    expect(planText({ desired, host })).toMatchInlineSnapshot(`
      "
      => blocked: WaitingForApproval: sha256:bbbbbbbbbbbb waits for \`fairlead approve shop/web\`
      "
    `);
    const approved = (letter: string, specHash: string) => ({ approved: [{ digest: digestOf(letter), specHash }] });
    expect(last(planText({ desired, host, memory: approved("a", "H") }))).toContain("WaitingForApproval");
    expect(last(planText({ desired, host, memory: approved("b", "G") }))).toContain("WaitingForApproval");
    expect(planText({ desired, host, memory: approved("b", "H") })).toContain("create shop-web-1.next");
  });
  it("while it is paused by the file, or by a person", () => {
    expect(planText({ desired: wanted("b", { paused: true }), host })).toMatchInlineSnapshot(`
      "
      => blocked: Paused: the file says \`paused\`: no rollout begins until it says otherwise
      "
    `);
    expect(planText({ desired: desire("b"), host, memory: { pausedAt: 0 } })).toMatchInlineSnapshot(`
      "
      => blocked: Paused: paused since 1970-01-01T00:00:00Z: no rollout begins until \`fairlead resume\`
      "
    `);
  });
  it("for a changed spec either", () => {
    expect(last(planText({ desired: wanted("a", { paused: true }, {}, "G"), host }))).toContain("Paused");
    expect(last(planText({ desired: wanted("a", nightly, closed, "G"), host }))).toContain("WaitingForWindow");
  });
  it("and nothing is said where there is nothing to roll out", () => {
    expect(
      last(planText({ desired: wanted("a", { ...nightly, paused: true, approve: true }, closed), host })),
    ).toContain("Converged");
  });
  it("and a digest that failed stays held, whatever else it would wait for", () => {
    expect(last(planText({ desired: wanted("b", nightly, closed), host, memory: { holds: [hold("b")] } }))).toContain(
      "DigestHeld",
    );
  });
});

describe("the image of what waits", () => {
  const images = (...others: ReturnType<typeof imageOf>[]) =>
    hostWith([serving], { images: [imageOf("a", [1], ["id-active-1"]), ...others] });
  const reference = `acme/web@${digestOf("b")}`;

  it("is pulled ahead of the window, and kept from an image prune", () => {
    expect(planText({ desired: wanted("b", nightly, closed), host: images() })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:bbbbbbbbbbbb (it is to be here when the rollout begins)
      => wait: WaitingForWindow: the window opens at 1970-01-01T00:16:45Z; ahead of that acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
    expect(planText({ desired: wanted("b", nightly, closed), host: images(imageOf("b")) })).toMatchInlineSnapshot(`
      "
      1. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/ahead:shop.web (a tagged image survives an image prune until its rollout begins)
      => wait: WaitingForWindow: the window opens at 1970-01-01T00:16:45Z
      "
    `);
  });
  it("is pulled ahead of an approval", () => {
    expect(planText({ desired: wanted("b", { approve: true }), host: images() })).toContain("1. pull acme/web");
  });
  it.each<[string, ReleasePolicy]>([
    ["where the file leaves it to the window", { window: { ...nightly.window, prefetch: false } }],
    ["while it is paused", { ...nightly, paused: true }],
    ["before it is old enough", { ...nightly, minAgeMs: day }],
  ])("is not pulled %s", (_, release) => {
    expect(planText({ desired: wanted("b", release, closed), host: images() })).not.toContain("pull");
  });
  it("is not pulled again before the window where that has failed, and the wait goes on", () => {
    const failed = { state: "failed", reason: "PullFailed", message: "no space left on device" } as const;
    const pulls = new Map([[reference, failed]]);
    expect(planText({ desired: wanted("b", nightly, closed), host: images(), pulls })).toMatchInlineSnapshot(`
      "
      => wait: WaitingForWindow: the window opens at 1970-01-01T00:16:45Z; ahead of that acme/web@sha256:bbbbbbbbbbbb could not be pulled: no space left on device
      "
    `);
  });
  it("is given up when something newer is wanted, or nothing waits for it any more", () => {
    expect(planText({ desired: wanted("c", nightly, closed), host })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (something newer is wanted)
      2. remove image fairlead/ahead:shop.web (something newer is wanted)
      3. pull acme/web@sha256:cccccccccccc (it is to be here when the rollout begins)
      => wait: WaitingForWindow: the window opens at 1970-01-01T00:16:45Z; ahead of that acme/web@sha256:cccccccccccc is being pulled
      "
    `);
    expect(planText({ desired: wanted("a", nightly, closed), host })).toContain("remove image fairlead/ahead:shop.web");
  });
  it("loses only the tag once it serves", () => {
    const served = {
      ...imageOf("a", [1], ["id-active-1"]),
      tags: ["fairlead/keep:shop.web.r1", "fairlead/ahead:shop.web"],
    };
    expect(planText({ desired: wanted("a", nightly, closed), host: hostWith([serving], { images: [served] }) }))
      .toMatchInlineSnapshot(`
      "
      1. remove image fairlead/ahead:shop.web (nothing waits for it any more)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
});

describe("what is held back holds back nothing else", () => {
  const all = { ...nightly, minAgeMs: day, approve: true, paused: true };
  it("no repair", () => {
    const ended = { state: "exited", exitCode: 1, finishedAt: now - 1_000 } as const;
    expect(planText({ desired: wanted("b", all, closed), host: hostWith([{ ...serving, ...ended }]) }))
      .toMatchInlineSnapshot(`
      "
      1. start shop-web-1 (it ended (exit code 1))
      => continue: Restoring: it ended (exit code 1)
      "
    `);
  });
  it("no new container of what ran last where that is gone", () => {
    const empty = hostWith([], { images: [imageOf("a", [1]), imageOf("b")] });
    const memory = { stableDigest: digestOf("a"), stableSpec: "H" };
    expect(planText({ desired: wanted("b", all, closed), host: empty, memory })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      2. tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      3. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
    expect(planText({ desired: wanted("a", all, closed), host: empty, memory })).toContain("create shop-web-1.next");
  });
  it("but one with a spec that nobody approved", () => {
    const empty = hostWith([], { images: [imageOf("a", [1]), imageOf("b")] });
    const memory = { stableDigest: digestOf("a"), stableSpec: "G" };
    expect(planText({ desired: wanted("b", { approve: true }), host: empty, memory })).toMatchInlineSnapshot(`
      "
      => blocked: WaitingForApproval: sha256:bbbbbbbbbbbb waits for \`fairlead approve shop/web\`
      "
    `);
    expect(planText({ desired: wanted("b", nightly, closed), host: empty, memory })).toContain(
      "from sha256:aaaaaaaaaaaa",
    );
  });
  it("no first start, unless a person is to say so", () => {
    const nothing = hostWith([], { images: [imageOf("b")] });
    expect(planText({ desired: wanted("b", { ...nightly, minAgeMs: day }, closed), host: nothing })).toContain(
      "create shop-web-1.next",
    );
    expect(last(planText({ desired: wanted("b", { approve: true }), host: nothing }))).toContain("WaitingForApproval");
    expect(last(planText({ desired: wanted("b", { paused: true }), host: nothing }))).toContain("Paused");
  });
  it("no rollout that has begun, also where something newer is wanted, or another spec", () => {
    const next = containerIn("next", "b", 2);
    const under = hostWith([serving, next]);
    expect(planText({ desired: wanted("b", all, closed), host: under })).toContain(
      "note that shop-web-1 is being replaced",
    );
    expect(planText({ desired: wanted("c", all, closed), host: under })).toContain(
      "note that shop-web-1 is being replaced",
    );
    expect(planText({ desired: wanted("c", all, closed, "G"), host: under })).toContain(
      "note that shop-web-1 is being replaced",
    );
  });
  it("no roll-back of what failed", () => {
    const ended = { state: "exited", exitCode: 1, finishedAt: now - 1_000, startedAt: now - 3_000 } as const;
    const text = planText({
      desired: wanted("c", all, closed),
      host: hostWith([serving, containerIn("next", "b", 2, ended)]),
    });
    expect(text).toContain("rename shop-web-1.next to shop-web-1.failed");
  });
  it("no person's roll-back", () => {
    const pin = { revision: 1, digest: digestOf("a"), specHash: "H", image: "docker.io/acme/web:latest", at: now };
    const desired = pinned(wanted("b", all, closed), pin);
    const both = hostWith([containerIn("active", "b", 2), containerIn("previous", "a", 1)]);
    expect(planText({ desired, host: both })).toContain("start shop-web-1.previous");
  });
  it("no replica more, and no slot of a rollout that has reached others", () => {
    const spec = specOf({ replicas: 2, release: { paused: true } });
    const one = containerIn("active", "b", 2);
    const two = containerIn("active", "a", 1, { slot: 2, name: "shop-web-2", id: "id-2" });
    const text = planText({ desired: desire("c", spec), host: hostWith([one, two]) });
    expect(text).toContain("create shop-web-2.next from sha256:bbbbbbbbbbbb");
    const memory = { stableDigest: digestOf("b"), stableSpec: "H" };
    expect(planText({ desired: desire("c", spec), host: hostWith([one]), memory })).toContain(
      "create shop-web-2.next from sha256:bbbbbbbbbbbb",
    );
    expect(
      last(
        planText({ desired: desire("c", spec), host: hostWith([one, { ...two, digest: digestOf("b"), revision: 2 }]) }),
      ),
    ).toContain("blocked: Paused");
  });
});

describe("the forecast", () => {
  it("waits on paper, and shows what comes then", () => {
    const seen = new Map([[digestOf("b"), now]]);
    const desired = wanted("b", { ...nightly, minAgeMs: 3_000 }, closed);
    const { lines, changes } = forecast(desired, host, { ...emptyMemory, firstSeen: seen });
    expect(lines.slice(0, 3)).toMatchInlineSnapshot(`
      [
        "wait: sha256:bbbbbbbbbbbb is old enough at 1970-01-01T00:16:43Z",
        "wait: the window opens at 1970-01-01T00:16:45Z",
        "create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)",
      ]
    `);
    expect(changes).toBe(true);
  });
});

describe("for any policy", () => {
  const policies = fc.record({
    paused: fc.boolean(),
    approve: fc.boolean(),
    approved: fc.boolean(),
    opensIn: fc.option(fc.integer({ min: -10, max: 10 }), { nil: undefined }),
    age: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    seen: fc.integer({ min: 0, max: 20 }),
    order: fc.constantFrom("start-first" as const, "stop-first" as const),
  });
  it("what runs is touched only once all of it is fulfilled, and a wait ends when something can have changed", () => {
    fc.assert(
      fc.property(policies, ({ paused, approve, approved, opensIn, age, seen, order }) => {
        const release = { ...nightly, paused, approve, minAgeMs: age ?? 0 };
        const window = opensIn === undefined ? { openUntil: now + 1 } : { opensAt: now + opensIn };
        const desired = { ...desire("b", specOf({ release, update: { order } })), window };
        const memory = {
          firstSeen: new Map([[digestOf("b"), now - seen]]),
          ...(approved ? { approved: [{ digest: digestOf("b"), specHash: "H" }] } : {}),
        };
        const text = planText({ desired, host, memory });
        const free = !paused && (!approve || approved) && seen >= (age ?? 0) && (opensIn ?? 0) <= 0;
        expect(text.includes("create shop-web-1.next")).toBe(free);
        if (!free) expect(text.trim().split("\n")).toHaveLength(1);
      }),
    );
  });
});
