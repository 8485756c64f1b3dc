import { afterEach, describe, expect, it } from "vitest";
import type { Mount } from "../../../../../src/compose/model/mount.js";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../../lives/stage.js";
import type { Stage } from "../../lives/stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const path = "/srv/shop/nginx.conf";
const mountOf = (source: string, target: string): Mount => {
  return { type: "bind", source, target, readOnly: true, createHostPath: true };
};
const hup = { kind: "signal", signal: "SIGHUP" } as const;
const withReload = (reload: ServiceSpec["reload"], more: Parameters<typeof specOf>[0] = {}): ServiceSpec =>
  specOf({
    ...(reload === undefined ? {} : { reload }),
    ...more,
    container: { mounts: [mountOf(path, "/etc/nginx.conf")], ...more.container },
    update: { monitorMs: 2_000, ...more.update },
  });

async function open(spec = withReload(hup), behaviour: Behaviour = { check: "none" }) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.engine.files.replace(path, "old");
  stage.push("a", behaviour);
  let controller = await stage.start();
  const condition = (type: string) =>
    controller.surface.service("shop/web")?.conditions.find((one) => one.type === type);
  const isReady = () => condition("Ready")?.status === "True";
  await stage.until("it serves", isReady);
  await stage.pass(10_000);
  const actives = () => stage.engine.world.host.containers.filter(({ role }) => role === "active");
  return {
    stage,
    files: stage.engine.files,
    signals: stage.engine.world.signals,
    condition,
    isReady,
    actives,
    ids: () => actives().map(({ id }) => id),
    reconcile: () => {
      controller.surface.reconcile(["shop/web"], "a test");
    },
    history: () => controller.surface.history("shop/web"),
    retry: () => controller.surface.retry("shop/web"),
    events: async () => {
      const found: string[] = [];
      for await (const { type, reason } of controller.surface.events({ follow: false }, new AbortController().signal))
        if (type === "reload") found.push(reason);
      return found;
    },
    /** Stops the controller, lets something happen, and starts one again. */
    meanwhile: async (happens: () => void, options: Parameters<Stage["start"]>[0] = {}) => {
      await controller.stop();
      happens();
      await stage.pass(2_000);
      controller = await stage.start(options);
      await stage.pass(10_000);
    },
  };
}

