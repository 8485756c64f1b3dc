import { execFile } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import type { ServiceStatus } from "../../../src/plan/model/condition.js";
import { readVersion } from "../../../src/version.js";
import { readAllowlist, startAllowlistProxy } from "../../proxy/allowlist.js";
import { findCompose } from "../../sandbox/engine/docker-compose.js";
import { patienceMs } from "../../sandbox/host/patience.js";
import { publishImage } from "../../sandbox/registry/image.js";
import { freePort } from "../../sandbox/network/ports.js";
import { baseImage } from "./base.js";
import { dockerCommand } from "./command.js";

const name = "fairlead-test/fairlead";
const tag = `${name}:${readVersion()}`;
const project = "imagetest";
/** The group that owns the socket here; the image's own user is not in it. */
const socketGroup = 23_456;
const context = fileURLToPath(new URL("../../..", import.meta.url));
const docker = dockerCommand(inject("engineHost"));

/** `npm ci` runs within the build. */
async function whyNotHere(): Promise<string | undefined> {
  if (!inject("engineHost").startsWith("unix://")) return "the engine is not on this machine";
  const ping = promisify(execFile)("npm", ["ping"], { timeout: 20_000 });
  return ping.then(
    () => undefined,
    () => "no package registry can be reached from here, and the build needs one",
  );
}

const reason = await whyNotHere();
if (reason !== undefined) console.log(`the Dockerfile is not tested: ${reason}`);

