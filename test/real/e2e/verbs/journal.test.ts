import { describe } from "vitest";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";

describe("fairlead journal", () => {
  test("reads what a running controller writes, again and again, and disturbs neither", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(digest);
    const at = ["--data", `${scene.directory}/data`];
    const state = { isOver: false };
    const writing = (async () => {
      let count = 0;
      // It ends with a pause.
      for (; !state.isOver || count % 2 === 0; count += 1) {
        const path = `${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/${count % 2 === 0 ? "pause" : "resume"}`;
        const { status } = await fetch(path, { method: "POST" });
        expect(status).toBe(202);
      }
      return count;
    })();
    const checks = [];
    for (let count = 0; count < 8; count += 1) checks.push(await fairlead(["journal", "check", ...at]));
    state.isOver = true;
    const written = await writing;
    for (const { code, stdout, stderr } of checks) {
      expect([code, stdout, stderr]).toEqual([0, expect.stringContaining("all of it can be read"), ""]);
    }
    const decisions = ({ stdout }: { readonly stdout: string }) => Number(/(\d+) decisions/.exec(stdout)?.[1]);
    expect(decisions(checks.at(-1)!)).toBeGreaterThan(decisions(checks[0]!));

    const last = await fairlead(["journal", "check", "--json", ...at]);
    expect(JSON.parse(last.stdout)).toMatchObject({ ok: true, remedies: [], journal: { putAside: [] } });
    const shown = await fairlead(["journal", "show", "web", ...at]);
    expect(shown.code).toBe(0);
    expect(shown.stdout.split("\n").filter((line) => line.includes("a person has paused its rollouts")).length).toBe(
      Math.ceil(written / 2),
    );
    // What it remembers is what the disk has, also after the checks.
    await scene.start();
    const status = await scene.untilStatus(({ desiredDigest }) => desiredDigest === digest);
    expect(status.sync).toBe("Paused");
    expect((await fairlead(["status", "web", ...["--admin", scene.fairlead.adminUrl]])).code).toBe(0);
  });
});