describe("a mounted file that is written to", () => {
  it("is told to the process once, however it is written, and that stands in events and history", async () => {
    const { stage, files, signals, isReady, ids, condition, reconcile, history, events } = await open();
    const before = ids();
    for (const content of ["n", "ne", "new"]) {
      files.overwrite(path, content);
      reconcile();
      await stage.pass(800);
    }
    expect(signals, "as long as it is written").toEqual([]);
    await stage.until("told", () => signals.length > 0);
    expect(condition("Ready")).toMatchObject({ status: "False", reason: "Reloading" });
    await stage.until("well", isReady);
    await stage.pass(60_000);
    expect(signals).toEqual([["shop-web-1", "SIGHUP"]]);
    expect(ids(), "and no other container").toEqual(before);
    expect(condition("StaleMount")).toMatchObject({ status: "False" });
    expect(await events()).toEqual(["Reloading", "Reloaded"]);
    expect((await history()).reloads).toMatchObject([
      { container: "shop-web-1", signal: "SIGHUP", files: [path], outcome: "well" },
    ]);
    files.overwrite(path, "newer");
    await stage.pass(20_000);
    expect(signals).toHaveLength(2);
  });

  it("is not told where what it holds is the same in the end", async () => {
    const { stage, files, signals } = await open();
    files.overwrite(path, "other");
    files.overwrite(path, "old");
    await stage.pass(20_000);
    expect(signals).toEqual([]);
  });

  it("is told after a restart of the controller if that had not come to it, and else not again", async () => {
    const { files, signals, meanwhile } = await open();
    await meanwhile(() => {
      files.overwrite(path, "new");
    });
    expect(signals).toHaveLength(1);
    await meanwhile(() => undefined);
    expect(signals).toHaveLength(1);
  });

  it("is not told where the container has started since, nor where the journal is lost; later changes are", async () => {
    const { stage, files, signals, meanwhile, actives } = await open();
    await meanwhile(() => {
      files.overwrite(path, "new");
      stage.engine.stopByHand(actives()[0]!.id);
    });
    expect(signals, "it started after the change").toEqual([]);
    files.overwrite(path, "newer");
    await stage.pass(20_000);
    expect(signals).toHaveLength(1);
    await meanwhile(() => undefined, { forgetful: true });
    expect(signals, "nobody knows what it has read").toHaveLength(1);
    files.overwrite(path, "newest");
    await stage.pass(20_000);
    expect(signals).toHaveLength(2);
  });

  it("is not told where it cannot be seen from here, or is another one than the engine's", async () => {
    const { stage, files, signals, meanwhile } = await open();
    await meanwhile(
      () => {
        files.overwrite(path, "new");
      },
      { seesFiles: false },
    );
    expect(signals).toEqual([]);
    const statMounted = stage.engine.statMounted;
    stage.engine.statMounted = () => Promise.resolve({ size: 999, modifiedAt: 0 });
    await meanwhile(() => undefined);
    expect(signals).toEqual([]);
    stage.engine.statMounted = statMounted;
    await meanwhile(() => undefined);
    expect(signals).toHaveLength(1);
  });

  it("is told although the controller dies at the signal, twice at the most", async () => {
    for (const moment of ["before", "after"] as const) {
      const { stage, files, signals, meanwhile } = await open();
      stage.engine.onChange = (call, when) => {
        if (call === "signalContainer" && when === moment) throw new Error("died");
      };
      files.overwrite(path, "new");
      await stage.pass(5_000);
      await meanwhile(() => {
        stage.engine.onChange = () => undefined;
      });
      expect(signals.length).toBeGreaterThanOrEqual(1);
      const count = signals.length;
      await stage.pass(60_000);
      expect(signals).toHaveLength(count);
    }
  });

  it("waits for the end of a pause", async () => {
    const { stage, files, signals } = await open();
    stage.specs.splice(0, 1, withReload(hup, { release: { paused: true } }));
    stage.reload();
    await stage.pass(2_000);
    files.overwrite(path, "new");
    await stage.pass(20_000);
    expect(signals).toEqual([]);
    stage.specs.splice(0, 1, withReload(hup));
    stage.reload();
    await stage.until("told", () => signals.length > 0);
  });
});

describe("a file that the source itself writes", () => {
  it("is taken back where the process takes it badly, the process is told of that, and a retry tries again", async () => {
    const spec = withReload({ ...hup, tended: [{ path, content: "an id" }] });
    const { stage, files, signals, isReady, events, history, retry, actives } = await open(spec, {
      check: "none",
      signals: { SIGHUP: { exitsAfterMs: 500, exitCode: 1 } },
    });
    const taken: unknown[] = [];
    const forgiven: string[][] = [];
    const before = await files.contentOf(path);
    Object.assign(stage.source, {
      takeBack: (told: readonly { readonly path: string; readonly content: string }[]) => {
        taken.push(told);
        files.overwrite(path, "old");
        return Promise.resolve();
      },
      forgive: (paths: ReadonlySet<string>) => {
        forgiven.push([...paths]);
        return Promise.resolve(true);
      },
    } satisfies Partial<typeof stage.source>);
    files.overwrite(path, "bad");
    const bad = await files.contentOf(path);
    await stage.until("told", () => signals.length > 0);
    await stage.until("taken back", () => taken.length > 0);
    await stage.until("serves", () => isReady() && actives()[0]?.state === "running");
    await stage.pass(30_000);
    expect(taken).toEqual([[{ path, content: bad }]]);
    expect(await files.contentOf(path)).toBe(before);
    // It has read the old content at its new start.
    expect(signals).toHaveLength(1);
    expect(await events()).toEqual(["Reloading", "ReloadFailed"]);
    expect((await history()).reloads).toMatchObject([{ outcome: "failed" }]);
    expect(await retry()).toEqual({});
    expect(forgiven).toEqual([[path]]);
  });
});

