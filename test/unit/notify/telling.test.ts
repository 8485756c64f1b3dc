import { describe, expect, it, onTestFinished } from "vitest";
import type { Entry } from "../../../src/control/journal/entry.js";
import { Journal } from "../../../src/control/journal/journal.js";
import type { Rollout, ServiceStatus } from "../../../src/plan/model/condition.js";
import { completedBy, type Complete } from "../../../src/notify/completed.js";
import { Telling } from "../../../src/notify/telling.js";
import type { Standing } from "../../../src/notify/notices/found.js";
import { quietMs } from "../../../src/notify/notices/problems.js";
import { ManualClock } from "../../simulator/clock.js";
import { SimulatedDisk } from "../../simulator/disk.js";
import { digestOf } from "../../digests.js";
import { keptLog } from "../control/journal/stage.js";
import { countedTelemetry, data, receiverOf } from "./stage.js";
import type { CommitsBetween } from "../../../src/control/ports/source.js";
import type { Channel } from "../../../src/notify/model/channel.js";
import type { Notice, NoticeKind } from "../../../src/notify/model/notice.js";

const key = "shop/web" as const;
const [one, two] = [digestOf("a"), digestOf("b")];

function rollout(revision: number, more: Partial<Rollout> = {}): Entry {
  const startedAt = new Date(1_000 * revision).toISOString();
  const base = { id: `${key}@${revision}`, from: one, to: two, startedAt, finishedAt: undefined, outcome: undefined };
  const image = "docker.io/acme/web:1.4.3";
  return {
    type: "rollout",
    at: 1_000 * revision,
    key,
    rollout: { ...base, reason: "RolloutStarted", image, specHash: "S", ...more },
  };
}

const promoted = (revision: number, more: Partial<Rollout> = {}) =>
  rollout(revision, {
    finishedAt: new Date(1_000 * revision + 500).toISOString(),
    outcome: "promoted",
    reason: "Converged",
    ...more,
  });

const status = (reason: string, more: Partial<ServiceStatus> = {}): ServiceStatus =>
  ({
    ...{ project: "shop", service: "web", image: "docker.io/acme/web:1.4.3", sync: "Synced", health: "Healthy" },
    ...{ desiredDigest: two, activeDigest: two, revision: 1, replicas: { desired: 1, ready: 1, updated: 1 } },
    conditions: [
      { type: "Ready", status: reason === "Converged" ? "True" : "False", reason, message: `it is ${reason}` },
    ],
    lastRollout: undefined,
    ...more,
  }) as unknown as ServiceStatus;

interface Shown extends Standing {
  services: readonly ServiceStatus[];
  engine: Standing["engine"];
  files: Standing["files"];
  isReady: boolean;
}

async function open(
  disk = new SimulatedDisk(),
  clock = new ManualClock(),
  reason = "Converged",
  { channels, complete }: { readonly channels?: readonly Channel[]; readonly complete?: Complete } = {},
) {
  const log = keptLog();
  const journal = await Journal.open(data, log, { disk, clock });
  const standing: Shown = {
    ...{ isReady: true, services: [status(reason)], files: new Map(), projects: [], repositories: [] },
    engine: { kind: "reachable", clockSkewSeconds: 0 },
  };
  const notices: Notice[] = [];
  const team = receiverOf("team", {
    deliver: (notice) => {
      notices.push(notice);
      return Promise.resolve({ outcome: "delivered" });
    },
  });
  const telling = new Telling({
    ...{
      disk,
      data,
      clock,
      log,
      journal,
      channels: channels ?? [team],
      telemetry: countedTelemetry(),
      random: () => 0.5,
    },
    ...{ standing: () => standing, labels: () => ({ tier: "front" }), externalUrl: "https://fairlead.example/" },
    receivers: ["ci", "dockerhub"],
    ...(complete === undefined ? {} : { complete }),
  });
  const begun = telling.begin();
  telling.declared();
  await clock.advance(10);
  await begun;
  const stop = async () => {
    const stopped = Promise.all([telling.stop(), journal.close()]);
    await clock.advance(5_000);
    await stopped;
  };
  onTestFinished(stop);
  return {
    disk,
    clock,
    journal,
    telling,
    standing,
    notices,
    stop,
    titles: () => notices.map(({ kind, title }) => `${kind}: ${title}`),
  };
}

