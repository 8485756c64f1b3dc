import { describe, expect, it } from "vitest";
import type { CommitsBetween } from "../../../../src/control/ports/source.js";
import { linesBetween, unlisted } from "../../../../src/notify/notices/between.js";
import { draftOf } from "../../../../src/notify/notices/entries.js";
import type { Rollout } from "../../../../src/plan/model/condition.js";
import { digestOf } from "../../../digests.js";

const source = "https://forge.example/acme/fleet.git";
const id = (sign: string) => sign.repeat(40);
const commit = { id: id("c"), source, author: "Ada", subject: "Sell hats", before: id("a") };
const one = { id: id("b"), author: "Bob", subject: "Draw a hat", tags: [] };

const listed = (more: Partial<Extract<CommitsBetween, { kind: "listed" }>>) =>
  linesBetween({ kind: "listed", commits: [one], more: 0, isAll: true, ...more }, commit);

describe("the lines of the commits between", () => {
  it.each([
    ["one", listed({}), ["bbbbbbb Bob: Draw a hat"]],
    ["none", listed({ commits: [] }), []],
    ["too many", listed({ more: 37 }), ["… 37 more", "bbbbbbb Bob: Draw a hat"]],
    ["not all found", listed({ isAll: false }), ["… perhaps others, of old branches", "bbbbbbb Bob: Draw a hat"]],
    ["both", listed({ more: 2, isAll: false })[0], "… 2 more and perhaps others, of old branches"],
    [
      "tags",
      listed({ commits: [{ ...one, tags: ["v1", "v2", "v3", "v4"] }] }),
      ["bbbbbbb Bob: Draw a hat (v1, v2, v3, …)"],
    ],
    [
      "another history",
      linesBetween({ kind: "rewritten" }, commit),
      ["… not listed: aaaaaaa, which ran before, is not in the history of this commit"],
    ],
    [
      "a commit that is gone",
      linesBetween({ kind: "gone" }, commit),
      ["… not listed: this commit is not in the newest of what is followed any more"],
    ],
    [
      "too far back",
      linesBetween({ kind: "beyond", depth: 256 }, commit),
      ["… not listed: aaaaaaa, which ran before, is not among the newest 256 generations of commits"],
    ],
    ["a failure", unlisted("the server\ncannot be reached"), ["… not listed: the server cannot be reached"]],
  ])("%s", (_what, lines, wanted) => {
    expect(lines).toEqual(wanted);
  });

  it("hold nothing that steers, and end somewhere", () => {
    const hostile = `\u001b[31m\u202ex\u0000${"y".repeat(5_000)}`;
    const [line = ""] = listed({ commits: [{ id: id("b"), author: hostile, subject: hostile, tags: [hostile] }] });
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line.length).toBeLessThan(400);
  });
});

const key = "shop/web" as const;

function rollout(revision: number, more: Partial<Rollout>): Rollout {
  const base = { id: `${key}@${revision}`, from: digestOf("a"), to: digestOf("b"), startedAt: "2026-11-30T12:00:00Z" };
  const end = { finishedAt: "2026-11-30T12:01:00Z", outcome: "promoted" as const, reason: "Converged" };
  return { ...base, ...end, specHash: `S${revision}`, ...more };
}

const by = (sign: string, of = source) => ({ commit: { id: id(sign), source: of, author: "Ada", subject: "x" } });

function beforeOf(...rollouts: readonly Rollout[]): string | undefined {
  const last = rollouts.at(-1);
  if (last === undefined) throw new Error("there is no rollout");
  return draftOf({ type: "rollout", at: 1, key, rollout: last }, { record: { rollouts, failures: [] } })?.commit
    ?.before;
}

describe("the commit that what served before came from", () => {
  const failed = { outcome: "rolled-back" as const };
  it.each([
    ["is that of the last promotion", [rollout(1, by("a")), rollout(2, by("b"))], id("a")],
    ["is no failed one's", [rollout(1, by("a")), rollout(2, { ...by("b"), ...failed }), rollout(3, by("c"))], id("a")],
    [
      "stays where only the image was new",
      [rollout(1, by("a")), rollout(2, { specHash: "S1" }), rollout(3, by("c"))],
      id("a"),
    ],
    [
      "is that of the revision that a person has gone back to",
      [
        rollout(1, by("a")),
        rollout(2, by("b")),
        rollout(3, { specHash: "S1", rollback: true, ...failed }),
        rollout(4, by("d")),
      ],
      id("a"),
    ],
    ["is unknown where nothing served", [rollout(1, { ...by("a"), from: undefined })], undefined],
    ["is unknown where no commit brought it", [rollout(1, {}), rollout(2, by("b"))], undefined],
    [
      "is none of another repository",
      [rollout(1, by("a", "https://other.example/x.git")), rollout(2, by("b"))],
      undefined,
    ],
    ["is not the same one", [rollout(1, by("a")), rollout(2, by("a"))], undefined],
  ])("%s", (_what, rollouts, before) => {
    expect(beforeOf(...rollouts)).toBe(before);
  });
});

describe("the tags that a policy has passed over", () => {
  it.each([
    ["are told", { tags: ["1.4.3", "1.5.0"], more: 0 }, ["1.4.3", "1.5.0"]],
    ["with how many come before them", { tags: ["1.5.0"], more: 7 }, ["… 7 more", "1.5.0"]],
    ["where there are any", undefined, undefined],
  ])("%s", (_what, skipped, lines) => {
    const tag = { from: "1.4.2", tag: "1.6.0", policy: "semver ^1", ...(skipped === undefined ? {} : { skipped }) };
    const entry = { type: "rollout", at: 1, key, rollout: rollout(1, { tag }) } as const;
    expect(draftOf(entry, { record: { rollouts: [], failures: [] } })?.change?.skipped).toEqual(lines);
  });
});
