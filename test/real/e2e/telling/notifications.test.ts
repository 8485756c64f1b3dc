import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { fairlead } from "../scene/cli.js";
import { openEar, type Ear } from "../scene/ear.js";
import { forgeOf } from "../scene/forge.js";
import { order, quick, test, type Scene } from "../scene/scene.js";

/** Below `notify`: `team` by the ear, and others. */
async function subscribe(scene: Scene, ear: Ear, more: object = {}, others: object = {}): Promise<void> {
  const secretFile = `${scene.directory}/ear-secret`;
  await writeFile(secretFile, ear.secret);
  const settings = JSON.parse(await readFile(scene.settingsFile, "utf8")) as object;
  const team = { type: "webhook", url: ear.url, secretFile, ...more };
  await writeFile(
    scene.settingsFile,
    JSON.stringify({ ...settings, externalUrl: "https://fairlead.example", notify: { team, ...others } }),
  );
}

describe.concurrent("who is told", () => {
  test("hears of a push once, signed, and over restarts not again", async ({ scene, expect, onTestFinished }) => {
    const ear = await openEar(onTestFinished);
    const first = await scene.push({ version: "one" });
    await scene.write({ web: {} });
    await subscribe(scene, ear, { on: ["started", "promoted"] });
    await scene.start();
    await scene.untilServing(first.digest);
    await scene.until("the first start to be told", () => ear.of("promoted").length === 1);
    const second = await scene.push({ version: "two" });
    await scene.hook();
    await scene.untilServing(second.digest);
    await scene.until("the push to be told", () => ear.of("promoted").length === 2);
    const [, told] = ear.of("promoted");
    expect(told?.isSigned).toBe(true);
    expect(told?.body.data).toMatchObject({
      ...{ kind: "promoted", severity: "info", project: scene.project, service: "web" },
      link: `https://fairlead.example/#${scene.project}/web`,
      change: { from: { digest: first.digest }, to: { digest: second.digest } },
    });
    expect(told?.body.data["cause"]).toContain("hook dockerhub: ");
    expect(told?.body.data["labels"]).toBeUndefined();
    await scene.start();
    await scene.untilServing(second.digest);
    const third = await scene.push({ version: "three" });
    await scene.hook();
    await scene.untilServing(third.digest);
    await scene.until("the next push to be told", () => ear.of("promoted").length === 3);
    expect(new Set(ear.heard.map(({ id }) => id)).size, "each id once").toBe(ear.heard.length);
    expect(ear.of("started")).toHaveLength(3);
    expect((await scene.metrics()).value("fairlead_notifications_total", { name: "team", outcome: "refused" })).toBe(0);
    expect(await scene.everythingSaid()).not.toContain(ear.secret);
    expect(await readFile(`${scene.directory}/data/outbox/outbox.jsonl`, "utf8").catch(() => "")).not.toContain(
      ear.secret,
    );
  });

  test("hears of a bad image, why, and what it said last", async ({ scene, expect, onTestFinished }) => {
    const ear = await openEar(onTestFinished);
    const good = await scene.push({ version: "good" });
    await scene.write({ web: order("start-first") });
    await subscribe(scene, ear);
    await scene.start();
    await scene.untilServing(good.digest);
    const bad = await scene.push({ version: "bad", behaviour: "never-healthy", healthcheck: quick });
    await scene.hook();
    await scene.until("both to be told", () => ear.of("rolled-back").length + ear.of("held").length === 2);
    for (const kind of ["rolled-back", "held"]) {
      const [told] = ear.of(kind);
      expect(told?.body.data).toMatchObject({ severity: "error", change: { to: { digest: bad.digest } } });
      expect(told?.body.data["logs"]).toContain("sample bad: listening on 8080");
    }
    expect(ear.of("held")[0]?.body.data).toMatchObject({ command: `fairlead retry ${scene.project}/web` });
    const better = await scene.push({ version: "better" });
    await scene.hook();
    await scene.untilServing(better.digest);
    const end = await scene.until("the end to be told", () => ear.of("promoted")[1]);
    expect(end.body.data).toMatchObject({ problem: `release ${scene.project}/web`, isEnd: true });
  });

  test("hears which commits came between what ran and what runs, and a forge that stalls holds up no rollout", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const ear = await openEar(onTestFinished);
    const { digest } = await scene.push();
    const { repository, server, url, tell, args } = await forgeOf(scene, onTestFinished);
    const declared = (colour: string) =>
      JSON.stringify({
        name: scene.project,
        services: { web: { image: scene.image(), environment: { COLOUR: colour } } },
      });
    const commit = (colour: string) =>
      repository.commit({ "compose.yaml": declared(colour) }, { message: `Paint it ${colour}` });
    const first = await commit("red");
    await subscribe(scene, ear, { on: ["promoted"] });
    await scene.start({ withoutFile: true, args });
    await scene.untilServing(digest);
    await scene.until("the first start to be told", () => ear.of("promoted").length === 1);
    expect(ear.heard[0]?.body.data).not.toHaveProperty("between");
    const second = await commit("@everyone <!channel>");
    await repository.commit({ README: "elsewhere" }, { message: "Of no concern" });
    const third = await commit("blue");
    await tell();
    await scene.until("the third to be told", () => ear.of("promoted").length === 2);
    expect(ear.heard[1]?.body.data).toMatchObject({
      commit: { id: third, subject: "Paint it blue", before: first, url },
      between: [`${second.slice(0, 7)} Ann Author: Paint it @everyone <!channel>`],
    });

    // What is followed is fetched, and then the forge sends nothing any more.
    await commit("green");
    await commit("grey");
    await tell();
    await scene.untilStatus(({ revision }) => revision === 3);
    server.fault = { kind: "stall", bytes: 0 };
    await scene.untilStatus(({ revision, sync }) => revision === 3 && sync === "Synced");
    await scene.until("it to be told all the same", () => ear.of("promoted").length === 3, 60_000);
    const { between } = ear.heard[2]?.body.data as { readonly between?: readonly string[] };
    expect(between?.at(-1)).toMatch(/Paint it green|… not listed: the server has not answered within 20 s/);
  });

  test("hears which tags a policy has passed over", async ({ scene, expect, onTestFinished }) => {
    const ear = await openEar(onTestFinished);
    const first = await scene.push({ tag: "1.4.2" });
    await scene.write({ web: { image: `${scene.image()}:1.4`, "x-fairlead": { policy: { semver: "^1.4" } } } });
    await subscribe(scene, ear, { on: ["promoted"] });
    await scene.start();
    await scene.untilServing(first.digest);
    for (const tag of ["1.4.3", "1.5.0", "2.0.0", "1.6.0-rc.1"]) await scene.push({ tag });
    const last = await scene.push({ tag: "1.6.0" });
    await fairlead(["reconcile", "web", "--admin", scene.fairlead.adminUrl]);
    await scene.untilServing(last.digest);
    await scene.until("it to be told", () => ear.of("promoted").length === 2);
    expect(ear.heard[1]?.body.data).toMatchObject({
      change: { from: { tag: "1.4.2" }, to: { tag: "1.6.0" }, skipped: ["1.4.3", "1.5.0"] },
    });
  });

  test("that answers 500 is tried again within seconds; one that is dead delays nothing, and status says so", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const ear = await openEar(onTestFinished);
    ear.answer = () => ({ status: ear.heard.length < 3 ? 500 : 200 });
    const first = await scene.push({ version: "one" });
    await scene.write({ web: {} });
    const dead = { type: "webhook", url: "http://127.0.0.1:9/nobody", on: ["started", "promoted"] };
    await subscribe(scene, ear, { on: ["promoted"] }, { dead });
    await scene.start();
    await scene.untilServing(first.digest);
    await scene.until("the fourth try", () => ear.heard.length === 4);
    expect(new Set(ear.heard.map(({ id }) => id)).size).toBe(1);
    expect(ear.heard.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
    const second = await scene.push({ version: "two" });
    await scene.hook();
    await scene.untilServing(second.digest);
    await scene.until("the push to be told", () => ear.heard.length === 5);
    const args = ["--admin", scene.fairlead.adminUrl];
    const said = await scene.until("status to say so", async () => {
      const { stdout } = await fairlead(["status", ...args]);
      return stdout.includes("notify dead: it cannot be told since") ? stdout : undefined;
    });
    expect(said).toMatch(/notify dead: .*127\.0\.0\.1:9 refuses connections.*waiting/);
    const standing = (await (await fetch(`${scene.fairlead.adminUrl}/api/v1/notifications`)).json()) as {
      readonly channels: readonly { readonly name: string; readonly waiting: number }[];
    };
    expect(standing.channels).toMatchObject([
      { name: "team", waiting: 0 },
      { name: "dead", waiting: 4 },
    ]);
    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_notifications_total", { name: "team", outcome: "retried" })).toBe(3);
    expect(metrics.value("fairlead_notifications_waiting", { name: "dead" })).toBe(4);
    const test = await fairlead(["notify", "test", "team", "--event", "held", ...args]);
    expect([test.code, test.stdout]).toEqual([0, expect.stringContaining("team: delivered: it is told")]);
    expect(ear.of("held")).toHaveLength(1);
    const refused = await fairlead(["notify", "test", "dead", ...args]);
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining("not delivered")]);
    const dry = await fairlead(["notify", "test", "dead", "--dry-run", ...args]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("nothing is sent")]);
  });
});