describe("what the journal says", () => {
  it("is told with who asked, from and to, and where to look", async () => {
    const { journal, clock, notices } = await open();
    const commit = { id: "1a2b3c4d", source: "https://forge.example/fleet.git", author: "Ada", subject: "1.4.3" };
    const tag = { from: "1.4.2", tag: "1.4.3", policy: "semver ^1.4" };
    const asked = { cause: "hook generic ci: acme/web:1.4.3", commit, tag };
    await journal.append(rollout(2, asked));
    await journal.append(promoted(2, asked));
    await clock.advance(10);
    expect(notices.map(({ kind }) => kind)).toEqual(["started", "promoted"]);
    expect(notices[1]).toMatchObject({
      title: "shop/web: 1.4.3 is promoted",
      reason: "1.4.2 -> 1.4.3 by policy semver ^1.4",
      cause: "hook generic ci: acme/web:1.4.3",
      commit: { id: "1a2b3c4d", author: "Ada", subject: "1.4.3" },
      change: { rollout: "shop/web@2", from: { digest: one, tag: "1.4.2" }, to: { digest: two, tag: "1.4.3" } },
      labels: { tier: "front" },
      link: "https://fairlead.example/#shop/web",
    });
    expect(notices[1]?.id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  });

  it("is told once where the journal outlives a process that had no time to tell it", async () => {
    const first = await open();
    await first.journal.append(promoted(1));
    await first.clock.advance(10);
    await first.stop();
    // Somebody else writes on: nobody tells of it.
    const alone = await Journal.open(data, keptLog(), { disk: first.disk, clock: first.clock });
    await alone.append(promoted(2));
    await alone.close();
    const second = await open(first.disk, first.clock);
    await second.clock.advance(10);
    expect(second.notices.map(({ change }) => change?.rollout)).toEqual(["shop/web@2"]);
    await second.stop();
    const third = await open(first.disk, first.clock);
    await third.clock.advance(10);
    expect(third.notices).toEqual([]);
  });

  it("is nobody's news before the first start", async () => {
    const disk = new SimulatedDisk();
    const journal = await Journal.open(data, keptLog(), { disk });
    await journal.append(promoted(1));
    await journal.close();
    const { notices, clock } = await open(disk);
    await clock.advance(100);
    expect(notices).toEqual([]);
  });

  it("of a failure holds the last lines and the way on, once for all its slots, until another release comes through", async () => {
    const { journal, clock, notices } = await open();
    const why = {
      type: "hold",
      key,
      specHash: "S",
      digest: two,
      reason: "Unhealthy",
      message: "sick",
      revision: 3,
    } as const;
    await journal.append(rollout(3));
    await journal.append({ ...why, at: 3_100, container: "shop-web-1.next", slot: 1, logs: ["no database"] });
    await journal.append({ ...why, at: 3_200, container: "shop-web-2.next", slot: 2, logs: ["no database"] });
    const ended = { finishedAt: new Date(3_300).toISOString(), outcome: "rolled-back", reason: "DigestHeld" } as const;
    await journal.append(rollout(3, { ...ended, message: "Unhealthy: sick" }));
    await clock.advance(10);
    expect(notices.map(({ kind, logs }) => [kind, logs])).toEqual([
      ["started", undefined],
      ["held", ["no database"]],
      ["rolled-back", ["no database"]],
    ]);
    expect(notices[1]).toMatchObject({
      command: "fairlead retry shop/web",
      severity: "error",
      problem: "release shop/web",
    });
    await journal.append(promoted(4));
    await clock.advance(10);
    expect(notices[3]).toMatchObject({ kind: "promoted", problem: "release shop/web", isEnd: true });
    await journal.append(promoted(5));
    await clock.advance(10);
    expect(notices[4]?.isEnd).toBeUndefined();
  });
});

describe("the commits between", () => {
  const commit = (sign: string) => ({
    commit: { id: sign.repeat(40), source: "https://forge.example/fleet.git", author: "Ada", subject: sign },
  });
  const passed = { id: "b".repeat(40), author: "Bob", subject: "Draw a hat", tags: [] };
  const found: CommitsBetween = { kind: "listed", commits: [passed], more: 0, isAll: true };
  const line = "bbbbbbb Bob: Draw a hat";

  function told(answer: () => Promise<CommitsBetween>) {
    const asked: unknown[] = [];
    const heard: (readonly [string, string, readonly string[] | undefined])[] = [];
    const channel = (name: string, more: Partial<Channel>): Channel => ({
      ...receiverOf(name),
      deliver: ({ kind, between }) => {
        heard.push([name, kind, between]);
        return Promise.resolve({ outcome: "delivered" });
      },
      ...more,
    });
    const clock = new ManualClock();
    const source = {
      commitsBetween: (span: unknown) => {
        asked.push(span);
        return answer();
      },
    };
    const channels = [channel("team", { tellsBetween: true }), channel("forge", {})];
    const options = { channels, complete: completedBy(source, clock) };
    return { asked, heard, open: (disk?: SimulatedDisk) => open(disk, clock, "Converged", options) };
  }

  it("are found out for those that tell of them, and hold up nobody else", async () => {
    let answer: (between: CommitsBetween) => void = () => undefined;
    const { asked, heard, open: begin } = told(() => new Promise((resolve) => (answer = resolve)));
    const { journal, clock } = await begin();
    await journal.append(promoted(1, { specHash: "A", ...commit("a") }));
    await journal.append(promoted(2, { specHash: "C", ...commit("c") }));
    await clock.advance(10);
    expect(heard).toEqual([
      ["forge", "promoted", undefined],
      ["team", "promoted", undefined],
      ["forge", "promoted", undefined],
    ]);
    const span = { source: "https://forge.example/fleet.git", project: "shop" };
    expect(asked).toEqual([{ ...span, before: "a".repeat(40), commit: "c".repeat(40) }]);
    answer(found);
    await clock.advance(10);
    expect(heard[3]).toEqual(["team", "promoted", [line]]);
  });

  it("that cannot be found out are left out, with the reason", async () => {
    const { heard, open: begin } = told(() => Promise.reject(new Error("no such host")));
    const { journal, clock } = await begin();
    await journal.append(promoted(1, { specHash: "A", ...commit("a") }));
    await journal.append(promoted(2, { specHash: "C", ...commit("c") }));
    await clock.advance(10);
    expect(heard.at(-1)).toEqual(["team", "promoted", [expect.stringContaining("… not listed: ")]]);
  });

  it("are waited for no longer than a while", async () => {
    const { heard, open: begin } = told(() => new Promise(() => undefined));
    const { journal, clock } = await begin();
    await journal.append(promoted(1, { specHash: "A", ...commit("a") }));
    await journal.append(promoted(2, { specHash: "C", ...commit("c") }));
    await clock.advance(30_000);
    expect(heard.at(-1)).toEqual(["team", "promoted", ["… not listed: it takes too long"]]);
  });

  it("are found out again after a restart that came before the message", async () => {
    const disk = new SimulatedDisk();
    const first = told(() => new Promise(() => undefined));
    const before = await first.open(disk);
    await before.journal.append(promoted(1, { specHash: "A", ...commit("a") }));
    await before.journal.append(promoted(2, { specHash: "C", ...commit("c") }));
    await before.clock.advance(10);
    await before.stop();
    const second = told(() => Promise.resolve(found));
    const { clock } = await second.open(disk);
    await clock.advance(10);
    expect(second.heard).toEqual([["team", "promoted", [line]]]);
  });
});

describe("what lasts", () => {
  it("is told once, over restarts, and its end too", async () => {
    const first = await open();
    first.standing.services = [status("CrashLooping", { health: "Degraded" })];
    await first.clock.advance(60_000);
    expect(first.titles()).toEqual(["crash-looping: shop/web: it crashes again and again"]);
    await first.stop();
    const second = await open(first.disk, first.clock, "NotObserved");
    await second.clock.advance(60_000);
    second.standing.services = [status("CrashLooping")];
    await second.clock.advance(60_000);
    expect(second.titles()).toEqual([]);
    await second.stop();
    const third = await open(first.disk, first.clock);
    await third.clock.advance(60_000);
    expect(third.titles()).toEqual(["recovered: shop/web: it runs again"]);
    expect(third.notices[0]).toMatchObject({ problem: "crash shop/web", isEnd: true, severity: "info" });
  });

  it("and comes and goes is told twice, and then how often it did", async () => {
    const { standing, clock, titles, notices } = await open();
    const swing = async (reason: string) => {
      standing.services = [status(reason)];
      await clock.advance(15_000);
    };
    for (let count = 0; count < 5; count += 1) {
      await swing("CrashLooping");
      await swing("Converged");
    }
    expect(titles()).toEqual([
      "crash-looping: shop/web: it crashes again and again",
      "recovered: shop/web: it runs again",
    ]);
    await clock.advance(quietMs);
    expect(notices.slice(2)).toMatchObject([{ kind: "recovered", suppressed: 4 }]);
    await clock.advance(quietMs);
    expect(notices).toHaveLength(3);
  });

  it("for an approval, with the command that gives it, again for another digest", async () => {
    const { standing, clock, notices } = await open();
    standing.services = [status("WaitingForApproval", { tag: "1.4.3" })];
    await clock.advance(60_000);
    expect(notices).toMatchObject([{ kind: "waiting", command: `fairlead approve shop/web --digest ${two}` }]);
    standing.services = [status("WaitingForApproval", { tag: "1.4.4", desiredDigest: digestOf("c") })];
    await clock.advance(15_000);
    expect(notices[1]).toMatchObject({ kind: "waiting", title: "shop/web: 1.4.4 waits for an approval" });
    standing.services = [status("Converged")];
    await clock.advance(60_000);
    expect(notices).toHaveLength(2);
  });

  it("for long: an engine or a registry that is away for less is not told", async () => {
    const { standing, clock, titles } = await open();
    const away = { type: "DigestResolved", status: "Unknown", reason: "RegistryUnavailable", message: "no answer" };
    const there = { ...away, status: "True", reason: "Converged" };
    const withCondition = (condition: object) =>
      status("Converged", { conditions: [...status("Converged").conditions, condition as never] });
    standing.engine = { kind: "unreachable", since: "2030-01-01T00:00:00Z", message: "refused", clockSkewSeconds: 0 };
    standing.services = [withCondition(away)];
    await clock.advance(4 * 60_000);
    expect(titles()).toEqual([]);
    await clock.advance(90_000);
    expect(titles()).toEqual([
      "registry: registry docker.io does not answer",
      "engine: the engine cannot be reached, and nothing is done for the services",
    ]);
    standing.engine = { kind: "reachable", clockSkewSeconds: 0 };
    standing.services = [withCondition(there)];
    await clock.advance(15_000);
    expect(titles().slice(2)).toEqual([
      "registry: registry docker.io answers again",
      "engine: the engine is reached again",
    ]);
  });

  it("in a file, with its problems, and that it is valid again", async () => {
    const { standing, clock, notices } = await open();
    const problem = { file: "a.yaml", path: "services.web", line: 3, column: 5, message: "unknown key" };
    standing.files = new Map([["a.yaml", [problem]]]);
    await clock.advance(15_000);
    standing.files = new Map([["a.yaml", []]]);
    await clock.advance(15_000);
    expect(notices).toMatchObject([
      { kind: "source", severity: "error", reason: expect.stringContaining("a.yaml:3:5") as string },
      { kind: "source", severity: "info", isEnd: true },
    ]);
  });
});

describe("a delivery", () => {
  const delivery = {
    hook: "generic ci",
    outcome: "ignored",
    services: [],
    why: "no declared service uses it",
  } as const;
  const image = { registry: "docker.io", repository: "acme/web", tag: "1" };

  it("is told whether it concerns a service or not, at once and what follows it together; a stranger's never", async () => {
    const { telling, clock, notices } = await open();
    telling.heard({ ...delivery, isUnderstood: true, images: [image] });
    telling.heard({ ...delivery, isUnderstood: true, images: [image] });
    telling.heard({ ...delivery, outcome: "unauthorized" });
    telling.heard({ ...delivery, outcome: "invalid", isUnderstood: true, images: [image] });
    telling.heard({ ...delivery });
    telling.heard({ ...delivery, isUnderstood: true, images: [image] });
    const told = { receiver: "ci", outcome: "ignored", repository: "docker.io/acme/web", tag: "1" };
    await clock.advance(9_000);
    expect(notices).toMatchObject([{ kind: "hook:ci", delivery: told }]);
    await clock.advance(2_000);
    expect(notices).toMatchObject([{ delivery: told }, { kind: "hook:ci", delivery: told }]);
    await clock.advance(10_000);
    expect(notices).toHaveLength(2);
    telling.heard({ ...delivery, isUnderstood: true, images: [image] });
    await clock.advance(10);
    expect(notices).toHaveLength(3);
  });

  it("of a flood is told so often, and then how many there were", async () => {
    const { telling, clock, notices } = await open();
    for (let count = 0; count < 500; count += 1)
      telling.heard({ ...delivery, isUnderstood: true, images: [{ ...image, tag: `t${count}` }] });
    await clock.advance(61_000);
    expect(notices).toHaveLength(60);
    telling.heard({ ...delivery, isUnderstood: true, images: [image] });
    await clock.advance(10);
    expect(notices[60]).toMatchObject({ suppressed: 440 });
  });
});

describe("a sample", () => {
  it("of a delivery names a receiver that there is", async () => {
    const { telling } = await open();
    const wished = (kind: NoticeKind) => telling.test("team", { kind, dryRun: true });
    await expect(wished("hook:ci")).resolves.toMatchObject({ kind: "hook:ci" });
    await expect(wished("hook:dockerhub")).resolves.toMatchObject({ kind: "hook:dockerhub" });
    await expect(wished("hook:dockerhob")).rejects.toMatchObject({
      message: 'event: there is no receiver "dockerhob" (did you mean "dockerhub"?)',
      remedy: "write a name of receivers:, or the type of a hook, such as dockerhub",
    });
  });
});