describe("a process that takes its signal badly", () => {
  it("by its end is started again, and that is told with its last lines; the engine would not", async () => {
    const { stage, files, signals, isReady, events, history, actives } = await open(withReload(hup), {
      check: "none",
      signals: { SIGHUP: { exitsAfterMs: 500, exitCode: 1, output: "nginx.conf:3: unknown directive" } },
    });
    files.overwrite(path, "bad");
    await stage.until("told", () => signals.length > 0);
    await stage.until("serves", () => isReady() && actives()[0]?.state === "running");
    await stage.pass(30_000);
    expect(signals).toHaveLength(1);
    expect(await events()).toEqual(["Reloading", "ReloadFailed"]);
    const { reloads, failures, revisions } = await history();
    expect(reloads).toMatchObject([{ outcome: "failed" }]);
    expect(reloads[0]?.message).toMatch(/^it ended with exit code 1 0\.\ds after SIGHUP$/);
    expect(failures).toMatchObject([{ reason: "ReloadFailed", container: "shop-web-1", digest: digestOf("a") }]);
    expect(failures[0]?.logs.at(-1)).toBe("nginx.conf:3: unknown directive");
    expect(revisions, "it is no rollout").toHaveLength(1);
  });

  it("is not why a rollout that was under way has ended", async () => {
    const spec = withReload(hup, { replicas: 2, update: { parallelism: 1, delayMs: 120_000 } });
    const { stage, files, reconcile, history } = await open(spec);
    const digests = () =>
      stage.engine.world.host.containers.filter(({ role }) => role === "active").map((one) => one.digest);
    const push = (letter: string, behaviour: Behaviour) => {
      stage.push(letter, { check: "none", ...behaviour });
      reconcile();
    };
    push("b", { signals: { SIGHUP: { exitsAfterMs: 500, exitCode: 1 } } });
    await stage.until("the first replica is new", () => digests().includes(digestOf("b")));
    await stage.pass(5_000);
    files.overwrite(path, "bad");
    await stage.pass(20_000);
    push("c", {});
    await stage.until("both are newer", () => digests().every((digest) => digest === digestOf("c")));
    await stage.pass(5_000);
    const { revisions, failures } = await history();
    expect(failures).toMatchObject([{ reason: "ReloadFailed", digest: digestOf("b") }]);
    const superseded = revisions.find(({ to }) => to === digestOf("b"));
    expect(superseded).toMatchObject({ outcome: "superseded" });
    expect(superseded?.message ?? "").not.toContain("ReloadFailed");
  });

  it("by its health is not Ready, until it is well or has other files", async () => {
    const { stage, files, signals, condition } = await open(withReload(hup), {
      signals: { SIGHUP: { sickAfterMs: 1_000 } },
    });
    files.overwrite(path, "bad");
    await stage.until("told", () => condition("Ready")?.reason === "ReloadFailed");
    await stage.pass(30_000);
    expect(condition("Ready")).toMatchObject({ status: "False", reason: "ReloadFailed" });
    expect(condition("Ready")?.message).toContain(`since SIGHUP told it of ${path}`);
    expect(signals).toHaveLength(1);
    files.overwrite(path, "good");
    await stage.until("told again", () => signals.length > 1);
  });

  it("is not taken for one that somebody else has stopped", async () => {
    const { stage, files, signals, actives, meanwhile } = await open(withReload(hup, { respectStopMs: 600_000 }));
    files.overwrite(path, "new");
    await stage.until("told", () => signals.length > 0);
    await stage.pass(10_000);
    await meanwhile(() => {
      stage.engine.kill(actives()[0]!.id);
    });
    expect(actives()[0]?.state).toBe("running");
  });
});