/** One for each service. */
const services = 10;
/** With all of them it takes minutes; `killed.test.ts` has 100 events without an engine. */
const rounds = process.env["FAIRLEAD_TEST_CALLS"] === "all" ? 10 : 2;

test("a controller that is killed again and again loses no event, and repeats only what was cut off", async ({
  scene,
  expect,
  onTestFinished,
}) => {
  const ear = await openEar(onTestFinished);
  ear.answer = () => ({ status: 200, afterMs: Math.floor(Math.random() * 120) });
  await scene.push({ version: "one" });
  const names = Array.from({ length: services }, (_, index) => `s${index}`);
  const write = (round: number) =>
    scene.write(
      Object.fromEntries(
        names.map((name) => [
          name,
          {
            ...order("stop-first"),
            stop_grace_period: "0s",
            image: scene.image(),
            environment: { ROUND: String(round) },
          },
        ]),
      ),
    );
  await write(0);
  await subscribe(scene, ear, { on: ["promoted"] });
  await scene.start();
  /** What was told last when a process ended. */
  const cutOff = new Set<string>();
  const state = { kills: 0, isDone: false };
  const killing = (async () => {
    while (!state.isDone) {
      await sleep(200 + Math.random() * 3_000);
      await scene.fairlead.kill("SIGKILL");
      const last = ear.heard.at(-1);
      if (last !== undefined) cutOff.add(last.id);
      state.kills += 1;
      await scene.start();
    }
  })();
  for (let round = 1; round <= rounds; round += 1) {
    await write(round);
    await scene.until(
      `round ${round}`,
      async () => {
        const all = await Promise.all(names.map((name) => scene.status(name).catch(() => undefined)));
        const counts = await promotedNow(scene, names).catch(() => []);
        return (
          all.every((one) => one?.sync === "Synced" && one.health === "Healthy") &&
          counts.every((count) => count > round)
        );
      },
      180_000,
    );
  }
  state.isDone = true;
  await killing;
  const rollouts = (await Promise.all(names.map((name) => promotedOf(scene, name)))).flat();
  const told = () => new Set(ear.heard.map(({ body }) => rolloutIn(body.data)));
  await scene.until("everything to be told", () => rollouts.every((id) => told().has(id)));
  const counts = new Map<string, number>();
  for (const { id } of ear.heard) counts.set(id, (counts.get(id) ?? 0) + 1);
  const twice = [...counts].filter(([, count]) => count > 1);
  console.log(
    `${rollouts.length} promotions, ${state.kills} kills: ${counts.size} told, ${twice.length} of them twice or more, each where its confirmation was cut off`,
  );
  expect(rollouts.length).toBeGreaterThanOrEqual(services * rounds);
  expect(state.kills).toBeGreaterThan(1);
  expect(ear.heard.every(({ isSigned }) => isSigned)).toBe(true);
  for (const [id] of twice) expect(cutOff).toContain(id);
});

interface Told {
  readonly revisions: readonly { readonly revision: number; readonly outcome?: string }[];
}

async function promotedOf(scene: Scene, service: string): Promise<readonly string[]> {
  const path = `/api/v1/services/${scene.project}/${service}/history`;
  const { revisions } = (await (await fetch(`${scene.fairlead.adminUrl}${path}`)).json()) as Told;
  return revisions
    .filter(({ outcome }) => outcome === "promoted")
    .map(({ revision }) => `${scene.project}/${service}@${revision}`);
}

async function promotedNow(scene: Scene, names: readonly string[]): Promise<readonly number[]> {
  return Promise.all(names.map(async (name) => (await promotedOf(scene, name)).length));
}

function rolloutIn(data: Readonly<Record<string, unknown>>): string {
  return (data["change"] as { readonly rollout?: string } | undefined)?.rollout ?? "";
}
