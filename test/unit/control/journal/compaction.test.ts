import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../../src/control/journal/entry.js";
import { applyEntry, emptyRecord } from "../../../../src/control/journal/record.js";
import { silentLog } from "../../../../src/console/log.js";
import { faultyDisk } from "./faulty-disk.js";
import { digest, hold, openJournal, ownDirectory, segmentsOf } from "./stage.js";
import { digestOf, imageIdOf } from "../../../digests.js";

const key = "shop/web" as const;
const other = `sha256:${"c".repeat(64)}` as const;
const rollout = (revision: number) =>
  ({
    type: "rollout",
    at: 5,
    key,
    rollout: {
      id: `shop/web@${revision}`,
      from: undefined,
      to: digest,
      startedAt: "2030-01-01T00:00:00.000Z",
      finishedAt: undefined,
      outcome: undefined,
      reason: "Changed",
    },
  }) as const satisfies Entry;

type Lasting = Exclude<Entry["type"], "step" | "retry" | "resume" | "start" | "asked" | "drift" | "forget">;
const web = { at: 9, key };

/** One of everything that has to outlive whatever is written later: a new kind of entry does not compile without its own. */
const lasting: { readonly [T in Lasting]: Extract<Entry, { readonly type: T }> } = {
  rollout: rollout(1),
  hold: hold(),
  attempt: { ...web, type: "attempt", specHash: "S", digest: other, reason: "PortConflict", message: "taken", slot: 1 },
  stable: { ...web, type: "stable", digest: other, specHash: "S" },
  pin: { ...web, type: "pin", revision: 1, digest: other, specHash: "S", image: "demo/web:1" },
  pause: { ...web, type: "pause" },
  approve: { ...web, type: "approve", digest: other, specHash: "S" },
  seen: { ...web, type: "seen", digest: other },
  "same-content": { ...web, type: "same-content", digest: digestOf("a"), as: other },
  verified: { ...web, type: "verified", proof: "rule demo/web@sha256:0" },
  adopt: { ...web, type: "adopt", container: "abc", name: "n", restart: { name: "no", maximumRetryCount: 0 }, digest },
  job: {
    ...{ ...web, type: "job", container: "j", job: "J", specHash: "S", digest },
    ...{ outcome: "failed", message: "no", logs: ["why"] },
  },
  leaving: { ...web, type: "leaving", container: "abc", stage: "left", forMs: 5, startedAt: 3 },
  "post-start": { ...web, type: "post-start", container: "abc", startedAt: 3, failure: "it failed" },
  mounted: {
    ...web,
    type: "mounted",
    container: "abc",
    startedAt: 3,
    files: { "/f": { identity: "1", content: "c" } },
  },
  volumes: { ...web, type: "volumes", slot: 1, volumes: [{ name: "v", target: "/t" }] },
  "build-asked": { ...web, type: "build-asked" },
  built: { ...web, type: "built", inputs: "i", beganAt: 8, image: imageIdOf("a") },
  "build-failed": { ...web, type: "build-failed", inputs: "j", beganAt: 8, lasting: true, message: "no", logs: ["l"] },
  promoted: { ...web, type: "promoted", tag: "demo/web:latest", digest: digestOf("a"), from: digestOf("b") },
  resolved: { ...web, type: "resolved", image: "demo/web", digest: digestOf("a") },
  stop: { ...web, type: "stop", until: 99 },
  ending: { ...web, type: "ending", container: "abc", startedAt: 3 },
  revision: { ...web, type: "revision", revision: 7 },
  left: { ...web, type: "left", container: "abc", name: "n", startedAt: 3 },
  reload: {
    ...{ ...web, type: "reload", container: "abc", name: "n", startedAt: 3, signal: "SIGHUP" },
    files: { "/f": { identity: "1", content: "c" } },
  },
  reloaded: {
    ...web,
    type: "reloaded",
    container: "abc",
    name: "n",
    digest,
    specHash: "S",
    failure: "no",
    logs: ["l"],
  },
};
const kept: readonly Entry[] = Object.values(lasting);