describe("a mounted file that another one takes the place of", () => {
  it("comes with a new container, and is told of afterwards like any other", async () => {
    const { stage, files, signals, isReady, ids, condition, history } = await open();
    const before = ids();
    files.replace(path, "new");
    await stage.until("another container", () => ids()[0] !== before[0] && isReady());
    await stage.pass(30_000);
    expect(condition("StaleMount")).toMatchObject({ status: "False" });
    expect(signals).toEqual([]);
    expect((await history()).revisions, "it is the revision that it was").toHaveLength(1);
    expect(stage.engine.world.host.containers).toHaveLength(1);
    files.overwrite(path, "newer");
    await stage.until("told", () => signals.length > 0);
  });

  it("and that a new container cannot start with is held, and what served goes on; the next one is tried", async () => {
    const { stage, files, ids, isReady, condition, actives } = await open(withReload(hup), { check: "none" });
    const before = ids();
    stage.push("a", { check: "none", exitsAfterMs: 300 });
    files.replace(path, "bad");
    await stage.until("told", () => condition("Ready")?.reason === "ReloadFailed");
    await stage.pass(60_000);
    expect(ids()).toEqual(before);
    expect(actives()[0]?.state).toBe("running");
    expect(condition("StaleMount")).toMatchObject({ status: "True" });
    expect(stage.engine.counts.calls.get("createContainer")).toBe(2);
    stage.push("a", { check: "none" });
    files.replace(path, "good");
    await stage.until("another container", () => ids()[0] !== before[0] && isReady());
    await stage.pass(30_000);
    expect(stage.engine.world.host.containers.filter(({ role }) => role === "failed")).toEqual([]);
    stage.engine.removeByHand(ids()[0]!);
    await stage.until("made again, for nothing of that is held any more", () => ids().length === 1 && isReady());
  });

  it("under stop-first leaves the old container with the new file, should it fail: there is no other", async () => {
    const spec = withReload(hup, { update: { order: "stop-first" } });
    const { stage, files, ids, isReady, condition, history } = await open(spec);
    const before = ids();
    stage.push("a", { check: "none", exitsAfterMs: 300 });
    files.replace(path, "bad");
    await stage.until("it has been tried", () => stage.engine.counts.calls.get("createContainer") === 2);
    await stage.until("the old one serves", () => ids()[0] === before[0] && isReady());
    await stage.pass(30_000);
    expect(stage.engine.counts.calls.get("createContainer")).toBe(2);
    expect((await history()).failures).toMatchObject([{ reason: "ContainerExited", container: "shop-web-1.next" }]);
    expect(condition("StaleMount")).toMatchObject({ status: "False" });
    stage.push("a", { check: "none" });
    stage.engine.removeByHand(before[0]!);
    await stage.until("made again", () => ids().length === 1 && isReady());
  });

  it("comes to replicas one after the other", async () => {
    const { stage, files, ids, condition } = await open(withReload(hup, { replicas: 3 }));
    const before = ids();
    files.replace(path, "new");
    let most = 0;
    await stage.until("three others", () => {
      const others = stage.engine.world.host.containers.filter(({ role }) => role === "next");
      most = Math.max(most, others.length);
      return ids().length === 3 && ids().every((id) => !before.includes(id));
    });
    expect(most).toBe(1);
    await stage.pass(30_000);
    const settled = ids();
    stage.push("a", { check: "none", exitsAfterMs: 300 });
    files.replace(path, "bad");
    await stage.pass(120_000);
    expect(ids(), "none goes once one has failed").toEqual(settled);
    expect(stage.engine.counts.calls.get("createContainer")).toBe(7);
    expect(condition("Ready")).toMatchObject({ reason: "ReloadFailed" });
  });
});

