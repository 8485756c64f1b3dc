import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { connectCluster } from "../../../src/docker/swarm/cluster.js";
import { draftOf } from "../../../src/swarm/draft/draft.js";
import { differencesFrom } from "../../../src/swarm/engine/differences.js";
import { startManager } from "../../sandbox/swarm/manager.js";
import { stepOf } from "../../unit/swarm/draft/drafted.js";
import { readForSwarm } from "../../unit/compose/cluster/read.js";

const text = `
name: shop
services:
  bare:
    image: nginx
  web:
    image: nginx
    command: ["serve", "--port=80"]
    environment: {URL: "a=b", ALPHA: "1", UNSET: }
    labels: {tier: front}
    user: "1000:1000"
    stop_grace_period: 3s
    init: true
    extra_hosts: ["db:10.0.0.9"]
    healthcheck: {test: ["CMD", "/ok"], interval: 5s, timeout: 2s, retries: 4}
    ports: ["8080:80"]
    volumes: ["data:/data"]
    deploy:
      replicas: 3
      labels: {traefik.enable: "true"}
      placement: {constraints: ["node.role==worker"]}
      resources: {limits: {cpus: "0.5", memory: 64m}}
      restart_policy: {condition: on-failure, max_attempts: 5}
      update_config: {parallelism: 2, order: start-first}
volumes: {data: {}}
`;

it("what docker stack deploy makes of a file is what Fairlead would make of it", async () => {
  const manager = await startManager(inject("registryUrl"));
  try {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-stack-"));
    const file = join(directory, "stack.yaml");
    // The command wants a version, and no name.
    await writeFile(file, text.replace("name: shop", 'version: "3.9"'));
    const args = ["stack", "deploy", "--resolve-image", "never", "-c", file, "shop"];
    await promisify(execFile)("docker", args, { env: { ...process.env, DOCKER_HOST: manager.engine.host } });
    const { services } = await connectCluster({ host: manager.engine.host }).look();
    const read = readForSwarm(text, {});
    if (!read.ok) throw new Error("the file cannot be read");
    for (const spec of read.project.services) {
      const found = services.find((one) => one.spec.Name === `shop_${spec.name}`);
      if (found === undefined) throw new Error(`there is no ${spec.name}`);
      const { body } = draftOf(stepOf(spec), { labels: {}, generation: {} });
      expect([spec.name, differencesFrom(found.spec, body)]).toEqual([spec.name, []]);
    }
  } finally {
    await manager.close();
  }
});
