import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { describe, type ExpectStatic } from "vitest";
import type { JournalState } from "../../../../src/control/journal/standing.js";
import { startFairlead } from "../../../sandbox/fairlead.js";
import { ensurePackages } from "../../../sandbox/host/packages.js";
import { smallDisk, type SmallDisk, type SmallDiskOptions } from "../../../sandbox/host/small-disk.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

/** The scene's data directory is a file system of its own, as long as the play lasts. */
async function onDisk(scene: Scene, options: SmallDiskOptions, play: (disk: SmallDisk) => Promise<void>) {
  await ensurePackages(["e2fsprogs"]);
  const disk = await smallDisk(dataOf(scene), options);
  try {
    await play(disk);
  } finally {
    await disk.thaw().catch(() => undefined);
    await scene.fairlead.stop();
    await disk.remove();
  }
}

function dataOf(scene: Scene): string {
  return `${scene.directory}/data`;
}

async function serve(scene: Scene): Promise<string> {
  const { digest } = await scene.push();
  await scene.write({ web: {} });
  await scene.start();
  await scene.untilServing(digest);
  return digest;
}

/** What is removed nobody else brings back. */
async function expectHealing(scene: Scene): Promise<void> {
  const before = (await scene.active())!;
  await scene.docker.getContainer(before.id).remove({ force: true });
  const isBack = async () => {
    const seen = await scene.active();
    return seen?.state === "running" && seen.id !== before.id;
  };
  await scene.until("the repair", isBack);
}

async function isPaused(scene: Scene): Promise<boolean> {
  const answer = await fetch(`${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/history`);
  return ((await answer.json()) as { readonly paused: boolean }).paused;
}

async function journalOf(scene: Scene): Promise<JournalState> {
  const answer = await fetch(`${scene.fairlead.adminUrl}/api/v1/services`);
  return ((await answer.json()) as { readonly journal: JournalState }).journal;
}

function untilJournal(scene: Scene, kind: JournalState["kind"]): Promise<boolean> {
  return scene.until(`a journal that is ${kind}`, async () => (await journalOf(scene)).kind === kind);
}

const verb = (scene: Scene, ...args: readonly string[]) =>
  fairlead([...args, "--admin", scene.fairlead.adminUrl], { FAIRLEAD_DATA: dataOf(scene) });

/** What is decided counts, and whoever decides it is told that it may not last. */
async function expectForgetful(scene: Scene, expect: ExpectStatic, status: RegExp): Promise<void> {
  const paused = await verb(scene, "pause", "web");
  expect([paused.code, paused.stderr]).toEqual([5, expect.stringContaining("a restart of the controller forgets it")]);
  expect(await isPaused(scene)).toBe(true);
  expect((await verb(scene, "status")).stdout).toMatch(status);
  expect(JSON.parse((await verb(scene, "status", "--json")).stdout)).toMatchObject({ journal: await kindOf(scene) });
  expect((await scene.metrics()).value("fairlead_journal_writable")).toBe(0);
}

async function kindOf(scene: Scene): Promise<Pick<JournalState, "kind">> {
  return { kind: (await journalOf(scene)).kind };
}

function errors(scene: Scene, from: number): readonly unknown[] {
  const lines = scene.logs().slice(from);
  return lines.filter(({ level }) => level === "error").map(({ msg }) => msg);
}