describe.skipIf(reason !== undefined)("the image", () => {
  beforeAll(async () => {
    await promisify(execFile)(
      `${context}deploy/release/image.sh`,
      [name, "--", "--network=host", "--build-arg", "GIT=no"],
      {
        timeout: 400_000,
        maxBuffer: 64 << 20,
        env: {
          ...process.env,
          ...{
            DOCKER_HOST: inject("engineHost"),
            NODE_IMAGE: await baseImage(inject("engineHost")),
            DOCKER_BUILDKIT: "0",
          },
        },
      },
    );
  }, 600_000);

  afterAll(async () => {
    const ours = await docker(["ps", "-aq", "--filter", `label=com.docker.compose.project=${project}`]);
    if (ours !== "") await docker(["rm", "--force", "--volumes", ...ours.split("\n")]);
    await docker(["network", "rm", `${project}_default`]).catch(() => "");
  });

  test("holds no development package and runs as an ordinary user", async () => {
    const config = JSON.parse(await docker(["image", "inspect", "--format", "{{json .Config}}", tag])) as {
      User: string;
      ExposedPorts: object;
      Volumes: object;
    };
    expect(config.User).toBe("1000:1000");
    expect(config.ExposedPorts).toEqual({ "8420/tcp": {} });
    expect(config.Volumes).toEqual({ "/var/lib/fairlead": {} });
    const list = ["run", "--rm", "--entrypoint", "sh", tag, "-c", "ls /app /app/node_modules"];
    const names = (await docker(list)).split("\n");
    expect(names).toContain("dockerode");
    expect(names).not.toContain("vitest");
    expect(names).not.toContain("src");
    expect(await docker(["run", "--rm", tag, "--version"])).toBe(readVersion());
  });

  test("converges a service through the socket proxy's allowlist, and ends on SIGTERM as process 1", async () => {
    const fairlead = await startContainer([]);
    await fairlead.untilHealthy();
    const first = await fairlead.untilServed(undefined);
    const second = await publish("v2");
    expect(await fairlead.postHook()).toBe(202);
    const served = await fairlead.untilServed(second);
    expect(served).not.toBe(first);
    expect(await docker(["exec", fairlead.name, "fairlead", "status"])).toMatch(/imagetest\/web +\S+ +Synced +Healthy/);

    const stopped = await fairlead.stop();
    expect(stopped).toEqual({ exitCode: "0", quick: true });
    expect(fairlead.refused).toEqual([]);
    expect(fairlead.passed.size).toBeGreaterThan(15);
  });

  test("leaves its own container alone where its service is to be stopped, and says what to do", async () => {
    const labels = { project, service: "self", "container-number": "1", oneoff: "False" };
    const options = Object.entries(labels).flatMap(([key, value]) => ["--label", `com.docker.compose.${key}=${value}`]);
    const fairlead = await startContainer(
      options,
      ", self: {image: imagetest/web, x-fairlead: {adopt: true, stopped: true}}",
    );
    await fairlead.untilHealthy();
    expect(await fairlead.untilRefused("self")).toMatch(/is the container of this very controller/);
    const state = await docker(["inspect", "--format", "{{.State.Running}} {{.RestartCount}}", fairlead.name]);
    expect(state).toBe("true 0");
    await fairlead.untilServed(undefined);
    expect(await fairlead.stop()).toEqual({ exitCode: "0", quick: true });
  });

  test("with compose.yml, as `setup` in the image prepares it: secrets and .env are their owner's alone", async ({
    skip,
  }) => {
    const compose = await findCompose(inject("engineHost"), (line) => {
      console.log(line);
    });
    if (compose === undefined) return skip("docker-compose cannot be had here");
    const directory = await mkdtemp(`${tmpdir()}/fairlead-compose-`);
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await chmod(directory, 0o755);
    const setup = ["setup", "--run", "container", "--services", "example", "--pushes", "generic", "--dir", directory];
    const said = await docker(["run", "--rm", "--user", "0", "--volume", `${directory}:${directory}`, tag, ...setup]);
    expect(said).toContain(`FAIRLEAD_DIR=${directory}`);
    await writeFile(
      `${directory}/services.yaml`,
      `name: ${project}\nservices: {web: {image: "imagetest/\${NAME:?}"}}\n`,
    );
    await writeFile(`${directory}/.env`, "NAME=web\n", { mode: 0o600 });
    await chown(`${directory}/.env`, 1000, 1000);

    const socket = inject("engineHost").slice("unix://".length);
    const pass =
      "const net = require('net'); net.createServer((one) => { const other = net.connect('/var/run/docker.sock'); one.pipe(other).pipe(one); one.on('error', () => other.destroy()); other.on('error', () => one.destroy()); }).listen(2375)";
    const override = {
      services: {
        fairlead: { image: tag },
        // Its own image cannot be had everywhere.
        "socket-proxy": {
          ...{ image: tag, user: "0:0", mem_limit: "512m", entrypoint: ["node", "--eval", pass] },
          volumes: [`${socket}:/var/run/docker.sock:ro`],
        },
      },
    };
    await writeFile(`${directory}/override.yml`, JSON.stringify(override));
    const [hooks, admin] = [await freePort(), await freePort()];
    await writeFile(
      `${directory}/ports.env`,
      Object.entries({
        ...{ DOCKER_GID: "0", FAIRLEAD_DIR: directory },
        ...{ FAIRLEAD_HOOKS_PORT: `127.0.0.1:${hooks}`, FAIRLEAD_ADMIN_PORT: String(admin) },
      })
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );
    const files = ["-f", `${context}compose.yml`, "-f", `${directory}/override.yml`];
    const composed = ["--env-file", `${directory}/ports.env`, "-p", `composed${process.pid}`, ...files];
    onTestFinished(async () => {
      await compose([...composed, "down", "--volumes"], inject("engineHost"));
    });
    await compose([...composed, "up", "-d", "fairlead"], inject("engineHost"));
    const readSecret = async (name: string) => (await readFile(`${directory}/secrets/${name}`, "utf8")).trim();
    const authorization = `Bearer ${await readSecret("admin-token")}`;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => undefined);
      if (answer?.ok === true) break;
      if (Date.now() > deadline) throw new Error(`not ready: ${await answer?.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const services = await fetch(`http://127.0.0.1:${admin}/api/v1/services`, { headers: { authorization } });
    expect(await services.json()).toMatchObject({
      services: [{ image: "docker.io/imagetest/web:latest" }],
      problems: [],
    });
    const hook = await fetch(`http://127.0.0.1:${hooks}/hooks/generic/${await readSecret("hook-secret")}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"image": "imagetest/web"}',
    });
    expect(hook.status).toBe(202);
  });

  test("ends on SIGTERM under an init", async () => {
    const fairlead = await startContainer(["--init"]);
    await fairlead.untilHealthy();
    expect(await fairlead.stop()).toEqual({ exitCode: "0", quick: true });
  });

  test("ends with 1 and says what is wrong where there is no services file", async () => {
    const run = docker(["run", "--rm", tag]);
    await expect(run).rejects.toThrow(/services\.yaml/);
    await expect(run).rejects.toMatchObject({ code: 1 });
  });
});

/** A new version of the service's image; answers its digest. */
async function publish(version: string): Promise<string> {
  return (await publishImage(inject("registryUrl"), "imagetest/web", "latest", { version })).digest;
}

/** As compose.yml runs it: read-only, without capabilities, the socket behind the proxy's allowlist. */
async function startContainer(options: readonly string[], further = "") {
  const directory = await mkdtemp(`${tmpdir()}/fairlead-image-`);
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  await mkdir(`${directory}/etc`);
  await publish("v1");
  const monitor = "deploy: {update_config: {monitor: 1s}}";
  const services = `name: ${project}\nservices: {web: {image: imagetest/web, stop_grace_period: 1s, ${monitor}}${further}}\n`;
  await writeFile(`${directory}/etc/services.yaml`, services);
  await writeFile(`${directory}/etc/fairlead.yaml`, `registries: {docker.io: {mirror: "${inject("registryUrl")}"}}\n`);
  await writeFile(`${directory}/etc/secret`, "s3cret\n");

  const engineSocket = inject("engineHost").slice("unix://".length);
  const socket = `${directory}/docker.sock`;
  const proxy = await startAllowlistProxy(await readAllowlist(), engineSocket, socket);
  onTestFinished(() => proxy.close());
  await chown(socket, 0, socketGroup);
  await chmod(socket, 0o660);

  const [hooks, admin] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const name = `fairlead-image-${process.pid}-${Date.now()}`;
  const environment = {
    FAIRLEAD_HOOKS_LISTEN: hooks,
    FAIRLEAD_ADMIN_LISTEN: admin,
    FAIRLEAD_HOOK_SECRET_FILE: "/etc/fairlead/secret",
  };
  const args = ["run", "--detach", "--name", name, "--network", "host", "--read-only", "--cap-drop", "ALL", ...options];
  args.push("--group-add", String(socketGroup), "--health-interval", "1s");
  args.push("--volume", `${socket}:/var/run/docker.sock`, "--volume", `${directory}/etc:/etc/fairlead:ro`);
  for (const [key, value] of Object.entries(environment)) args.push("--env", `${key}=${value}`);
  await docker([...args, tag]);
  onTestFinished(async () => {
    await docker(["rm", "--force", "--volumes", name]);
  });

  const until = async <T>(what: string, read: () => Promise<T | undefined>): Promise<T> => {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline;) {
      const answer = await read();
      if (answer !== undefined) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${what} did not come; refused: ${proxy.refused.join(", ")}\n${await docker(["logs", name])}`);
  };
  return {
    name,
    refused: proxy.refused,
    passed: proxy.passed,
    untilHealthy: () =>
      until("health", async () => {
        const health = await docker(["inspect", "--format", "{{.State.Health.Status}}", name]);
        return health === "healthy" ? true : undefined;
      }),
    /** The digest that is served: this one, or without one any. */
    untilServed: (digest: string | undefined) =>
      until("the service", async () => {
        const response = await fetch(`http://${admin}/api/v1/services/${project}/web`);
        const { sync, health, activeDigest } = (await response.json()) as ServiceStatus;
        const isServed = sync === "Synced" && health === "Healthy" && (digest ?? activeDigest) === activeDigest;
        return isServed ? activeDigest : undefined;
      }),
    /** Why a service stays as it is. */
    untilRefused: (service: string) =>
      until("the refusal", async () => {
        const response = await fetch(`http://${admin}/api/v1/services/${project}/${service}`);
        const { conditions } = (await response.json()) as ServiceStatus;
        return conditions.find(({ type, reason }) => type === "Ready" && reason === "OwnLifeline")?.message;
      }),
    postHook: async () => {
      const body = JSON.stringify({ push_data: { tag: "latest" }, repository: { repo_name: "imagetest/web" } });
      const headers = { "content-type": "application/json" };
      return (await fetch(`http://${hooks}/hooks/dockerhub/s3cret`, { method: "POST", headers, body })).status;
    },
    stop: async () => {
      const began = Date.now();
      await docker(["stop", "--time", "20", name]);
      const quick = Date.now() - began < 15_000;
      return { exitCode: await docker(["inspect", "--format", "{{.State.ExitCode}}", name]), quick };
    },
  };
}
