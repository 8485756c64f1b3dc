import { variables } from "../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import type { Bench } from "./bench.js";
import { creation, serviceSpec } from "./service.js";

const unknown = "0123456789abcdef".repeat(4);

export function insideContract(bench: Bench): void {
  describe("where a container is", () => {
    it("is its address on each network, while it runs", async () => {
      for (const name of ["contract-front", "contract-back"]) await bench.network(name);
      const attach = { network: "contract-front", aliases: [] };
      const id = await bench.engine.createContainer(creation(serviceSpec("located", bench.plain), bench.plain, attach));
      expect(await bench.engine.locate(id)).toBeUndefined();
      expect((await bench.see(id)).location).toBeUndefined();
      await bench.engine.connectNetwork(id, { network: "contract-back", aliases: [] });
      await bench.engine.startContainer(id);
      const location = await bench.engine.locate(id);
      expect((await bench.see(id)).location).toEqual(location);
      expect(location?.kind).toBe("networks");
      const addresses = location?.kind === "networks" ? location.addresses : [];
      expect(addresses.map(({ network }) => network).sort()).toEqual(["contract-back", "contract-front"]);
      for (const { address, networkId } of addresses) {
        expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        expect(networkId).not.toBe("");
      }
      await bench.engine.disconnectNetwork(id, "contract-back");
      await bench.engine.disconnectNetwork(id, "contract-front");
      expect((await bench.see(id)).location).toEqual({ kind: "none" });
      await bench.discard(id);
    });

    it("is unknown for what the engine does not have", async () => {
      expect(await bench.engine.locate(unknown)).toBeUndefined();
    });
  });

  describe("a command in a container", () => {
    it("ends with its exit code and its last line", async () => {
      const id = await bench.create("commanded", bench.plain);
      const cat = (path: string) => bench.engine.exec(id, ["/bin/cat", path], 5_000);
      await expect(cat("/site/healthz")).rejects.toMatchObject({ code: "EngineRefused" });
      await bench.engine.startContainer(id);
      expect(await cat("/site/healthz")).toEqual({ kind: "ended", exitCode: 0, output: "ok" });
      expect(await cat("/nowhere")).toMatchObject({
        kind: "ended",
        exitCode: 1,
        output: expect.stringMatching("No such file") as string,
      });
      const missing = await bench.engine.exec(id, ["/not/there"], 5_000);
      expect(missing).toMatchObject({
        kind: "ended",
        output: expect.stringMatching("no such file or directory") as string,
      });
      expect(missing.kind === "ended" && missing.exitCode).toBeGreaterThan(125);
      await bench.discard(id);
    });

    it("runs as whom, where and with what it is told", async () => {
      const id = await bench.create("dressed", bench.plain, { environment: variables({ OWN: "kept", OTHER: "lost" }) });
      await bench.engine.startContainer(id);
      const settings = {
        user: "1000:1000",
        privileged: false,
        workingDir: "/site",
        environment: variables({ WHO: "me", OTHER: null }),
      };
      const script = 'echo "$(pwd) $(/bin/busybox id -u) $WHO $OWN ${OTHER-unset}"';
      const told = await bench.engine.exec(id, ["/bin/sh", "-c", script], 5_000, settings);
      expect(told).toEqual({ kind: "ended", exitCode: 0, output: "/site 1000 me kept unset" });
      await bench.discard(id);
    });

    it("that outlives its time goes on, and until it has ended nothing else is started", async () => {
      const id = await bench.create("hanging", bench.plain);
      await bench.engine.startContainer(id);
      const sleep = bench.engine.exec(id, ["/bin/sleep", "2"], 300);
      await bench.stage.wait(500);
      expect(await sleep).toEqual({ kind: "timed-out" });
      expect(await bench.engine.exec(id, ["/bin/cat", "/site/healthz"], 5_000)).toEqual({ kind: "running" });
      const again = () => bench.engine.exec(id, ["/bin/cat", "/site/healthz"], 5_000);
      let answer = await again();
      for (let waited = 0; answer.kind === "running" && waited < 20_000; waited += 200) {
        await bench.stage.wait(200);
        answer = await again();
      }
      expect(answer).toMatchObject({ kind: "ended" });
      await bench.discard(id);
    });

    it("needs a container", async () => {
      await expect(bench.engine.exec(unknown, ["/bin/cat"], 1_000)).rejects.toMatchObject({ code: "ContainerGone" });
    });
  });
}