describe("a mounted folder", () => {
  const folder = "/srv/shop/conf.d";
  const mounts = [mountOf(folder, "/etc/nginx/conf.d"), mountOf(path, "/etc/nginx.conf")];
  const named = (paths: readonly string[]) => withReload({ ...hup, paths }, { container: { mounts } });

  it("that is named is watched with all that is in it: written, replaced, new, gone", async () => {
    const { stage, files, signals, ids } = await open(named([folder]));
    const before = ids();
    for (const [count, change] of [
      () => {
        files.replace(`${folder}/a.conf`, "one");
      },
      () => {
        files.overwrite(`${folder}/a.conf`, "two");
      },
      () => {
        files.replace(`${folder}/a.conf`, "three");
      },
      () => {
        files.replace(`${folder}/deep/b.conf`, "one");
      },
      () => {
        files.remove(`${folder}/a.conf`);
      },
    ].entries()) {
      change();
      await stage.pass(20_000);
      expect(signals, `change ${count + 1}`).toHaveLength(count);
    }
    expect(ids()).toEqual(before);
  });

  it("may have one file of it named, which is looked at alone", async () => {
    const { stage, files, signals } = await open(named([`${folder}/a.conf`]));
    files.replace(`${folder}/a.conf`, "one");
    await stage.pass(20_000);
    const first = signals.length;
    files.replace(`${folder}/b.conf`, "one");
    await stage.pass(20_000);
    expect(signals).toHaveLength(first);
    files.replace(`${folder}/a.conf`, "two");
    await stage.pass(20_000);
    expect(signals).toHaveLength(first + 1);
  });

  it("is not looked at unless it is named; a file beside it that is not named is only told when replaced", async () => {
    const { stage, files, signals, condition } = await open(withReload(hup, { container: { mounts } }));
    files.replace(`${folder}/a.conf`, "one");
    await stage.pass(20_000);
    files.overwrite(`${folder}/a.conf`, "two");
    await stage.pass(20_000);
    expect(signals).toEqual([]);
    stage.specs.splice(0, 1, named([folder]));
    stage.reload();
    files.replace(path, "new");
    await stage.until("told", () => condition("StaleMount")?.status === "True");
    expect(condition("StaleMount")?.message).toContain("`docker restart shop-web-1` brings");
  });

  it("that holds too much is said to be unwatched", async () => {
    const { stage, files, condition, signals } = await open(named([folder]));
    for (let count = 0; count <= 1_000; count += 1) files.replace(`${folder}/${count}`, "");
    stage.reload();
    await stage.pass(20_000);
    expect(condition("Ready")?.message).toContain(`${folder} holds too much to be watched`);
    expect(signals).toEqual([]);
  });
});

describe("reload: ignore", () => {
  it("lets mounted files be, and says so", async () => {
    const { stage, files, signals, condition, ids } = await open(withReload({ kind: "ignore" }));
    const before = ids();
    files.overwrite(path, "new");
    await stage.pass(10_000);
    files.replace(path, "newer");
    await stage.pass(10_000);
    expect(signals).toEqual([]);
    expect(ids()).toEqual(before);
    expect(condition("StaleMount")).toMatchObject({
      status: "False",
      message: "the file says `reload: ignore`: what becomes of mounted files is not looked at",
    });
    expect(condition("Ready")).toMatchObject({ status: "True", reason: "Converged" });
  });
});

describe("replicas with a file that is written to", () => {
  it("are told one after the other, and no further one where one of them ends of it", async () => {
    const { stage, files, signals } = await open(withReload(hup, { replicas: 3 }));
    files.overwrite(path, "new");
    await stage.pass(30_000);
    expect(signals.map(([name]) => name)).toEqual(["shop-web-1", "shop-web-2", "shop-web-3"]);

    const bad = await open(withReload(hup, { replicas: 3 }), {
      check: "none",
      signals: { SIGHUP: { exitsAfterMs: 100 } },
    });
    bad.files.overwrite(path, "bad");
    await bad.stage.pass(60_000);
    expect(bad.signals.map(([name]) => name)).toEqual(["shop-web-1"]);
    expect(bad.condition("Ready")).toMatchObject({ status: "False", reason: "ReloadFailed" });
  });
});
