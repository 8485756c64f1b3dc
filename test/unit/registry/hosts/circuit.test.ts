import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Circuit, mostFailures, type Outage } from "../../../../src/registry/hosts/circuit.js";
import { latch } from "../../../latch.js";
import { manualClock } from "../../control/clock.js";
import { connect, failure, fakeRegistry, image } from "../connection.js";
import { imageManifest, manifestReply, type Reply } from "../fake-registry.js";

const body = imageManifest("one");
const noon = Date.parse("2026-11-30T12:00:00Z");

function house() {
  const clock = manualClock(noon);
  const host = { isUp: true, pings: 0, holds: Promise.resolve() };
  const news: (string | undefined)[] = [];
  const circuit = new Circuit({
    clock,
    ping: async () => {
      host.pings += 1;
      await host.holds;
      return host.isUp ? undefined : { why: "reg.lan refuses connections", remedy: "start it" };
    },
    onChange: (outage: Outage | undefined) => news.push(outage?.text),
  });
  const fail = async (times: number) => {
    for (let n = 0; n < times; n += 1) await circuit.failed();
  };
  return { clock, host, news, circuit, fail };
}

describe("a circuit", () => {
  it("opens where the host itself does not answer after a row of failures, and says since when and until when", async () => {
    const { clock, host, news, circuit, fail } = house();
    host.isUp = false;
    await fail(1);
    await clock.advance(3_000);
    await fail(mostFailures - 2);
    expect([host.pings, await circuit.outage(false)]).toEqual([0, undefined]);
    await fail(1);
    const text =
      "has not answered since 2026-11-30T12:00:00Z (reg.lan refuses connections); it is asked again at 2026-11-30T12:00:18Z, or by a hook or `fairlead reconcile`";
    expect(await circuit.outage(false)).toMatchObject({ text, remedy: "start it" });
    expect([host.pings, news]).toEqual([1, [text]]);
  });

  it("stays closed where the host answers: it is its repositories that fail", async () => {
    const { host, news, circuit, fail } = house();
    await fail(3 * mostFailures);
    expect([host.pings, await circuit.outage(false), news]).toEqual([3, undefined, []]);
  });

  it("counts failures in a row only", async () => {
    const { host, circuit, fail } = house();
    host.isUp = false;
    for (let n = 0; n < 5; n += 1) {
      await fail(mostFailures - 1);
      circuit.answered();
    }
    expect(host.pings).toBe(0);
  });

  it("is asked once when the time has come, whoever waits, and then later and later, to a bound", async () => {
    const { clock, host, news, circuit, fail } = house();
    host.isUp = false;
    await fail(mostFailures);
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const outage = await circuit.outage(false);
      const wait = outage!.untilMs - clock.monotonic();
      waits.push(wait / 1000);
      await clock.advance(wait - 1);
      await Promise.all(Array.from({ length: 1000 }, () => circuit.outage(false)));
      expect(host.pings).toBe(round + 1);
      await clock.advance(1);
      await Promise.all(Array.from({ length: 1000 }, () => circuit.outage(false)));
      expect(host.pings).toBe(round + 2);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 300, 300]);
    expect(news, "one message").toHaveLength(1);
    host.isUp = true;
    await clock.advance(300_000);
    expect(await circuit.outage(false)).toBeUndefined();
    expect(news.slice(1)).toEqual([undefined]);
  });

  it("finds out by itself that the host is back, since mirrors may answer all that others ask", async () => {
    const { clock, host, news, fail } = house();
    host.isUp = false;
    await fail(mostFailures);
    await clock.advance(15_000);
    expect([host.pings, news.length]).toEqual([2, 1]);
    host.isUp = true;
    await clock.advance(30_000);
    expect([host.pings, news.length, news.at(-1)]).toEqual([3, 2, undefined]);
    await clock.advance(3_600_000);
    expect(host.pings, "then it leaves it alone").toBe(3);
  });

  it("goes on by itself where its time comes while somebody's own question is on its way", async () => {
    const { clock, host, circuit, fail } = house();
    host.isUp = false;
    await fail(mostFailures);
    await clock.advance(14_999);
    const answer = latch();
    host.holds = answer.opened;
    const early = circuit.outage(true);
    await clock.advance(1);
    answer.open();
    await early;
    expect(host.pings).toBe(2);
    await clock.advance(30_000);
    expect(host.pings).toBe(3);
  });

  it("asks nothing any more once it has been ended, not even after an answer that was on its way", async () => {
    const { clock, host, circuit, fail } = house();
    host.isUp = false;
    await fail(mostFailures);
    const answer = latch();
    host.holds = answer.opened;
    await clock.advance(15_000);
    circuit.end();
    answer.open();
    await clock.advance(3_600_000);
    expect(host.pings).toBe(2);
  });

  it("is asked before its time for whoever somebody waits for, and no more often than each few seconds", async () => {
    const { clock, host, circuit, fail } = house();
    host.isUp = false;
    await fail(mostFailures);
    const before = await circuit.outage(true);
    expect(host.pings, "it has just been asked").toBe(1);
    await clock.advance(5_000);
    const after = await Promise.all(Array.from({ length: 100 }, () => circuit.outage(true)));
    expect(host.pings).toBe(2);
    expect(after[0], "its own time stays").toEqual(before);
    await circuit.outage(true);
    expect(host.pings).toBe(2);
    host.isUp = true;
    await clock.advance(5_000);
    expect(await circuit.outage(true)).toBeUndefined();
  });

  it("closes by any answer", async () => {
    const { host, news, circuit, fail } = house();
    host.isUp = false;
    await fail(mostFailures);
    circuit.answered();
    expect([await circuit.outage(false), host.pings]).toEqual([undefined, 1]);
    expect(news.at(-1)).toBeUndefined();
  });

  it("whatever happens: never open while the host answers, questions of no urgency never ask before the time", async () => {
    const act = fc.record({
      ms: fc.constantFrom(0, 1_000, 20_000, 400_000),
      isUp: fc.boolean(),
      urgent: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
        const { clock, host, news, circuit } = house();
        let until = -Infinity;
        for (const { ms, isUp, urgent } of acts) {
          await clock.advance(ms);
          host.isUp = isUp;
          const pings = host.pings;
          const outage = await circuit.outage(urgent);
          if (!urgent && clock.monotonic() < until) expect(host.pings).toBe(pings);
          if (host.pings > pings) expect(outage === undefined).toBe(isUp);
          if (outage === undefined) {
            if (isUp) circuit.answered();
            else await circuit.failed();
          }
          until = (await circuit.outage(false))?.untilMs ?? -Infinity;
          if (until > -Infinity) expect(until - clock.monotonic()).toBeLessThanOrEqual(300_000);
        }
        // Opened and closed in turns.
        expect(news.every((text, index) => (text === undefined) === (index % 2 === 1))).toBe(true);
      }),
    );
  });
});

