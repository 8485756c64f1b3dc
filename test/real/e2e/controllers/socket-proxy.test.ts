import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, inject, onTestFinished } from "vitest";
import { readAllowlist, startAllowlistProxy, type AllowlistProxy } from "../../../proxy/allowlist.js";
import type { Feature } from "../../../proxy/calls.js";
import { rulesOf } from "../../../proxy/rules.js";
import { assertKnown, bareCall } from "../../../proxy/strange.js";
import { modernCompose } from "../../../sandbox/engine/compose.js";
import { order, test, type Scene } from "../scene/scene.js";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../../..", import.meta.url));
const remedy = "let it pass this call: docs/install.md, The socket proxy";

/** The scene's engine behind a stand-in for the socket proxy, with the rules of compose.yml alone. */
async function guard(scene: Scene): Promise<AllowlistProxy> {
  const socket = `${scene.directory}/guarded.sock`;
  const engineSocket = inject("engineHost").slice("unix://".length);
  const proxy = await startAllowlistProxy(await readAllowlist(), engineSocket, socket);
  await scene.stage({ engineHost: `unix://${socket}` });
  onTestFinished(async () => {
    await proxy.close();
    assertKnown([...proxy.passed, ...proxy.refused].map((call) => bareCall(...(call.split(" ") as [string, string]))));
  });
  return proxy;
}

const readyMessage = async (scene: Scene, service: string): Promise<string> =>
  (await scene.status(service))?.conditions.find(({ type }) => type === "Ready")?.message ?? "";

/** What Docker Compose makes of the files that `COMPOSE_FILE` names, as install.md has it in `.env`. */
async function rulesMerged(program: string, files: string): Promise<readonly string[]> {
  const env = { PATH: process.env["PATH"] ?? "", DOCKER_GID: "1", COMPOSE_FILE: files };
  const { stdout } = await run(program, ["config", "--format", "json"], { cwd: repository, env });
  const { services } = JSON.parse(stdout) as { services: Record<string, { environment: Record<string, string> }> };
  const { environment } = services["socket-proxy"]!;
  return Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith("SP_ALLOW_") ? [`${name}=${value}`] : [],
  );
}

describe("behind the socket proxy of compose.yml", () => {
  test("Docker Compose adds up the files of features, in any order", async ({ skip }) => {
    const program = await modernCompose().catch((error: unknown) =>
      skip(`Docker Compose cannot be had: ${String(error)}`),
    );
    const written = (...features: readonly Feature[]) =>
      features.flatMap((feature) => rulesOf(feature).map(({ variable, pattern }) => `${variable}=${pattern}`));
    expect((await rulesMerged(program, "compose.yml")).toSorted()).toEqual(written("core").toSorted());
    const some = await rulesMerged(
      program,
      "compose.yml:deploy/proxy/swarm.yml:deploy/proxy/files.yml:deploy/proxy/exec.yml",
    );
    expect(some.toSorted()).toEqual(written("core", "exec", "files", "swarm").toSorted());
  });

  test("a plain services file needs nothing more: rollouts, a rollback, jobs, volumes, logs", async ({ scene }) => {
    const proxy = await guard(scene);
    const first = await scene.push({ version: "v1" });
    const job = { command: ["run", "sh", "-c", "exit 0"] };
    const web = { ...order("start-first"), volumes: ["data:/data", "/scratch"], "x-fairlead": { before: [job] } };
    await scene.write({ web }, { volumes: { data: {} } });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push({ version: "v2" });
    await scene.hook();
    await scene.untilServing(second.digest);
    const service = `${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web`;
    expect((await fetch(`${service}/rollback`, { method: "POST" })).status).toBe(202);
    await scene.untilStatus(({ activeDigest, sync }) => activeDigest === first.digest && sync === "Pinned");
    expect((await fetch(`${service}/logs`)).status).toBe(200);
    expect(proxy.refused).toEqual([]);
  });

  test("what a feature needs is refused with the way to open it, and goes on by itself once that is done", async ({
    scene,
  }) => {
    const proxy = await guard(scene);
    for (const name of ["asked", "told"]) await scene.push({ name });
    await mkdir(`${scene.directory}/src`);
    await writeFile(`${scene.directory}/src/Dockerfile`, `FROM ${scene.image("asked")}\n`);
    await scene.write(
      {
        asked: { "x-fairlead": { probe: { exec: { command: ["/bin/cat", "/site/healthz"] }, interval: "500ms" } } },
        told: { configs: [{ source: "note", target: "/note" }] },
        made: { build: "./src" },
      },
      { configs: { note: { content: "x" } } },
    );
    await scene.start();
    for (const service of ["asked", "told", "made"]) {
      await scene.until(`${service}'s refusal`, async () => (await readyMessage(scene, service)).includes(remedy));
    }
    expect((await scene.status("told"))?.sync).not.toBe("Held");

    proxy.allow(await readAllowlist("exec", "files", "build"));
    await scene.until("asked and told are ready", async () => {
      const conditions = await Promise.all(["asked", "told"].map((service) => scene.status(service)));
      return conditions.every((status) => status?.sync === "Synced" && status.health === "Healthy");
    });
  });
});
