import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, onTestFinished } from "vitest";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

/** The built program, for as long as it goes on. */
function follow(scene: Scene, ...args: readonly string[]) {
  const env = { PATH: process.env["PATH"] ?? "" };
  const child = spawn(process.execPath, [program, ...args, "--admin", scene.fairlead.adminUrl], { env });
  onTestFinished(() => void child.kill());
  const state = { text: "" };
  child.stdout.on("data", (chunk: Buffer) => (state.text += chunk.toString()));
  return { state, child, ended: once(child, "exit") };
}

describe.concurrent("logs and events", () => {
  test("are shown, followed over a rollout, and kept of what failed", async ({ scene, expect }) => {
    const run = (...args: readonly string[]) => fairlead([...args, "--admin", scene.fairlead.adminUrl]);
    const name = `${scene.project}-web-1`;
    const first = await scene.push({ version: "v1" });
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);

    const own = await run("logs", "web");
    expect(own).toEqual({ code: 0, stdout: "sample v1: starting\nsample v1: listening on 8080\n", stderr: "" });
    const { state, child, ended } = follow(scene, "logs", "web", "--follow", "--tail", "1", "-t");
    await scene.until("the last line", () => state.text.includes("listening on 8080"));
    const second = await scene.push({ version: "v2" });
    await scene.hook();
    await scene.untilServing(second.digest);
    await scene.until("the new container's lines", () => state.text.includes("sample v2: listening on 8080"));
    expect(state.text).toMatch(/^20\S{27}Z sample v1: listening on 8080\n/);
    for (const said of ["v1: TERM, bye", "v2: starting", "v2: listening on 8080"]) {
      expect(state.text.split(`sample ${said}\n`), said).toHaveLength(2);
    }
    expect(state.text).toMatch(new RegExp(`\\n${name}.next  \\| 20\\S{27}Z sample v2: starting\\n`));

    await scene.push({ version: "v3", behaviour: "exit-at-once" });
    await scene.hook();
    await scene.untilStatus(({ sync, lastRollout }) => sync === "Held" && lastRollout?.finishedAt !== undefined);
    await scene.until("the failing one's lines", () => state.text.includes("sample v3: fatal"));
    expect((await run("logs", "web", "--failed")).stdout).toMatch(/failed at [^]*\n {2}sample v3: fatal/);

    const events = (await run("events", "--since", "10m")).stdout;
    const reasons = [...events.matchAll(/\/web {2}(?:rollout|hold) (\w+):/g)].map(([, reason]) => reason);
    const well = ["RolloutStarted", "Promoted"];
    expect(reasons).toEqual([...well, ...well, "RolloutStarted", "ContainerExited", "RolledBack"]);
    expect(events).toMatch(/\/web {2}state DigestHeld: /);

    expect(await scene.fairlead.stop(), "nobody who follows holds up the end").toBe(0);
    expect(await ended).toEqual([1, null]);
    expect(child.exitCode).toBe(1);
  });
});
