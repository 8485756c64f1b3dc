import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../src/compose/model/service.js";
import { refusalOf } from "../../../src/plan/judge/refusal.js";
import { startReason } from "../../../src/plan/judge/start-refusal.js";
import type { Bench } from "./bench.js";
import { creation, project, serviceSpec } from "./service.js";
import type { StageImage } from "./stage.js";

export function lifeContract(bench: Bench): void {
  describe("a container's life", () => {
    it("is created with its identity, not started, without a restart policy", async () => {
      const restart = { name: "on-failure", maximumRetryCount: 3 } as const;
      const id = await bench.create("born", bench.good, { restart, labels: { "fairlead.project": "forged" } });
      expect(id).toMatch(/^[0-9a-f]{64}$/);
      expect(await bench.see(id)).toMatchObject({
        name: "contract-born-1.next",
        project,
        service: "born",
        role: "next",
        slot: 1,
        specHash: "0123abcd",
        digest: bench.good.digest,
        revision: 7,
        state: "created",
        health: "none",
        healthcheck: { intervalMs: 1000, timeoutMs: 1000, retries: 2, startPeriodMs: 0 },
        startedAt: undefined,
        finishedAt: undefined,
        exitCode: undefined,
        startError: "",
        restartCount: 0,
        restartPolicy: { name: "no", maximumRetryCount: 0 },
        declaredRestart: restart,
      });
      await bench.discard(id);
    });

    it("starts and stops; what is already so is success", async () => {
      const id = await bench.create("cycle", bench.plain);
      await bench.engine.startContainer(id);
      await bench.engine.startContainer(id);
      const running = await bench.see(id);
      expect(running).toMatchObject({
        state: "running",
        health: "none",
        healthcheck: undefined,
        exitCode: undefined,
      });
      expect(running.startedAt).toBeGreaterThanOrEqual(running.createdAt);
      await bench.engine.stopContainer(id, 2000);
      await bench.engine.stopContainer(id, 2000);
      const ended = await bench.see(id);
      expect(ended).toMatchObject({ state: "exited", exitCode: 0, oomKilled: false });
      expect(ended.finishedAt).toBeGreaterThanOrEqual(running.startedAt ?? Infinity);
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).toMatchObject({ state: "running", finishedAt: undefined, exitCode: undefined });
      await bench.discard(id);
    });

    it("is refused at its creation or its start for what its image says, and refused again", async () => {
      const commandless = await bench.local({ kind: "commandless" });
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const refused = await bench.create("commandless", commandless).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: "EngineRefused" });
        const step = creation(serviceSpec("commandless", commandless), commandless);
        expect(refusalOf(step, String(refused))).toMatchObject({ digest: commandless.digest });
      }
      const id = await bench.create("unknown", await bench.local({ kind: "unknown-user" }));
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await expect(bench.engine.startContainer(id)).rejects.toMatchObject({ code: "EngineRefused" });
        const seen = await bench.see(id);
        expect(seen).toMatchObject({ startedAt: undefined });
        expect(startReason(seen.startError), seen.startError).toBe("StartFailed");
      }
      await bench.discard(id);
    });

    it("goes on after a signal that its process answers", async () => {
      const id = await bench.create("told", await bench.local({ kind: "reads", file: "/etc/own.conf" }));
      await expect(bench.engine.signalContainer(id, "SIGHUP")).rejects.toMatchObject({ code: "EngineRefused" });
      await bench.engine.startContainer(id);
      const before = await bench.until(id, ({ state, health }) => state === "running" && health !== "starting");
      expect(before.health).not.toBe("unhealthy");
      const said = async () => (await bench.engine.logTail(id, 10)).filter((line) => line.includes("has read")).length;
      const untilSaid = async (times: number) => {
        for (let tries = 0; tries < 200 && (await said()) < times; tries += 1) await bench.stage.wait(100);
        expect(await said()).toBe(times);
      };
      await untilSaid(1);
      await bench.engine.signalContainer(id, "SIGHUP");
      await untilSaid(2);
      await bench.stage.wait(2_500);
      const { health, startedAt, restartPolicy } = before;
      expect(await bench.see(id)).toMatchObject({ state: "running", health, startedAt, restartPolicy });
      await expect(bench.engine.signalContainer(id, "SIGWAT")).rejects.toMatchObject({ code: "EngineRefused" });
      await bench.discard(id);
      await expect(bench.engine.signalContainer(id, "SIGHUP")).rejects.toMatchObject({ code: "ContainerGone" });
    });

    it("is rehearsed without anything of it running or left, whatever its image may lack", async () => {
      const of = async (image: StageImage, container: Partial<ContainerSpec> = {}) => {
        const { spec, digest, from } = creation(serviceSpec("rehearsed", image, container), image);
        await bench.engine.rehearse({
          ...{ kind: "rehearse-start", container: "contract-rehearsed-1.next", spec, digest, from, because: "a test" },
        });
      };
      await of(bench.plain);
      await of(bench.plain, { restart: { name: "always", maximumRetryCount: 0 } });
      await of(await bench.local({ kind: "unknown-user" }));
      await of(await bench.local({ kind: "good", volumes: ["/var/lib/db"] }));
      const { containers, foreign } = await bench.engine.snapshot();
      expect([...containers, ...foreign].filter(({ name }) => name.startsWith("contract-rehearsed"))).toEqual([]);
    });

    it("is not removed while it runs; removal of what is gone is success", async () => {
      const id = await bench.create("removed", bench.plain);
      await bench.engine.startContainer(id);
      await expect(bench.engine.removeContainer(id)).rejects.toMatchObject({ code: "EngineRefused" });
      expect(await bench.see(id)).toMatchObject({ state: "running" });
      await bench.discard(id);
      await bench.engine.removeContainer(id);
      expect((await bench.engine.snapshot()).containers.map((container) => container.id)).not.toContain(id);
      await expect(bench.engine.startContainer(id)).rejects.toMatchObject({ code: "ContainerGone" });
      await expect(bench.engine.stopContainer(id, 0)).rejects.toMatchObject({ code: "ContainerGone" });
      await expect(bench.engine.renameContainer(id, "contract-x-1")).rejects.toMatchObject({ code: "ContainerGone" });
    });

    it("takes a restart policy, twice", async () => {
      const id = await bench.create("policy", bench.plain);
      const policy = { name: "on-failure", maximumRetryCount: 2 } as const;
      await bench.engine.setRestartPolicy(id, policy);
      await bench.engine.setRestartPolicy(id, policy);
      expect(await bench.see(id)).toMatchObject({ restartPolicy: policy });
      await bench.engine.setRestartPolicy(id, { name: "no", maximumRetryCount: 0 });
      expect(await bench.see(id)).toMatchObject({ restartPolicy: { name: "no", maximumRetryCount: 0 } });
      await bench.discard(id);
    });

    it("changes its role with its name", async () => {
      const id = await bench.create("role", bench.plain);
      for (const [suffix, role] of [
        ["", "active"],
        [".previous", "previous"],
        [".failed", "failed"],
        [".next", "next"],
        [".odd", "stray"],
      ] as const) {
        await bench.engine.renameContainer(id, `contract-role-1${suffix}`);
        expect(await bench.see(id)).toMatchObject({ name: `contract-role-1${suffix}`, role });
        await bench.engine.renameContainer(id, `contract-role-1${suffix}`);
      }
      await bench.discard(id);
    });

    it("refuses a name that is taken, by ours or by others, and changes nothing", async () => {
      const [left, right] = [await bench.create("left", bench.plain), await bench.create("right", bench.plain)];
      await expect(bench.create("left", bench.plain)).rejects.toMatchObject({ code: "NameConflict" });
      await expect(bench.engine.renameContainer(right, "contract-left-1.next")).rejects.toMatchObject({
        code: "NameConflict",
      });
      expect(await bench.see(right)).toMatchObject({ name: "contract-right-1.next" });

      const remove = await bench.stage.createForeign("contract-foreign-1", bench.plain);
      const { foreign, containers } = await bench.engine.snapshot();
      const names = foreign.map(({ name }) => name);
      expect(names).toContain("contract-foreign-1");
      expect(names).not.toContain("contract-left-1.next");
      expect(containers.map((container) => container.name)).not.toContain("contract-foreign-1");
      await expect(bench.engine.renameContainer(right, "contract-foreign-1")).rejects.toMatchObject({
        code: "NameConflict",
      });
      await remove();
      await bench.engine.renameContainer(right, "contract-foreign-1");
      await bench.discard(left);
      await bench.discard(right);
    });

    it("is not created from an image that is not local", async () => {
      const image = await bench.stage.publish({ kind: "good" });
      await expect(bench.create("imageless", image)).rejects.toMatchObject({ code: "ImageNotFound" });
    });

    it("shows why a start was refused, until one succeeds", async () => {
      const port = await bench.stage.freePort();
      const ports = [{ hostIp: "127.0.0.1", hostPort: port, containerPort: 8080, protocol: "tcp" }] as const;
      const spec = serviceSpec("port", bench.plain, { ports });
      const id = await bench.engine.createContainer(
        creation(spec, bench.plain, { network: await bench.network("contract-front"), aliases: [] }),
      );
      const release = await bench.stage.occupyPort(port);
      await expect(bench.engine.startContainer(id)).rejects.toMatchObject({ code: "PortConflict" });
      const refused = await bench.see(id);
      expect(refused.startError).not.toBe("");
      expect(["created", "exited"]).toContain(refused.state);
      expect(refused.startedAt).toBeUndefined();
      await release();
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).toMatchObject({ state: "running", startError: "", publishes: true });
      await bench.discard(id);
    });

    it("shows its exit code when it ends by itself, and its last words", async () => {
      const image = await bench.local({ kind: "exits", check: false });
      const id = await bench.create("exits", image);
      await bench.engine.startContainer(id);
      const ended = await bench.until(id, ({ state }) => state === "exited");
      expect(ended).toMatchObject({ exitCode: 1, health: "none", restartCount: 0 });
      const words = await bench.engine.logTail(id, 10);
      expect(words.join("\n")).toContain("fatal");
      expect(await bench.engine.logTail(id, 1)).toHaveLength(1);
      await bench.discard(id);
    });
  });
}