describe("a registry that is away", () => {
  async function away(reply: () => Reply) {
    const fake = await fakeRegistry(reply);
    const registry = await connect({}, undefined, 300);
    const ask = (n: number, urgent = false) => registry.resolve(image(fake.host, `acme/app-${n}`), urgent);
    return { fake, registry, ask };
  }

  it.each<readonly [Reply, string]>([
    ["cut", "cut the connection"],
    [{ status: 502 }, "answered 502"],
    [{ status: 503, headers: { "retry-after": "600" } }, "answered 503"],
  ])("%j: many services cost few requests, then one each time, and it is back at once", async (reply, why) => {
    const state: { reply: Reply } = { reply };
    const { fake, registry, ask } = await away(() => state.reply);
    for (let n = 0; n < mostFailures; n += 1) await failure(ask(n));
    const asked = fake.seen.length;
    const error = await failure(ask(7));
    expect(error).toMatchObject({ code: "RegistryUnavailable", retryAfterMs: 15_000, guarded: true });
    expect(error.message).toContain(`registry ${fake.host} has not answered since 2026-11-30T12:00:00Z (`);
    expect(error.message).toContain(why);
    expect(error.remedy).not.toBeUndefined();
    const all = await Promise.all(Array.from({ length: 200 }, (_, n) => failure(ask(n))));
    expect(new Set(all.map(({ message }) => message)).size).toBe(1);
    expect(fake.seen).toHaveLength(asked);
    await registry.advance(15_000);
    await Promise.all(Array.from({ length: 200 }, (_, n) => failure(ask(n))));
    expect(fake.lines().slice(asked)).toEqual(["GET /v2/"]);
    state.reply = manifestReply(body);
    await registry.advance(30_000);
    await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n)));
    expect(fake.lines().slice(asked + 1, asked + 3)).toEqual(["GET /v2/", expect.stringMatching(/^HEAD /)]);
    expect(registry.circuits).toEqual([
      `${fake.host} closed`,
      expect.stringContaining(`${fake.host} open: has not answered since`),
      `${fake.host} closed: answers again`,
    ]);
  });

  it.each<Reply>([{ status: 404 }, { status: 403 }, { status: 429 }])("%j is none", async (reply) => {
    const { fake, ask } = await away(() => reply);
    for (let n = 0; n < 3 * mostFailures; n += 1) await failure(ask(n));
    expect(fake.lines().filter((line) => line === "GET /v2/")).toEqual([]);
    expect(fake.seen).toHaveLength(3 * mostFailures);
  });

  it("in many repositories only: the others are asked as ever", async () => {
    const hangs = latch();
    const fake = await fakeRegistry(async ({ url }) => {
      if (url.includes("hung")) await hangs.opened;
      return manifestReply(body);
    });
    const registry = await connect({}, undefined, 100);
    await Promise.all(
      Array.from({ length: 2 * mostFailures }, (_, n) => failure(registry.resolve(image(fake.host, `acme/hung-${n}`)))),
    );
    await registry.resolve(image(fake.host, "acme/healthy"));
    expect(fake.lines()).toContain("GET /v2/");
    hangs.open();
  });

  it("as a mirror: it is passed over without a request", async () => {
    const dead = await fakeRegistry(() => "cut", "127.0.0.2");
    const origin = await fakeRegistry(() => manifestReply(body));
    const registry = await connect({ [origin.host]: { mirrors: [{ url: `http://${dead.host}`, resolve: true }] } });
    for (let n = 0; n < mostFailures; n += 1) await registry.resolve(image(origin.host, `acme/app-${n}`));
    const asked = dead.seen.length;
    for (let n = 0; n < 50; n += 1) await registry.resolve(image(origin.host, `acme/app-${n}`));
    expect(dead.seen).toHaveLength(asked);
    expect(registry.circuits).toContainEqual(expect.stringContaining(`${dead.host} open`));
  });
});
