import { describe, expect, it } from "vitest";
import { differencesBetween } from "../../../src/swarm/engine/differences.js";
import type { TaskLine } from "../../../src/swarm/model/cluster.js";
import { bodyOf, isUp, project, type SwarmBench, type Wish } from "./bench.js";

const labels = { "fairlead.project": project };

export function servicesContract(bench: SwarmBench): void {
  describe("a service", () => {
    it("is refused where its engines would drop what it asks for", async () => {
      const { cluster } = bench.stage;
      const wish = { name: bench.name("web"), image: await bench.image({ kind: "good" }) };
      await cluster.check(bodyOf(wish));
      const safer = bodyOf({ ...wish, container: { OomScoreAdj: 5 } });
      await expect(cluster.check(safer)).rejects.toMatchObject({ code: "EngineRefused", retry: "never" });
    });

    it("says what it was asked for by names, and its tasks where they run", async () => {
      const { cluster } = bench.stage;
      const [config, secret, net] = [bench.name("config"), bench.name("secret"), bench.name("net")];
      const content = Buffer.from("content");
      const ids = {
        config: await cluster.createConfig({ name: config, labels, content }),
        secret: await cluster.createSecret({ name: secret, labels, content }),
        net: await cluster.createNetwork({ Name: net, Driver: "overlay", Labels: labels }),
      };
      const file = { UID: "0", GID: "0", Mode: 0o444 };
      const wish: Wish = {
        name: bench.name("web"),
        image: await bench.image({ kind: "good" }),
        networks: [net],
        container: {
          Configs: [{ ConfigName: config, File: { Name: "/etc/own", ...file } }],
          Secrets: [{ SecretName: secret, File: { Name: "own", ...file } }],
        },
      };
      const id = await bench.settled(wish);
      const { service, tasks } = await bench.see(id);
      const { nodes } = await bench.look();
      expect(service).toMatchObject({ id, spec: bodyOf(wish) });
      expect(service.spec.TaskTemplate.ContainerSpec.Configs).toEqual(wish.container?.Configs);
      expect(service.spec.TaskTemplate.ContainerSpec.Secrets).toEqual(wish.container?.Secrets);
      expect(service.previous).toBeUndefined();
      expect(service.update).toBeUndefined();
      expect(tasks).toHaveLength(1);
      expect(tasks[0]).toMatchObject({
        service: id,
        slot: 1,
        node: nodes[0]?.id,
        state: "running",
        desired: "running",
        error: "",
        labels: { generation: "1" },
        image: wish.image.image,
      });
      expect(tasks[0]?.container).toMatch(/^[0-9a-f]{64}$/);
      expect(tasks[0]?.exitCode).toBeUndefined();

      const inUse = { code: "EngineRefused" };
      await expect(cluster.removeConfig(ids.config)).rejects.toMatchObject(inUse);
      await expect(cluster.removeSecret(ids.secret)).rejects.toMatchObject(inUse);
      await expect(cluster.removeNetwork(ids.net)).rejects.toMatchObject(inUse);
      await bench.remove(id);
      await cluster.removeConfig(ids.config);
      await cluster.removeSecret(ids.secret);
      // The engine gives a network back when the last of its tasks has left it.
      await bench.eventually("the network's end", () =>
        cluster.removeNetwork(ids.net).then(
          () => true,
          () => false,
        ),
      );
    });

    it("shows what it was sent, but for what a manager adds of itself", async () => {
      const container = {
        Env: ["A=b=c", "UNSET"],
        Healthcheck: { Test: ["CMD", "true"], Interval: 1_000_000_000, StartInterval: 1_000_000_000 },
        Hosts: ["10.0.0.9 db"],
        DNSConfig: { Nameservers: ["10.0.0.2"] },
        CapabilityAdd: ["NET_ADMIN"],
        Init: true,
      };
      const wish = { name: bench.name("echo"), image: await bench.image({ kind: "good" }), replicas: 0, container };
      const id = await bench.create(wish);
      const { service } = await bench.see(id);
      expect(differencesBetween(service.spec, bodyOf(wish))).toEqual([]);
      await bench.update(
        id,
        bodyOf({ ...wish, replicas: 1, labels: { note: "1" }, container: { ...container, Env: ["A=d"] } }),
      );
      expect(differencesBetween((await bench.see(id)).service.spec, bodyOf(wish))).toEqual([
        { field: "deploy.labels", ofTasks: false },
        { field: "deploy.replicas", ofTasks: false },
        { field: "environment", ofTasks: true },
      ]);
      await bench.remove(id);
    });

    it("knows its nodes", async () => {
      const { nodes } = await bench.look();
      expect(nodes).toEqual([
        {
          id: expect.stringMatching(/^[a-z0-9]+$/) as string,
          hostname: expect.any(String) as string,
          labels: {},
          role: "manager",
          availability: "active",
          state: "ready",
          manager: { isLeader: true, reachability: "reachable" },
          platform: expect.stringMatching(/^linux\/(amd64|arm64|arm)/) as string,
        },
      ]);
    });

    it("has a name that is its own, and nothing that is not there", async () => {
      const { cluster } = bench.stage;
      const image = await bench.image({ kind: "good" });
      const wish = { name: bench.name("only"), image };
      const id = await bench.create(wish);
      await expect(bench.create(wish)).rejects.toMatchObject({ code: "NameTaken" });
      await expect(bench.create({ name: "a b", image })).rejects.toMatchObject({ code: "EngineRefused" });
      const nets = bench.create({ name: bench.name("lone"), image, networks: ["no-such-net"] });
      await expect(nets).rejects.toMatchObject({ code: "EngineRefused", message: /no-such-net/, remedy: /create/ });
      const File = { Name: "x", UID: "0", GID: "0", Mode: 0o444 };
      const container = { Secrets: [{ SecretName: "no-such-secret", File }] };
      const secrets = bench.create({ name: bench.name("lone"), image, container });
      await expect(secrets).rejects.toMatchObject({ code: "EngineRefused", message: /no-such-secret/ });
      await bench.remove(id);
      await cluster.removeService(id);
      const { services, tasks } = await bench.look();
      expect(services.map((service) => service.id)).not.toContain(id);
      expect(tasks.filter(({ service }) => service === id)).toEqual([]);
    });

    it("is left out where it bears no label of ours or of a stack", async () => {
      const { cluster } = bench.stage;
      const body = bodyOf({ name: bench.name("foreign"), image: await bench.image({ kind: "good" }) });
      const foreign = await cluster.createService({ ...body, Labels: { other: "x" } });
      const stack = bench.name("stacked");
      const Labels = { "com.docker.stack.namespace": "stack" };
      const stacked = await cluster.createService({ ...body, Name: stack, Labels });
      const seen = (await bench.look()).services.map(({ id }) => id);
      expect(seen).not.toContain(foreign);
      expect(seen).toContain(stacked);
      await bench.remove(foreign, stacked);
    });

    it("is scaled to nothing and back, which is no update", async () => {
      const wish = { name: bench.name("scaled"), image: await bench.image({ kind: "good" }), replicas: 2 };
      const id = await bench.settled(wish);
      await bench.update(id, bodyOf({ ...wish, replicas: 0 }));
      const { service } = await bench.until(id, ({ tasks }) => tasks.length === 0);
      expect(service).toMatchObject({ spec: { Mode: { Replicated: { Replicas: 0 } } } });
      expect(service.update).toBeUndefined();
      expect(service.previous).toMatchObject({ Mode: { Replicated: { Replicas: 2 } } });
      await bench.update(id, bodyOf({ ...wish, replicas: 1 }));
      expect((await bench.runs(id, 1)).service.update).toBeUndefined();
      await bench.remove(id);
    });

    it("publishes a port of its node once, and has no second task there", async () => {
      const { stage } = bench;
      const body = bodyOf({ name: bench.name("published"), image: await bench.image({ kind: "good" }), replicas: 2 });
      const published = await stage.freePort();
      const port = { Protocol: "tcp", TargetPort: 8080, PublishedPort: published, PublishMode: "host" } as const;
      const id = await stage.cluster.createService({ ...body, EndpointSpec: { Mode: "dnsrr", Ports: [port] } });
      const { tasks } = await bench.until(id, (seen) => seen.tasks.some(isUp));
      expect(tasks.find(isUp)?.hostPorts).toEqual([{ protocol: "tcp", target: 8080, published }]);
      expect(tasks.find((task) => !isUp(task))).toMatchObject({
        state: "pending",
        desired: "running",
        error: "no suitable node (host-mode port already in use on 1 node)",
      });
      await bench.remove(id);
    });

    it("refuses what it cannot become", async () => {
      const { cluster } = bench.stage;
      const wish: Wish = { name: bench.name("fixed"), image: await bench.image({ kind: "good" }) };
      const id = await bench.create(wish);
      const { service } = await bench.see(id);
      const refused = { code: "EngineRefused" };
      await expect(cluster.updateService(service, bodyOf({ ...wish, name: "other" }))).rejects.toMatchObject(refused);
      await expect(cluster.updateService(service, bodyOf({ ...wish, mode: { Global: {} } }))).rejects.toMatchObject(
        refused,
      );
      await bench.remove(id);
    });

    it("waits for a node that it may be on", async () => {
      const body = bodyOf({ name: bench.name("nowhere"), image: await bench.image({ kind: "good" }) });
      const placed = (Constraints: readonly string[]) =>
        bench.stage.cluster.createService({
          ...body,
          TaskTemplate: { ...body.TaskTemplate, Placement: { Constraints } },
        });
      await expect(placed(["node.labels.disk"])).rejects.toMatchObject({ code: "EngineRefused" });
      const id = await placed(["node.labels.disk==fast"]);
      const { tasks } = await bench.until(id, (seen) => seen.tasks.some(({ error }) => error !== ""));
      expect(tasks).toHaveLength(1);
      expect(tasks[0]).toMatchObject({
        state: "pending",
        error: "no suitable node (scheduling constraints not satisfied on 1 node)",
      });
      expect(tasks[0]?.node).toBeUndefined();
      await bench.remove(id);
    });

    it("runs a task on each node where it is global", async () => {
      const wish = { name: bench.name("global"), image: await bench.image({ kind: "good" }), mode: { Global: {} } };
      const id = await bench.settled(wish);
      const { tasks } = await bench.see(id);
      const { nodes } = await bench.look();
      expect(tasks.map(({ slot, node }) => ({ slot, node }))).toEqual(nodes.map(({ id: node }) => ({ node })));
      await bench.remove(id);
    });

    it("starts a task again that has ended, and remembers the one before", async () => {
      const image = await bench.image({ kind: "crashes" });
      const id = await bench.create({ name: bench.name("loop"), image });
      const { tasks } = await bench.until(
        id,
        (seen) => seen.tasks.filter(({ state }) => state === "failed").length > 1,
      );
      for (const task of tasks.filter(({ state }) => state === "failed")) {
        expect(task).toMatchObject({ slot: 1, exitCode: 1, error: "task: non-zero exit (1)" });
      }
      expect(tasks[0]?.createdAt).toBeGreaterThan(tasks.at(-1)?.createdAt ?? Infinity);
      await bench.remove(id);
    });

    it("hands out what all its tasks say, and each line with its task", async () => {
      const { cluster } = bench.stage;
      const image = await bench.image({ kind: "crashes" });
      const id = await bench.create({ name: bench.name("spoken"), image, replicas: 2, restart: { Condition: "none" } });
      const { tasks } = await bench.until(
        id,
        (seen) => seen.tasks.filter(({ state }) => state === "failed").length > 1,
      );
      const { signal } = new AbortController();
      const read = async (tail?: number) => {
        const lines: TaskLine[] = [];
        for await (const line of await cluster.serviceLog(id, { follow: false, tail }, signal)) lines.push(line);
        return lines;
      };
      const isWhole = async () => (await read()).filter(({ text }) => text.endsWith("no configuration")).length === 2;
      await bench.eventually("the last lines of both", isWhole);
      const lines = await read();
      expect(new Set(lines.map(({ task }) => task))).toEqual(new Set(tasks.map((task) => task.id)));
      expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort());
      expect(lines[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      expect(lines[0]?.text).not.toContain("com.docker");
      const last = (await read(1)).map(({ task = "" }) => task);
      expect(last.sort()).toEqual(tasks.map((task) => task.id).sort());
      await bench.remove(id);
      await expect(cluster.serviceLog("0".repeat(25), { follow: false }, signal)).rejects.toMatchObject({
        code: "ContainerGone",
      });
    });

    it("follows what its tasks say, those too that come later", async () => {
      const { cluster } = bench.stage;
      const id = await bench.create({ name: bench.name("followed"), image: await bench.image({ kind: "crashes" }) });
      const heard = new Set<string>();
      const hangUp = new AbortController();
      const lines = await cluster.serviceLog(id, { follow: true }, hangUp.signal);
      const reading = (async () => {
        for await (const { task = "" } of lines) heard.add(task);
      })();
      await bench.eventually("two tasks", () => heard.size > 1);
      hangUp.abort();
      await reading;
      await bench.remove(id);
    });

    it("hands out the last lines of a task", async () => {
      const { cluster } = bench.stage;
      const image = await bench.image({ kind: "crashes" });
      const id = await bench.create({ name: bench.name("said"), image, restart: { Condition: "none" } });
      const { tasks } = await bench.until(id, (seen) => seen.tasks.some(({ state }) => state === "failed"));
      const task = tasks[0]?.id ?? "";
      // Its node hands on what it has put out when it gets to that.
      const isWhole = async () => (await cluster.taskLog(task, 10)).at(-1)?.endsWith("no configuration") === true;
      await bench.eventually("its last line", isWhole);
      const lines = await cluster.taskLog(task, 10);
      expect(await cluster.taskLog(task, 1)).toEqual(lines.slice(-1));
      await bench.remove(id);
      await expect(cluster.taskLog("0".repeat(25), 5)).rejects.toMatchObject({ code: "ContainerGone" });
    });
  });
}