describe.concurrent("a data directory", () => {
  test("that is full, with a torn last line: repairs go on, nothing held is tried again, and it is taken up when there is room", async ({
    scene,
    expect,
  }) => {
    await onDisk(scene, { kind: "tmpfs", kib: 512 }, async (disk) => {
      await serve(scene);
      const bad = await scene.push({ behaviour: "exit-at-once" });
      await scene.hook();
      await scene.untilStatus(({ sync }) => sync === "Held");
      const failed = (await scene.containers()).find(({ name }) => name.endsWith(".failed"));
      await scene.fairlead.kill("SIGKILL");
      const segments = (await readdir(`${dataOf(scene)}/journal`)).sort();
      await appendFile(`${dataOf(scene)}/journal/${segments.at(-1)!}`, '{"type":"hold","at":');
      await disk.fill();
      const begun = scene.logs().length;
      await scene.start();
      await expectHealing(scene);
      await scene.hook();
      await scene.untilStatus(({ sync, desiredDigest }) => sync === "Held" && desiredDigest === bad.digest);
      expect((await scene.containers()).find(({ name }) => name.endsWith(".failed"))?.id).toBe(failed?.id);
      expect((await scene.metrics()).value("fairlead_rollouts_total", { outcome: "failed" })).toBe(0);
      await expectForgetful(scene, expect, /journal: it cannot be written \(ENOSPC/);
      expect(errors(scene, begun)).toEqual([expect.stringContaining("the journal cannot be written")]);
      await disk.free();
      await untilJournal(scene, "written");
      expect((await verb(scene, "status")).stdout).not.toContain("journal:");
      await scene.fairlead.kill("SIGKILL");
      await scene.start();
      await scene.untilStatus(({ sync }) => sync === "Held");
      expect(await isPaused(scene)).toBe(true);
      expect(await readdir(`${dataOf(scene)}/journal-unreadable`)).toHaveLength(1);
    });
  });

  test("that is read-only: repairs go on, and it is taken up when it can be written", async ({ scene, expect }) => {
    await onDisk(scene, { kind: "tmpfs", kib: 512 }, async (disk) => {
      await serve(scene);
      await scene.fairlead.stop();
      await disk.makeReadOnly();
      await scene.start();
      await expectHealing(scene);
      await expectForgetful(scene, expect, /journal: it cannot be written \(EROFS/);
      await disk.makeWritable();
      await untilJournal(scene, "written");
      await scene.fairlead.kill("SIGKILL");
      await scene.start();
      await scene.untilStatus(({ sync }) => sync === "Paused");
    });
  });

  test("that is deleted while it runs is made again, and what is decided then lasts; one that cannot be made is told", async ({
    scene,
    expect,
  }) => {
    await serve(scene);
    await rm(dataOf(scene), { recursive: true });
    expect((await verb(scene, "pause", "web")).code).toBe(0);
    await scene.fairlead.kill("SIGKILL");
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Paused");
    expect((await verb(scene, "resume", "web")).code).toBe(0);
    await rename(dataOf(scene), `${dataOf(scene)}.away`);
    await writeFile(dataOf(scene), "in its place");
    await expectForgetful(scene, expect, /journal: it cannot be written \((EEXIST|ENOTDIR)/);
    await expectHealing(scene);
    await rm(dataOf(scene));
    await untilJournal(scene, "written");
    await scene.fairlead.kill("SIGKILL");
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Paused");
  });

  test("with other things in the journal's places: they are put aside, and all that can be read counts", async ({
    scene,
    expect,
  }) => {
    await serve(scene);
    expect((await verb(scene, "pause", "web")).code).toBe(0);
    await scene.fairlead.kill("SIGKILL");
    const [journal, old] = [`${dataOf(scene)}/journal`, `${dataOf(scene)}/journal.jsonl`];
    await mkdir(old);
    await mkdir(`${journal}/99999998.jsonl`);
    const begun = scene.logs().length;
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Paused");
    await expectHealing(scene);
    expect((await journalOf(scene)).kind).toBe("written");
    await scene.fairlead.kill("SIGKILL");
    await rename(journal, `${journal}.away`);
    await writeFile(journal, "a file in the folder's place");
    await scene.start();
    await scene.untilStatus(({ sync }) => sync === "Synced");
    expect((await verb(scene, "pause", "web")).code).toBe(0);
    const aside = (await readdir(`${dataOf(scene)}/journal-unreadable`)).map((name) => name.replace(/^.*Z-/, ""));
    expect(aside.sort()).toEqual(["99999998.jsonl", "journal", "journal.jsonl"]);
    const said = scene
      .logs()
      .slice(begun)
      .filter(({ msg }) => String(msg).includes("is put aside"));
    expect(said).toHaveLength(3);
  });

  test("that hangs: repairs go on, readiness, metrics and status tell, SIGTERM ends it, and another one starts on it", async ({
    scene,
    expect,
  }) => {
    await onDisk(scene, { kind: "ext4", kib: 16_384 }, async (disk) => {
      await serve(scene);
      const first = scene.fairlead;
      await disk.freeze();
      await expectHealing(scene);
      expect((await verb(scene, "pause", "web")).code).toBe(5);
      expect(await (await fetch(`${first.adminUrl}/readyz`)).json()).toEqual({ ready: true, journal: "stuck" });
      expect((await fetch(`${first.adminUrl}/livez`)).status).toBe(200);
      await expectForgetful(scene, expect, /journal: its disk has not answered for \d+ s/);
      expect((await scene.metrics()).value("fairlead_journal_stuck_seconds")).toBeGreaterThan(2);
      // The kernel keeps what waits for the disk; all else of the process is over, its lease and its lock too.
      process.kill(first.pid, "SIGTERM");
      await scene.until("its end", async () => (await stateOf(first.pid)) === "Z");
      const other = await startFairlead({
        dataDir: dataOf(scene),
        args: ["-f", scene.servicesFile, "--config", scene.settingsFile],
        env: { DOCKER_HOST: scene.engineHost, FAIRLEAD_HOOK_SECRET: scene.hookSecret },
      });
      await other.ready();
      expect((await fairlead(["pause", "web", "--admin", other.adminUrl])).code).toBe(5);
      expect(await (await fetch(`${other.adminUrl}/readyz`)).json()).toEqual({ ready: true, journal: "stuck" });
      process.kill(other.pid, "SIGTERM");
      await scene.until("its end", async () => (await stateOf(other.pid)) === "Z");
      await disk.thaw();
      expect([await first.exited, await other.exited]).toEqual([null, null]);
      await scene.start();
      expect((await verb(scene, "pause", "web")).code).toBe(0);
    });
  });
});

/** As ps shows it; undefined: there is no such process. */
async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return /\) (\w) /.exec(stat)?.[1];
}
