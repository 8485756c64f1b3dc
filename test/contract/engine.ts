import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, EngineEvent } from "../../src/control/ports.js";
import type { HostSnapshot, ObservedContainer } from "../../src/plan/observed.js";
import { pinnedImage } from "../../src/spec/image.js";
import type { ContainerSpec } from "../../src/spec/service.js";
import { creation, networkSpec, project, serviceSpec } from "./service.js";
import type { Stage, StageBehaviour, StageImage } from "./stage.js";

/** What the planner and the executor rely on. Every engine, real or simulated, passes this. */
export function engineContract(name: string, makeStage: () => Promise<Stage>): void {
  describe(`engine contract: ${name}`, () => {
    let stage: Stage;
    let engine: Engine;
    let good: StageImage;
    let plain: StageImage;
    const never = new AbortController().signal;

    beforeAll(async () => {
      stage = await makeStage();
      engine = stage.engine;
      good = await local({ kind: "good" });
      plain = await local({ kind: "good", check: false });
    });
    afterAll(async () => {
      await stage.close();
    });

    async function local(behaviour: StageBehaviour): Promise<StageImage> {
      const image = await stage.publish(behaviour);
      await engine.pull(pinnedImage(image.image, image.digest), never);
      return image;
    }

    async function create(service: string, image: StageImage, container: Partial<ContainerSpec> = {}): Promise<string> {
      return engine.createContainer(creation(serviceSpec(service, image, container), image));
    }

    async function network(name: string): Promise<string> {
      await engine.createNetwork({ kind: "create-network", network: networkSpec(name), project, because: "a test" });
      return name;
    }

    async function see(id: string): Promise<ObservedContainer> {
      const found = (await engine.snapshot()).containers.find((container) => container.id === id);
      if (found === undefined) throw new Error(`container ${id} is not in the snapshot`);
      return found;
    }

    async function until(
      id: string,
      condition: (container: ObservedContainer) => boolean,
      limitMs = 15_000,
    ): Promise<ObservedContainer> {
      for (let waited = 0; ; waited += 100) {
        const container = await see(id);
        if (condition(container)) return container;
        if (waited >= limitMs) throw new Error(`waited in vain; last seen: ${JSON.stringify(container)}`);
        await stage.wait(100);
      }
    }

    async function discard(id: string): Promise<void> {
      await engine.stopContainer(id, 0);
      await engine.removeContainer(id);
    }

    describe("images", () => {
      it("pulls by digest, shows the digest, and pulls again with no harm", async () => {
        const image = await stage.publish({ kind: "good" });
        const reference = pinnedImage(image.image, image.digest);
        expect(digests(await engine.snapshot())).not.toContain(reference);
        await engine.pull(reference, never);
        await engine.pull(reference, never);
        expect(digests(await engine.snapshot())).toContain(reference);
      });

      it("says that an image is not in the registry", async () => {
        const missing = pinnedImage(good.image, `sha256:${"0".repeat(64)}`);
        await expect(engine.pull(missing, never)).rejects.toMatchObject({ code: "ImageNotFound" });
      });

      it("gives up a pull whose signal has aborted", async () => {
        const image = await stage.publish({ kind: "good" });
        const pull = engine.pull(pinnedImage(image.image, image.digest), AbortSignal.abort());
        await expect(pull).rejects.toMatchObject({ name: "FairleadError", code: "PullFailed" });
      });

      it("tags, moves a tag, and removes one reference after the other", async () => {
        const [one, two] = [await local({ kind: "good" }), await local({ kind: "good" })];
        const tag = "fairlead/keep:contract.tagged.r1";
        await engine.tagImage(pinnedImage(one.image, one.digest), tag);
        await engine.tagImage(pinnedImage(one.image, one.digest), tag);
        expect(holder(await engine.snapshot(), tag)).toContain(pinnedImage(one.image, one.digest));
        await engine.tagImage(pinnedImage(two.image, two.digest), tag);
        expect(holder(await engine.snapshot(), tag)).toContain(pinnedImage(two.image, two.digest));

        await engine.removeImage(tag);
        expect(holder(await engine.snapshot(), tag)).toBeUndefined();
        expect(digests(await engine.snapshot())).toContain(pinnedImage(two.image, two.digest));
        await engine.removeImage(pinnedImage(two.image, two.digest));
        expect(digests(await engine.snapshot())).not.toContain(pinnedImage(two.image, two.digest));
        await engine.removeImage(pinnedImage(two.image, two.digest));
      });

      it("leaves an image in use where it is, and takes that for success", async () => {
        const image = await local({ kind: "good" });
        const id = await create("uses", image);
        await engine.removeImage(pinnedImage(image.image, image.digest));
        const { images } = await engine.snapshot();
        const kept = images.find(({ digests }) => digests.includes(pinnedImage(image.image, image.digest)));
        expect(kept?.usedBy).toEqual([id]);
        await engine.removeContainer(id);
        await engine.removeImage(pinnedImage(image.image, image.digest));
        expect(digests(await engine.snapshot())).not.toContain(pinnedImage(image.image, image.digest));
      });

      it("does not tag what is not there", async () => {
        const missing = pinnedImage(good.image, `sha256:${"0".repeat(64)}`);
        await expect(engine.tagImage(missing, "fairlead/keep:none")).rejects.toMatchObject({ code: "ImageNotFound" });
      });
    });

    describe("a container's life", () => {
      it("is created with its identity, not started, without a restart policy", async () => {
        const restart = { name: "on-failure", maximumRetryCount: 3 } as const;
        const id = await create("born", good, { restart, labels: { "fairlead.project": "forged" } });
        expect(id).toMatch(/^[0-9a-f]{64}$/);
        expect(await see(id)).toMatchObject({
          name: "contract-born-1.next",
          project,
          service: "born",
          role: "next",
          slot: 1,
          specHash: "0123abcd",
          digest: good.digest,
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
        await discard(id);
      });

      it("starts and stops; what is already so is success", async () => {
        const id = await create("cycle", plain);
        await engine.startContainer(id);
        await engine.startContainer(id);
        const running = await see(id);
        expect(running).toMatchObject({
          state: "running",
          health: "none",
          healthcheck: undefined,
          exitCode: undefined,
        });
        expect(running.startedAt).toBeGreaterThanOrEqual(running.createdAt);
        await engine.stopContainer(id, 2000);
        await engine.stopContainer(id, 2000);
        const ended = await see(id);
        expect(ended).toMatchObject({ state: "exited", exitCode: 0, oomKilled: false });
        expect(ended.finishedAt).toBeGreaterThanOrEqual(running.startedAt ?? Infinity);
        await engine.startContainer(id);
        expect(await see(id)).toMatchObject({ state: "running", finishedAt: undefined, exitCode: undefined });
        await discard(id);
      });

      it("is not removed while it runs; removal of what is gone is success", async () => {
        const id = await create("removed", plain);
        await engine.startContainer(id);
        await expect(engine.removeContainer(id)).rejects.toMatchObject({ code: "EngineRefused" });
        expect(await see(id)).toMatchObject({ state: "running" });
        await discard(id);
        await engine.removeContainer(id);
        expect((await engine.snapshot()).containers.map((container) => container.id)).not.toContain(id);
        await expect(engine.startContainer(id)).rejects.toMatchObject({ code: "ContainerGone" });
        await expect(engine.stopContainer(id, 0)).rejects.toMatchObject({ code: "ContainerGone" });
        await expect(engine.renameContainer(id, "contract-x-1")).rejects.toMatchObject({ code: "ContainerGone" });
      });

      it("takes a restart policy, twice", async () => {
        const id = await create("policy", plain);
        const policy = { name: "on-failure", maximumRetryCount: 2 } as const;
        await engine.setRestartPolicy(id, policy);
        await engine.setRestartPolicy(id, policy);
        expect(await see(id)).toMatchObject({ restartPolicy: policy });
        await engine.setRestartPolicy(id, { name: "no", maximumRetryCount: 0 });
        expect(await see(id)).toMatchObject({ restartPolicy: { name: "no", maximumRetryCount: 0 } });
        await discard(id);
      });

      it("changes its role with its name", async () => {
        const id = await create("role", plain);
        for (const [suffix, role] of [
          ["", "active"],
          [".previous", "previous"],
          [".failed", "failed"],
          [".next", "next"],
          [".odd", "stray"],
        ] as const) {
          await engine.renameContainer(id, `contract-role-1${suffix}`);
          expect(await see(id)).toMatchObject({ name: `contract-role-1${suffix}`, role });
          await engine.renameContainer(id, `contract-role-1${suffix}`);
        }
        await discard(id);
      });

      it("refuses a name that is taken, by ours or by others, and changes nothing", async () => {
        const [left, right] = [await create("left", plain), await create("right", plain)];
        await expect(create("left", plain)).rejects.toMatchObject({ code: "NameConflict" });
        await expect(engine.renameContainer(right, "contract-left-1.next")).rejects.toMatchObject({
          code: "NameConflict",
        });
        expect(await see(right)).toMatchObject({ name: "contract-right-1.next" });

        const remove = await stage.createForeign("contract-foreign-1", plain);
        const { foreignNames, containers } = await engine.snapshot();
        expect(foreignNames).toContain("contract-foreign-1");
        expect(foreignNames).not.toContain("contract-left-1.next");
        expect(containers.map((container) => container.name)).not.toContain("contract-foreign-1");
        await expect(engine.renameContainer(right, "contract-foreign-1")).rejects.toMatchObject({
          code: "NameConflict",
        });
        await remove();
        await engine.renameContainer(right, "contract-foreign-1");
        await discard(left);
        await discard(right);
      });

      it("is not created from an image that is not local", async () => {
        const image = await stage.publish({ kind: "good" });
        await expect(create("imageless", image)).rejects.toMatchObject({ code: "ImageNotFound" });
      });

      it("shows why a start was refused, until one succeeds", async () => {
        const port = await stage.freePort();
        const ports = [{ hostIp: "127.0.0.1", hostPort: port, containerPort: 8080, protocol: "tcp" }] as const;
        const spec = serviceSpec("port", plain, { ports });
        const id = await engine.createContainer(
          creation(spec, plain, { network: await network("contract-front"), aliases: [] }),
        );
        const release = await stage.occupyPort(port);
        await expect(engine.startContainer(id)).rejects.toMatchObject({ code: "PortConflict" });
        const refused = await see(id);
        expect(refused.startError).not.toBe("");
        expect(["created", "exited"]).toContain(refused.state);
        expect(refused.startedAt).toBeUndefined();
        await release();
        await engine.startContainer(id);
        expect(await see(id)).toMatchObject({ state: "running", startError: "" });
        await discard(id);
      });

      it("shows its exit code when it ends by itself, and its last words", async () => {
        const image = await local({ kind: "exits", check: false });
        const id = await create("exits", image);
        await engine.startContainer(id);
        const ended = await until(id, ({ state }) => state === "exited");
        expect(ended).toMatchObject({ exitCode: 1, health: "none", restartCount: 0 });
        const words = await engine.logTail(id, 10);
        expect(words.join("\n")).toContain("fatal");
        expect(await engine.logTail(id, 1)).toHaveLength(1);
        await discard(id);
      });
    });

    describe("health", () => {
      it("is starting, then healthy since an instant that stays", async () => {
        const id = await create("healthy", good);
        await engine.startContainer(id);
        const begun = await see(id);
        expect(begun).toMatchObject({ state: "running", health: "starting", healthySince: undefined });
        const healthy = await until(id, ({ health }) => health === "healthy");
        expect(healthy.healthySince).toBeGreaterThanOrEqual(begun.startedAt ?? Infinity);
        await stage.wait(6500);
        expect((await see(id)).healthySince).toBe(healthy.healthySince);
        await engine.stopContainer(id, 2000);
        expect(await see(id)).toMatchObject({ state: "exited", healthySince: undefined });
        await engine.startContainer(id);
        const again = await until(id, ({ health }) => health === "healthy");
        expect(again.healthySince).toBeGreaterThan((healthy.healthySince ?? Infinity) + 6000);
        await discard(id);
      });

      it("is unhealthy after the check has failed often enough", async () => {
        const id = await create("sick", await local({ kind: "never-healthy" }));
        await engine.startContainer(id);
        expect(await until(id, ({ health }) => health !== "starting")).toMatchObject({
          state: "running",
          health: "unhealthy",
        });
        await discard(id);
      });

      it("ends with the container", async () => {
        const id = await create("mortal", await local({ kind: "dies", afterMs: 2500 }));
        await engine.startContainer(id);
        await until(id, ({ health }) => health === "healthy");
        const dead = await until(id, ({ state }) => state === "exited");
        expect(dead).toMatchObject({ exitCode: 1, healthySince: undefined });
        expect(dead.health).not.toBe("healthy");
        await discard(id);
      });

      it("is asked as the file says, over the image", async () => {
        const timings = {
          disabled: false,
          test: undefined,
          intervalMs: 2000,
          timeoutMs: undefined,
          retries: 5,
          startPeriodMs: 3000,
        } as const;
        const overridden = await create("timed", good, { healthcheck: timings });
        const disabled = await create("unchecked", good, { healthcheck: { disabled: true } });
        const own = {
          disabled: false,
          test: ["CMD-SHELL", "true"],
          intervalMs: undefined,
          timeoutMs: undefined,
          retries: undefined,
          startPeriodMs: undefined,
        } as const;
        const added = await create("checked", plain, { healthcheck: own });
        expect((await see(overridden)).healthcheck).toEqual({
          intervalMs: 2000,
          timeoutMs: 1000,
          retries: 5,
          startPeriodMs: 3000,
        });
        expect((await see(disabled)).healthcheck).toBeUndefined();
        expect((await see(added)).healthcheck).toEqual({
          intervalMs: 30_000,
          timeoutMs: 30_000,
          retries: 3,
          startPeriodMs: 0,
        });
        for (const id of [overridden, disabled, added]) await discard(id);
      });
    });

    describe("restart policies", () => {
      it("bring a container back, and are counted", async () => {
        const id = await create("phoenix", plain);
        await engine.setRestartPolicy(id, { name: "always", maximumRetryCount: 0 });
        await engine.startContainer(id);
        const first = await see(id);
        await stage.wait(300);
        await stage.kill(id);
        const back = await until(id, ({ restartCount, state }) => restartCount === 1 && state === "running");
        expect(back.startedAt).toBeGreaterThan(first.startedAt ?? Infinity);
        await engine.setRestartPolicy(id, { name: "no", maximumRetryCount: 0 });
        await stage.kill(id);
        expect(await until(id, ({ state }) => state === "exited")).toMatchObject({ exitCode: 137 });
        await discard(id);
      });
    });

    describe("networks and volumes", () => {
      it("are created once", async () => {
        const step = {
          kind: "create-network",
          network: networkSpec("contract-once"),
          project,
          because: "a test",
        } as const;
        await engine.createNetwork(step);
        await engine.createNetwork(step);
        expect((await engine.snapshot()).networks).toContain("contract-once");
        const volume = {
          key: "data",
          name: "contract-data",
          external: false,
          driver: undefined,
          driverOpts: {},
          labels: {},
        };
        const volumeStep = { kind: "create-volume", volume, project, because: "a test" } as const;
        await engine.createVolume(volumeStep);
        await engine.createVolume(volumeStep);
        expect((await engine.snapshot()).volumes).toContain("contract-data");
      });

      it("give a container its names only on joining", async () => {
        for (const name of ["contract-front", "contract-back"]) await network(name);
        const spec = serviceSpec("joined", plain);
        const id = await engine.createContainer(creation(spec, plain, { network: "contract-front", aliases: [] }));
        const endpoints = async () => [...(await see(id)).networks].sort((a, b) => a.network.localeCompare(b.network));
        expect(await endpoints()).toEqual([{ network: "contract-front", aliases: [] }]);
        await engine.connectNetwork(id, "contract-back", ["joined"]);
        await engine.connectNetwork(id, "contract-back", ["joined"]);
        expect(await endpoints()).toEqual([
          { network: "contract-back", aliases: ["joined"] },
          { network: "contract-front", aliases: [] },
        ]);
        await engine.startContainer(id);
        const rejoin = engine.connectNetwork(id, "contract-front", ["joined", "www"]);
        await expect(rejoin).rejects.toMatchObject({ code: "EngineRefused" });
        await engine.disconnectNetwork(id, "contract-front");
        await engine.disconnectNetwork(id, "contract-front");
        expect(await endpoints()).toEqual([{ network: "contract-back", aliases: ["joined"] }]);
        await engine.connectNetwork(id, "contract-front", ["joined", "www"]);
        expect(await endpoints()).toEqual([
          { network: "contract-back", aliases: ["joined"] },
          { network: "contract-front", aliases: ["joined", "www"] },
        ]);
        await discard(id);
      });

      it("must exist to be joined, and need not to be left", async () => {
        const attach = { network: await network("contract-front"), aliases: [] };
        const id = await engine.createContainer(creation(serviceSpec("lonely", plain), plain, attach));
        await engine.startContainer(id);
        await expect(engine.connectNetwork(id, "contract-nowhere", [])).rejects.toMatchObject({
          code: "EngineRefused",
        });
        await engine.disconnectNetwork(id, "contract-nowhere");
        await discard(id);
      });
    });

    describe("the watch", () => {
      async function watched(
        work: (events: EngineEvent[], settle: () => Promise<void>) => Promise<void>,
      ): Promise<void> {
        const stop = new AbortController();
        const events: EngineEvent[] = [];
        const watching = engine.watch((event) => events.push(event), stop.signal);
        const settle = async () => {
          await stage.wait(300);
        };
        try {
          await stage.wait(300);
          await work(events, settle);
        } finally {
          stop.abort();
          await watching;
        }
      }

      it("begins with a resync and wakes for what happens to ours", async () => {
        await watched(async (events, settle) => {
          expect(events).toEqual([{ kind: "resync" }]);
          const id = await create("watched", plain);
          await engine.startContainer(id);
          await stage.kill(id);
          await until(id, ({ state }) => state === "exited");
          await engine.renameContainer(id, "contract-watched-1");
          await engine.removeContainer(id);
          await settle();
          const actions = events.flatMap((event) =>
            event.kind === "container" && event.service === "watched" ? [event.action] : [],
          );
          const expected = ["create", "start", "die", "rename", "destroy"];
          expect(actions.filter((action) => expected.includes(action))).toEqual(expected);
        });
      });

      it("tells of health, and of foreign containers only what may unblock ours", async () => {
        await watched(async (events, settle) => {
          const remove = await stage.createForeign("contract-other-1", plain);
          await settle();
          events.length = 0;
          await remove();
          const id = await create("beat", good);
          await engine.startContainer(id);
          await until(id, ({ health }) => health === "healthy");
          await settle();
          expect(events).toContainEqual({ kind: "other" });
          expect(events).toContainEqual({
            kind: "container",
            project,
            service: "beat",
            action: "health_status: healthy",
          });
          await discard(id);
        });
      });

      it("tells an end that somebody else asked for from one by itself and from our own", async () => {
        await watched(async (_events, settle) => {
          const id = await create("asked", plain);
          await engine.startContainer(id);
          await stage.stopByHand(id);
          await settle();
          expect(await see(id)).toMatchObject({ state: "exited", endedByRequest: true });
          await engine.startContainer(id);
          await engine.stopContainer(id, 2000);
          await settle();
          expect((await see(id)).endedByRequest ?? false).toBe(false);
          await engine.startContainer(id);
          await stage.kill(id);
          await settle();
          expect((await see(id)).endedByRequest ?? false).toBe(false);
          await discard(id);
        });
      });

      it("says once that the engine is lost, and resyncs when it is back", async () => {
        await watched(async (events) => {
          const id = await create("outage", plain);
          await engine.startContainer(id);
          await stage.wait(300);
          events.length = 0;
          const before = (await engine.snapshot()).takenAt;
          const interruption = stage.interrupt(1500);
          await stage.wait(500);
          await expect(engine.snapshot()).rejects.toMatchObject({ code: "EngineUnreachable" });
          await stage.wait(1500);
          await interruption;
          for (let tries = 0; tries < 60 && events.at(-1)?.kind !== "resync"; tries += 1) await stage.wait(100);
          expect(events.map(({ kind }) => kind).filter((kind) => kind !== "container" && kind !== "other")).toEqual([
            "lost",
            "resync",
          ]);
          const { engineOutage: outage, takenAt } = await engine.snapshot();
          expect(outage?.from).toBeGreaterThanOrEqual(before);
          expect(outage?.to).toBeGreaterThanOrEqual((outage?.from ?? Infinity) + 1000);
          expect(outage?.to).toBeLessThanOrEqual(takenAt);
          await discard(id);
        });
      });

      it("saves asking: one container list per look, an inspection only where something changed", async () => {
        const ids = [await create("quiet", plain), await create("busy", plain)];
        await watched(async (_events, settle) => {
          await engine.snapshot();
          await settle();
          await engine.snapshot();
          const before = stage.counts();
          for (let look = 0; look < 5; look += 1) await engine.snapshot();
          const after = stage.counts();
          expect(after.lists - before.lists).toBe(5);
          expect(after.inspections - before.inspections).toBe(0);
          expect(after.otherLists - before.otherLists).toBe(0);

          await engine.renameContainer(ids[1] ?? "", "contract-busy-1");
          expect(await see(ids[1] ?? "")).toMatchObject({ role: "active" });
          await settle();
          await engine.snapshot();
          const inspections = stage.counts().inspections - after.inspections;
          expect(inspections).toBeGreaterThanOrEqual(1);
          expect(inspections).toBeLessThanOrEqual(2);
        });
        for (const id of ids) await discard(id);
      });
    });

    it("knows its platform", async () => {
      const { os, architecture } = await engine.platform();
      expect(os).toBe("linux");
      expect(architecture).toMatch(/^(amd64|arm64|arm|386|ppc64le|s390x|riscv64)$/);
    });
  });
}

function digests({ images }: HostSnapshot): string[] {
  return images.flatMap((image) => image.digests);
}

function holder({ images }: HostSnapshot, tag: string): readonly string[] | undefined {
  return images.find(({ tags }) => tags.includes(tag))?.digests;
}
