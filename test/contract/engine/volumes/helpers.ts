import { describe, expect, it } from "vitest";
import type { ContainerFile } from "../../../../src/compose/model/container/container-file.js";
import type { Mount } from "../../../../src/compose/model/mount.js";
import type { ObservedHelper } from "../../../../src/plan/model/host/host-snapshot.js";
import type { StepOf } from "../../../../src/plan/model/step.js";
import { Secret } from "../../../../src/tools/secret.js";
import type { Bench } from "../bench.js";
import { creation, project, serviceSpec } from "../service.js";

const file: ContainerFile = {
  origin: "configs.own",
  path: "/own.conf",
  content: new Secret("mine"),
  mode: 0o600,
  uid: 0,
  gid: 0,
};
const scratch: Mount = {
  type: "volume",
  source: undefined,
  target: "/scratch",
  readOnly: false,
  createHostPath: false,
};

const helperFor = (of: string, name: string, files: readonly ContainerFile[] = []): StepOf<"create-helper"> => ({
  kind: "create-helper",
  name,
  project,
  service: "self",
  lifeline: "controller",
  of,
  files,
  because: "a test",
});

export function helpersContract(bench: Bench): void {
  const helpers = async (): Promise<readonly ObservedHelper[]> => (await bench.engine.snapshot()).helpers ?? [];
  const see = async (id: string) => (await helpers()).find((helper) => helper.id === id);

  const until = async (id: string, isSo: (helper: ObservedHelper | undefined) => boolean): Promise<void> => {
    for (let waited = 0; !isSo(await see(id)); waited += 100) {
      if (waited > 15_000) throw new Error(`waited in vain: ${JSON.stringify(await see(id))}`);
      await bench.stage.wait(100);
    }
  };

  describe("a helper", () => {
    it("is made of a container, of what that has mounted and joined, and belongs to no service", async () => {
      const network = await bench.network("contract-helped");
      const port = await bench.stage.freePort();
      const published = { hostIp: "127.0.0.1", hostPort: port, containerPort: 8080, protocol: "tcp" } as const;
      const spec = serviceSpec("self", bench.plain, { mounts: [scratch], ports: [published] });
      const of = await bench.engine.createContainer(
        creation(spec, bench.plain, { network, aliases: ["self"] }, "contract-self-1"),
      );
      await bench.engine.startContainer(of);
      await bench.stage.writeIn(of, "/scratch/rows", "kept");
      const name = "contract-self-1.helper-0";
      const id = await bench.engine.createHelper(helperFor(of, name, [file]));
      const shown = { id, name, project, service: "self", lifeline: "controller", of };
      expect(await see(id)).toMatchObject({ ...shown, originalRuns: true, state: "created" });
      await bench.engine.startContainer(id);
      expect(await see(id)).toMatchObject({ ...shown, state: "running" });
      expect((await bench.stage.fileIn(id, "/scratch/rows")).content).toBe("kept");
      expect((await bench.stage.fileIn(id, "/own.conf")).content).toBe("mine");
      const { containers, foreign } = await bench.engine.snapshot();
      expect(containers.filter((one) => one.id === id)).toEqual([]);
      expect(foreign.find((one) => one.id === id)).toMatchObject({ name, compose: undefined });
      // It is on the network, under no name of the service's; and the port is still the one's that had it.
      expect(await bench.engine.locate(id)).toMatchObject({ kind: "networks", addresses: [{ network }] });
      expect((await bench.see(of)).networks).toMatchObject([{ network, aliases: ["self"] }]);

      await bench.engine.stopContainer(of, 0);
      expect(await see(id)).toMatchObject({ originalRuns: false, state: "running" });
      await bench.engine.stopContainer(id, 0);
      expect(await see(id)).toMatchObject({ state: "exited" });
      await bench.engine.removeContainer(of, true);
      expect((await bench.stage.fileIn(id, "/scratch/rows")).content, "what is left to it stays").toBe("kept");
      await bench.engine.removeContainer(id);
      expect(await see(id)).toBeUndefined();
    });

    it("comes back whenever it is killed, until its restart policy says otherwise", async () => {
      const of = await bench.create("killed", bench.plain);
      const id = await bench.engine.createHelper(helperFor(of, "contract-killed-1.helper-0"));
      await bench.engine.startContainer(id);
      await bench.stage.kill(id);
      const runs = async () => (await bench.engine.logTail(id, 100)).filter((text) => text.endsWith("starting")).length;
      for (let waited = 0; (await runs()) < 2; waited += 100) {
        expect(waited).toBeLessThan(15_000);
        await bench.stage.wait(100);
      }
      await bench.engine.setRestartPolicy(id, { name: "no", maximumRetryCount: 0 });
      await bench.stage.kill(id);
      await until(id, (helper) => helper?.state === "exited");
      await bench.engine.removeContainer(id);
      await bench.engine.removeContainer(of);
    });

    it("is refused under a name that is taken", async () => {
      const of = await bench.create("named", bench.plain);
      const step = helperFor(of, "contract-named-1.next");
      await expect(bench.engine.createHelper(step)).rejects.toMatchObject({ code: "NameConflict" });
      await bench.engine.removeContainer(of);
    });
  });
}
