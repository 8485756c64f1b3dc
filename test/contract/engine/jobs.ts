import { describe, expect, it } from "vitest";
import { jobsHash } from "../../../src/compose/model/hash.js";
import type { JobMark } from "../../../src/plan/model/host/observed.js";
import type { Bench } from "./bench.js";
import { creation, serviceSpec } from "./service.js";

export function jobsContract(bench: Bench): void {
  const job = (phase: JobMark["phase"], timeoutMs: number): JobMark => ({
    phase,
    index: 2,
    hash: "0123456789abcdef",
    timeoutMs,
    target: bench.plain.digest,
  });
  const create = (mark: JobMark, command: readonly string[]) => {
    const spec = serviceSpec("job", bench.plain, { command: ["run", ...command], healthcheck: { disabled: true } });
    const step = creation(spec, bench.plain, undefined, `contract-job.${mark.phase}.2`);
    return bench.engine.createContainer({ ...step, job: mark });
  };

  describe("a job", () => {
    it("says which one it is, and for what it runs", async () => {
      const mark = job("before", 600_000);
      const id = await create(mark, ["/bin/cat", "/site/healthz"]);
      const created = await bench.see(id);
      expect(created).toMatchObject({ role: "stray", state: "created", specHash: "0123abcd", revision: 7 });
      expect(created.job).toEqual(mark);
      await bench.discard(id);
    });

    it.each([
      ["/site/healthz", 0, "ok"],
      ["/nowhere", 1, "cat: can't open '/nowhere': No such file or directory"],
    ])("runs its command once: cat %s", async (path, exitCode, line) => {
      const id = await create(job("after", 1_000), ["/bin/cat", path]);
      await bench.engine.startContainer(id);
      const ended = await bench.until(id, ({ state }) => state === "exited");
      expect(ended).toMatchObject({ exitCode, oomKilled: false, startError: "", restartCount: 0, health: "none" });
      expect(await bench.engine.logTail(id, 5)).toEqual([line]);
      await bench.discard(id);
    });

    it("is no replica, and of a replica it is known what is to follow", async () => {
      const after = [{ command: ["purge"], timeoutMs: 1_000 }];
      const spec = { ...serviceSpec("followed", bench.plain), after };
      const id = await bench.engine.createContainer(creation(spec, bench.plain));
      const seen = await bench.see(id);
      expect(seen.job).toBeUndefined();
      expect(seen.after).toBe(jobsHash(after));
      await bench.discard(id);
    });
  });
}