const filler = (key: Entry["key"], index: number): Entry => ({
  type: "step",
  at: 10,
  key,
  run: "r",
  text: `${index} ${"x".repeat(1_000)}`,
});

describe("compaction", () => {
  it.each(kept.map((entry) => [entry.type, entry] as const))("has something of %s to keep", (_type, entry) => {
    expect(applyEntry(emptyRecord, entry)).not.toEqual(emptyRecord);
  });

  it("keeps everything in force, whatever is written after it", async () => {
    const data = await ownDirectory();
    const journal = await openJournal(data, silentLog);
    for (const entry of kept) await journal.append(entry);
    const before = journal.record(key);
    for (let index = 0; index < 4_000; index += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, one) => journal.append(filler("shop/db", index + one))));
    }
    await journal.close();
    const text = await Promise.all((await segmentsOf(data)).map((file) => readFile(file, "utf8")));
    expect(
      text
        .join("")
        .split("\n")
        .some((line) => line.startsWith('{"type":"hold"')),
    ).toBe(false);
    const again = await openJournal(data, silentLog);
    expect(again.record(key)).toEqual(before);
    expect(before.memory).toMatchObject({ pausedAt: 9, pin: { revision: 1 }, stableDigest: other });
    expect(before.failures.map(({ container }) => container)).toEqual(["x", "j", "n"]);
    expect(before.rollouts).toHaveLength(1);
  });

  it("a damaged line of what was in force is made up for by the segment before", async () => {
    const data = await ownDirectory();
    const journal = await openJournal(data, silentLog);
    for (const entry of kept) await journal.append(entry);
    const before = journal.record(key);
    for (let index = 0; (await segmentsOf(data)).length < 2; index += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, one) => journal.append(filler("shop/db", index + one))));
    }
    await journal.close();
    const file = (await segmentsOf(data)).at(-1) ?? "";
    const text = await readFile(file, "utf8");
    expect(text.includes('"type":"state"')).toBe(true);
    await writeFile(file, text.replace('"reason":"Unhealthy"', '"reason":"Healthy"'));
    expect((await openJournal(data, silentLog)).record(key)).toEqual(before);
  });

  it.each([
    ["one service", 1, 6_000],
    ["many services with much in force", 400, 20_000],
  ])(
    "of %s: what is written is at most three times what is decided, and what is kept is bounded",
    async (_name, services, count) => {
      const data = await ownDirectory();
      const disk = faultyDisk();
      const journal = await openJournal(data, silentLog, { disk });
      let decided = 0;
      for (let index = 0; index < count; index += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, one) => {
            const at = index + one;
            const of = `shop/s${at % services}` as const;
            const some = `sha256:${at.toString(16).padStart(64, "0")}` as const;
            const entry: Entry = at % 3 === 0 ? { ...hold("b", at), key: of, digest: some } : filler(of, at);
            decided += JSON.stringify(entry).length + 1;
            return journal.append(entry);
          }),
        );
      }
      await journal.close();
      expect(disk.bytes() / decided).toBeLessThan(3);
      expect(disk.bytes() / decided).toBeGreaterThan(1);
      const inForce = Array.from({ length: services }, (_, at) => journal.record(`shop/s${at}`).memory.holds.length);
      expect(Math.min(...inForce)).toBeGreaterThan(0);
      const sizes = await Promise.all((await segmentsOf(data)).map(async (file) => (await readFile(file)).length));
      expect(sizes.length).toBeLessThanOrEqual(2);
      const again = await openJournal(data, silentLog);
      for (let at = 0; at < services; at += 1) {
        expect(again.record(`shop/s${at}`)).toEqual(journal.record(`shop/s${at}`));
      }
    },
    120_000,
  );
});
