import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../src/compose/model/service.js";
import type { LogLine, LogQuery } from "../../../src/control/ports/logs.js";
import type { Bench } from "./bench.js";

const unknown = "0123456789abcdef".repeat(4);
const [starting, listening] = ["sample v1: starting", "sample v1: listening on 8080"];

export function logsContract(bench: Bench): void {
  const read = async (id: string, query: Partial<LogQuery> = {}, signal = bench.never) => {
    const lines: LogLine[] = [];
    for await (const line of await bench.engine.logs(id, { follow: false, ...query }, signal)) lines.push(line);
    return lines;
  };
  const texts = async (id: string, query?: Partial<LogQuery>) => (await read(id, query)).map(({ text }) => text);
  /** One that runs and has said all that it says by itself. */
  const started = async (name: string, container?: Partial<ContainerSpec>) => {
    const id = await bench.create(name, bench.plain, container);
    await bench.engine.startContainer(id);
    for (let waited = 0; (await read(id)).length < 2; waited += 100) {
      if (waited > 10_000) throw new Error("it says nothing");
      await bench.stage.wait(100);
    }
    return id;
  };

  describe("a container's log", () => {
    it("is read from its beginning, from a time on, or its end only", async () => {
      const id = await started("log");
      const [first, second, ...more] = await read(id);
      expect(more).toEqual([]);
      expect([first, second]).toMatchObject([
        { text: starting, stream: "stdout" },
        { text: listening, stream: "stdout" },
      ]);
      for (const { at } of [first!, second!]) expect(at).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      expect(first!.at < second!.at).toBe(true);
      expect(await texts(id, { tail: 1 })).toEqual([listening]);
      expect(await texts(id, { since: second!.at })).toEqual([listening]);
      expect(await texts(id, { since: second!.at.replace(/\d{3}Z$/, "999Z") })).toEqual([]);
      await bench.discard(id);
    });

    it("is empty before it has run, and tells its streams apart after it has", async () => {
      const id = await bench.create("ended-log", await bench.local({ kind: "exits", check: false }));
      expect(await read(id)).toEqual([]);
      expect(await read(id, { follow: true })).toEqual([]);
      await bench.engine.startContainer(id);
      await bench.until(id, ({ state }) => state === "exited");
      const lines = await read(id, { follow: true });
      expect(lines.map(({ text, stream }) => `${stream} ${text}`).sort()).toEqual([
        "stderr sample v1: fatal: no configuration",
        `stdout ${starting}`,
      ]);
      await bench.discard(id);
    });

    it("is followed until the container ends; from where that left off it goes on with the next run", async () => {
      const id = await started("followed-log");
      const following = read(id, { follow: true });
      await bench.stage.wait(300);
      await bench.engine.stopContainer(id, 2_000);
      const before = await following;
      expect(before.slice(0, 2).map(({ text }) => text)).toEqual([starting, listening]);
      await bench.engine.startContainer(id);
      for (let waited = 0; (await read(id)).length < before.length + 2 && waited < 10_000; waited += 100) {
        await bench.stage.wait(100);
      }
      const rest = await texts(id, { since: before.at(-1)!.at });
      expect(rest.slice(1)).toEqual([starting, listening]);
      await bench.discard(id);
    });

    it("is let go of when the signal aborts, whether lines come or not", async () => {
      const id = await started("left-log");
      const gone = new AbortController();
      const following = read(id, { follow: true }, gone.signal);
      await bench.stage.wait(300);
      gone.abort();
      expect((await following).map(({ text }) => text)).toEqual([starting, listening]);
      await bench.discard(id);
    });

    it("of a terminal is the same lines", async () => {
      const id = await started("terminal-log", { execution: { tty: true } });
      expect(await read(id)).toMatchObject([
        { text: starting, stream: "stdout" },
        { text: listening, stream: "stdout" },
      ]);
      await bench.discard(id);
    });

    it("that nobody keeps is refused, and so is one of nothing", async () => {
      const id = await bench.create("mute", bench.plain, { logging: { driver: "none" } });
      await bench.engine.startContainer(id);
      await expect(read(id, { follow: true })).rejects.toMatchObject({ code: "LogUnreadable" });
      await expect(read(unknown)).rejects.toMatchObject({ code: "ContainerGone" });
      await bench.discard(id);
    });
  });
}
