import { describe, expect, it } from "vitest";
import { type SwarmBench } from "./bench.js";

const labels = { "fairlead.project": "contract" };

export function contentsContract(bench: SwarmBench): void {
  describe("configs, secrets and networks", () => {
    it("keeps a config's content and name, and changes its labels by version", async () => {
      const { cluster } = bench.stage;
      const name = bench.name("config");
      const content = Buffer.from([0, 255, 10, 200]);
      const id = await cluster.createConfig({ name, labels, content });
      const [before] = (await bench.look()).configs.filter((config) => config.id === id);
      expect(before).toMatchObject({ name, labels });
      expect(await cluster.readConfig(id)).toEqual(content);
      await cluster.labelConfig(before!, { ...labels, role: "active" });
      await expect(cluster.labelConfig(before!, labels)).rejects.toMatchObject({ code: "SwarmConflict" });
      const [after] = (await bench.look()).configs.filter((config) => config.id === id);
      expect(after).toMatchObject({ name, labels: { ...labels, role: "active" } });
      expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
      expect(await cluster.readConfig(id)).toEqual(content);
      await expect(cluster.createConfig({ name, labels, content })).rejects.toMatchObject({ code: "NameTaken" });
      await cluster.removeConfig(id);
      await cluster.removeConfig(id);
      expect(await cluster.readConfig(id)).toBeUndefined();
      expect((await bench.look()).configs.map((config) => config.id)).not.toContain(id);
    });

    it("refuses names and contents that no config can have", async () => {
      const { cluster } = bench.stage;
      const content = Buffer.from("x");
      for (const name of ["a/b", "-a", "c".repeat(65)]) {
        await expect(cluster.createConfig({ name, labels, content })).rejects.toMatchObject({ code: "EngineRefused" });
      }
      const empty = { name: bench.name("empty"), labels, content: Buffer.alloc(0) };
      await expect(cluster.createConfig(empty)).rejects.toMatchObject({ code: "EngineRefused" });
    });

    it("never says what is in a secret", async () => {
      const { cluster } = bench.stage;
      const name = bench.name("secret");
      const id = await cluster.createSecret({ name, labels, content: Buffer.from("swordfish") });
      const view = await bench.look();
      expect(view.secrets).toContainEqual(expect.objectContaining({ id, name, labels }));
      const said = JSON.stringify(view);
      expect(said).not.toContain("swordfish");
      expect(said).not.toContain(Buffer.from("swordfish").toString("base64"));
      const again = cluster.createSecret({ name, labels, content: Buffer.from("other") });
      await expect(again).rejects.toMatchObject({ code: "NameTaken" });
      await cluster.removeSecret(id);
      await cluster.removeSecret(id);
      expect((await bench.look()).secrets.map((secret) => secret.id)).not.toContain(id);
    });

    it("shows only configs and secrets with a label of ours", async () => {
      const { cluster } = bench.stage;
      const foreign = { labels: { other: "x" }, content: Buffer.from("x") };
      const config = await cluster.createConfig({ name: bench.name("foreign"), ...foreign });
      const secret = await cluster.createSecret({ name: bench.name("foreign"), ...foreign });
      const { configs, secrets } = await bench.look();
      expect([...configs, ...secrets].filter(({ id }) => id === config || id === secret)).toEqual([]);
      await cluster.removeConfig(config);
      await cluster.removeSecret(secret);
    });

    it("has networks by name, those of every node too", async () => {
      const { cluster } = bench.stage;
      const Name = bench.name("net");
      const id = await cluster.createNetwork({ Name, Driver: "overlay", Attachable: true, Labels: labels });
      const again = cluster.createNetwork({ Name, Driver: "overlay" });
      await expect(again).rejects.toMatchObject({ code: "NameTaken" });
      const { networks } = await bench.look();
      expect(networks.get(Name)).toMatchObject({ id, driver: "overlay", scope: "swarm", attachable: true, labels });
      expect(networks.get("host")).toMatchObject({ driver: "host" });
      await cluster.removeNetwork(id);
      await cluster.removeNetwork(id);
      expect((await bench.look()).networks.has(Name)).toBe(false);
    });
  });
}
