import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../src/control/ports/events.js";
import type { Bench } from "./bench.js";
import { project } from "./service.js";

/** Longer than a busy engine takes to tell what has happened. */
const patienceMs = 20_000;

interface Watch {
  /** What was told since, without the beats; a test may empty it. */
  readonly events: EngineEvent[];
  readonly until: (what: string, isSo: () => boolean) => Promise<void>;
  /** Until so many events of a service's container were told. */
  readonly told: (service: string, action: string, times?: number) => Promise<void>;
}

export function watchContract(bench: Bench): void {
  describe("the watch", () => {
    async function watched(work: (watch: Watch) => Promise<void>): Promise<void> {
      const stop = new AbortController();
      const events: EngineEvent[] = [];
      const watching = bench.engine.watch((event) => {
        if (event.kind !== "beat") events.push(event);
      }, stop.signal);
      const until: Watch["until"] = async (what, isSo) => {
        for (let waited = 0; !isSo(); waited += 50) {
          if (waited > patienceMs) throw new Error(`${what} was not told: ${JSON.stringify(events)}`);
          await bench.stage.wait(50);
        }
      };
      const count = (service: string, action: string) =>
        events.filter((event) => event.kind === "container" && event.service === service && event.action === action)
          .length;
      const told: Watch["told"] = (service, action, times = 1) =>
        until(`${action} of ${service}`, () => count(service, action) >= times);
      try {
        await until("the beginning", () => events.length > 0);
        await work({ events, until, told });
      } finally {
        stop.abort();
        await watching;
      }
    }

    it("begins with a resync and wakes for what happens to ours", async () => {
      await watched(async ({ events, told }) => {
        expect(events).toEqual([{ kind: "resync" }]);
        const id = await bench.create("watched", bench.plain);
        await bench.engine.startContainer(id);
        await bench.stage.kill(id);
        await bench.until(id, ({ state }) => state === "exited");
        await bench.engine.renameContainer(id, "contract-watched-1");
        await bench.engine.removeContainer(id);
        await told("watched", "destroy");
        const actions = events.flatMap((event) =>
          event.kind === "container" && event.service === "watched" ? [event.action] : [],
        );
        const expected = ["create", "start", "die", "rename", "destroy"];
        expect(actions.filter((action) => expected.includes(action))).toEqual(expected);
      });
    });

    it("tells of health, and of foreign containers which they are and whether that may unblock ours", async () => {
      await watched(async ({ events, until, told }) => {
        const foreign = () => events.filter((event) => event.kind === "foreign");
        const remove = await bench.stage.createForeign("contract-other-1", bench.plain);
        await remove();
        await until("its end", () => foreign().some(({ unblocks }) => unblocks));
        const id = await bench.create("beat", bench.good);
        await bench.engine.startContainer(id);
        await bench.until(id, ({ health }) => health === "healthy");
        await told("beat", "health_status: healthy");
        expect(foreign().at(-1)).toMatchObject({ subject: { names: ["contract-other-1"] }, unblocks: true });
        expect(events).toContainEqual({
          kind: "container",
          project,
          service: "beat",
          action: "health_status: healthy",
          subject: { id, names: ["contract-beat-1.next"] },
        });
        await bench.discard(id);
      });
    });

    it("tells an end that somebody else asked for from one by itself and from our own", async () => {
      await watched(async ({ told }) => {
        const id = await bench.create("asked", bench.plain);
        await bench.engine.startContainer(id);
        await bench.stage.stopByHand(id);
        await told("asked", "die");
        expect(await bench.see(id)).toMatchObject({ state: "exited", endedByRequest: true });
        await bench.engine.startContainer(id);
        await bench.engine.stopContainer(id, 2000);
        await told("asked", "die", 2);
        expect((await bench.see(id)).endedByRequest ?? false).toBe(false);
        await bench.engine.startContainer(id);
        await bench.stage.kill(id);
        await told("asked", "die", 3);
        expect((await bench.see(id)).endedByRequest ?? false).toBe(false);
        await bench.discard(id);
      });
    });

    it("takes no signal of ours for a wish that it ends", async () => {
      await watched(async ({ told }) => {
        const id = await bench.create("signalled", bench.plain);
        for (const [before, signal] of ["SIGHUP", "SIGCONT"].entries()) {
          await bench.engine.startContainer(id);
          await bench.engine.signalContainer(id, signal);
          await bench.stage.kill(id);
          // The engine tells of the signal before it tells of the end.
          await told("signalled", "die", before + 1);
          const { state, endedByRequest = false } = await bench.see(id);
          expect({ signal, state, endedByRequest }).toEqual({ signal, state: "exited", endedByRequest: false });
        }
        await bench.discard(id);
      });
    });

    it("says once that the engine is lost, and resyncs when it is back", async () => {
      await watched(async ({ events, until, told }) => {
        const id = await bench.create("outage", bench.plain);
        await bench.engine.startContainer(id);
        await told("outage", "start");
        events.length = 0;
        const before = (await bench.engine.snapshot()).reading?.answeredAt;
        const interruption = bench.stage.interrupt(2500);
        await until("the loss", () => events.some(({ kind }) => kind === "lost"));
        await expect(bench.engine.snapshot()).rejects.toMatchObject({ code: "EngineUnreachable" });
        await until("the return", () => events.some(({ kind }) => kind === "resync"));
        await interruption;
        expect(events.map(({ kind }) => kind).filter((kind) => kind !== "container" && kind !== "other")).toEqual([
          "lost",
          "resync",
        ]);
        const { outage, answeredAt } = (await bench.engine.snapshot()).reading ?? {};
        expect(outage?.from).toBeGreaterThanOrEqual(before ?? Infinity);
        expect(outage?.to).toBeGreaterThanOrEqual((outage?.from ?? Infinity) + 1000);
        expect(outage?.to).toBeLessThanOrEqual(answeredAt ?? -Infinity);
        await bench.discard(id);
      });
    });

    it("opens a stream anew that says nothing of what happens", async () => {
      await watched(async ({ events, until, told }) => {
        const id = await bench.create("unheard", bench.plain);
        await bench.engine.startContainer(id);
        await told("unheard", "start");
        await bench.engine.snapshot();
        events.length = 0;
        await bench.stage.silence();
        await bench.stage.kill(id);
        await until("the new stream", () => events.length > 0);
        expect(events[0]).toEqual({ kind: "resync" });
        expect(await bench.see(id)).toMatchObject({ state: "exited" });
        events.length = 0;
        await bench.discard(id);
        await told("unheard", "destroy");
        expect(events).toContainEqual(
          expect.objectContaining({ kind: "container", project, service: "unheard", action: "destroy" }),
        );
      });
    });

    it("inspects again what is doubted", async () => {
      const id = await bench.create("doubted", bench.plain);
      await watched(async () => {
        await bench.calm();
        const before = bench.stage.counts().inspections;
        bench.engine.doubt(project, "doubted");
        await bench.engine.snapshot();
        expect(bench.stage.counts().inspections).toBe(before + 1);
      });
      await bench.discard(id);
    });

    it("saves asking: one container list per look, an inspection only where something changed", async () => {
      const ids = [await bench.create("quiet", bench.plain), await bench.create("busy", bench.plain)];
      await watched(async ({ told }) => {
        await bench.calm();
        const before = bench.stage.counts();
        for (let look = 0; look < 5; look += 1) await bench.engine.snapshot();
        const after = bench.stage.counts();
        expect(after.lists - before.lists).toBe(5);
        expect(after.inspections - before.inspections).toBe(0);
        expect(after.otherLists - before.otherLists).toBe(0);

        await bench.engine.renameContainer(ids[1] ?? "", "contract-busy-1");
        expect(await bench.see(ids[1] ?? "")).toMatchObject({ role: "active" });
        await told("busy", "rename");
        await bench.engine.snapshot();
        const inspections = bench.stage.counts().inspections - after.inspections;
        expect(inspections).toBeGreaterThanOrEqual(1);
        expect(inspections).toBeLessThanOrEqual(2);
      });
      for (const id of ids) await bench.discard(id);
    });
  });
}
