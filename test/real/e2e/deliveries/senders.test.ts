import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { beforeAll, describe, onTestFinished } from "vitest";
import { publishImage } from "../../../sandbox/registry/image.js";
import { ensurePackages } from "../../../sandbox/host/packages.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { startRegistry } from "../../../sandbox/registry/registry.js";
import { test, type Scene } from "../scene/scene.js";

const run = promisify(execFile);
const deliveries = (scene: Scene) =>
  scene.logs().flatMap(({ hook, outcome, msg }) => (typeof hook === "string" ? [{ hook, outcome, msg }] : []));

/** Fairlead with receivers of its own beside the usual ones. */
async function open(scene: Scene, receivers: Readonly<Record<string, object>>, env: Record<string, string> = {}) {
  const first = await scene.push();
  await scene.write({ web: { container_name: `${scene.project}-named` } });
  const settings = JSON.stringify({ registries: { "docker.io": { mirror: await mirrorOf(scene) } }, receivers });
  await writeFile(scene.settingsFile, settings);
  await scene.start({ env });
  await scene.untilServing(first.digest);
}

async function mirrorOf(scene: Scene): Promise<string> {
  const settings = JSON.parse(await readFile(scene.settingsFile, "utf8")) as {
    readonly registries: { readonly "docker.io": { readonly mirror: string } };
  };
  return settings.registries["docker.io"].mirror;
}

describe("what people send today", () => {
  beforeAll(async () => {
    await ensurePackages(["curl", "openssl", "python3"], (line) => {
      console.log(line);
    });
  });

  const signatures = {
    openssl: `$(echo -n "$MESSAGE" | openssl dgst -sha256 -hmac "$SECRET_KEY" | cut -d " " -f 2)`,
    python: `$(python3 -c "import hashlib, hmac; print(hmac.new(b'$SECRET_KEY', b'$MESSAGE', hashlib.sha256).hexdigest())")`,
    node: `$(node -e "console.log(require('crypto').createHmac('sha256', '$SECRET_KEY').update('$MESSAGE').digest('hex'))")`,
  };

  test("docker-delivery-hook's pipelines, signed in three ways", async ({ scene, expect }) => {
    const secretFile = `${scene.directory}/old`;
    await writeFile(secretFile, "your-very-secret-key\n");
    await open(scene, { old: { type: "delivery-hook", secretFile } });
    const call = async (signature: string, action: string) => {
      const script = `
        PAYLOAD='{"container_name": "${scene.project}-named"}'
        TIMESTAMP=$(date +%s)
        MESSAGE="\${PAYLOAD}\${TIMESTAMP}"
        SIGNATURE=${signature}
        curl -sS -X POST -H "Content-Type: application/json" -H "X-Timestamp: $TIMESTAMP" \\
          -H "X-Signature: $SIGNATURE" -d "$PAYLOAD" -w ' %{http_code}' "$API_ENDPOINT/${action}"`;
      const API_ENDPOINT = `${scene.fairlead.hooksUrl}/hooks/r/old`;
      const env = { ...process.env, SECRET_KEY: "your-very-secret-key", API_ENDPOINT };
      return (await run("sh", ["-c", script], { env })).stdout;
    };
    const key = `${scene.project}/web`;
    for (const signature of Object.values(signatures)) {
      expect(await call(signature, "pull")).toBe(`{"enqueued":["${key}"]} 202`);
    }
    expect(await call(signatures.openssl, "build")).toBe(
      '{"reason":"no declared service has that name and is built here"} 200',
    );
    expect(await call("0".repeat(64), "pull")).toMatch(/401$/);
    expect(deliveries(scene).map(({ hook }) => hook)).toContain("delivery-hook old");
  });

  test("dockerhub-webhook-listener's key in the query, and gopdater's call with its rule of the owner", async ({
    scene,
    expect,
  }) => {
    const secretFile = `${scene.directory}/hub`;
    await writeFile(secretFile, "of-the-hub\n");
    await open(scene, { hub: { type: "dockerhub", secretFile, owners: ["e2e"] } });
    const body = (name: string) =>
      `    ${JSON.stringify({ push_data: { pushed_at: 1.417566161e9, tag: "latest" }, repository: { repo_name: name } })}`;
    const post = async (path: string, name: string) => {
      const header = ["-H", "Content-Type: application/json"];
      const args = ["-X", "POST", ...header, "-sS", `${scene.fairlead.hooksUrl}${path}`, "--data", body(name)];
      return JSON.parse((await run("curl", args)).stdout) as Readonly<Record<string, unknown>>;
    };
    const ours = { enqueued: [`${scene.project}/web`] };
    expect(await post(`/hooks/dockerhub?apikey=${scene.hookSecret}`, scene.image())).toEqual(ours);
    expect(await post("/hooks/r/hub/of-the-hub", scene.image())).toEqual(ours);
    expect(await post("/hooks/r/hub/of-the-hub", "somebody/else")).toEqual({
      reason: "this receiver does not listen to the owner of docker.io/somebody/else:latest",
    });
    expect(await post("/hooks/r/hub/wrong", scene.image())).toEqual({ error: "not found" });
  });
});

describe("a registry of one's own", () => {
  test("tells of a push, and of nothing that Fairlead itself does there", async ({ scene, expect }) => {
    const port = await freePort();
    const secretFile = `${scene.directory}/registry`;
    await writeFile(secretFile, "of-the-registry\n");
    const url = `http://127.0.0.1:${port}/hooks/r/own`;
    const registry = await startRegistry({ notify: { url, authorization: "Bearer of-the-registry" } });
    onTestFinished(() => registry.stop());
    const name = `team/${scene.project}`;
    const push = () => publishImage(registry.url, name, "latest", { healthcheck: "none" });
    const first = await push();
    await scene.write({ web: { image: `${registry.host}/${name}:latest` } });
    const receivers = { own: { type: "distribution", secretFile } };
    await writeFile(scene.settingsFile, JSON.stringify({ receivers }));
    await scene.start({ env: { FAIRLEAD_HOOKS_LISTEN: `127.0.0.1:${port}`, FAIRLEAD_RESYNC: "0 0 1 1 *" } });
    await scene.untilServing(first.digest);
    const accepted = () => deliveries(scene).filter(({ outcome }) => outcome === "accepted").length;
    // What it could not tell before Fairlead was there, it tells now.
    await scene.until("the first push to be told", () => accepted() > 0);
    const before = accepted();
    const second = await push();
    await scene.untilServing(second.digest);
    const ignored = () => deliveries(scene).filter(({ outcome }) => outcome === "ignored").length;
    await scene.until("the engine's pull to be told", () => ignored() > 0);
    expect(accepted() - before).toBe(1);
    const asked = (await scene.metrics()).value("fairlead_hooks_total", { type: "distribution", outcome: "accepted" });
    expect(asked).toBe(accepted());
    expect(deliveries(scene).map(({ msg }) => msg)).toContain("hook distribution own: ignored: only pushes count");
  });
});
