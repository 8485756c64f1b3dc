import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { OpenContext } from "../../../src/control/ports/builds.js";
import type { RegistryCredentials } from "../../../src/control/ports/registry.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { Secret } from "../../../src/tools/secret.js";
import { startAllowlistProxy } from "../../proxy/allowlist.js";
import { publishImage } from "../../sandbox/registry/image.js";
import { startRegistry, type SandboxRegistry } from "../../sandbox/registry/registry.js";
import { packTar } from "../../sandbox/host/tar.js";

const login = { username: "builder", password: "builders-password" } as const;
const never = new AbortController().signal;
const place: { registry: SandboxRegistry | undefined } = { registry: undefined };

beforeAll(async () => {
  place.registry = await startRegistry({ auth: { htpasswd: { [login.username]: login.password } } });
  await publishImage(place.registry.url, "private/base", "1", { auth: login });
});
afterAll(() => place.registry?.stop());

function contextOn(base: string): OpenContext {
  const dockerfile = `FROM ${base}\nRUN ["/bin/busybox", "echo", "${randomBytes(8).toString("hex")}"]\n`;
  const archive = Readable.from([packTar([{ path: "Dockerfile", content: dockerfile }])]);
  return { archive, dockerfile: "Dockerfile", registries: [base.split("/")[0]!], close: () => Promise.resolve() };
}

async function build(host: string, password: string | undefined): Promise<{ id: string; lines: readonly string[] }> {
  const { host: registry } = place.registry!;
  const credentials = (name: string): Promise<RegistryCredentials | undefined> =>
    Promise.resolve(
      password === undefined || name !== registry
        ? undefined
        : { ...login, password: new Secret(password), serveraddress: registry },
    );
  const lines: string[] = [];
  const spec = { context: { kind: "path", path: "/unused" }, args: {}, labels: {} } as const;
  const context = contextOn(`${registry}/private/base:1`);
  const order = { build: spec, context, tags: ["private/built:1"], onLine: (line: string) => lines.push(line) };
  return { id: await connectEngine({ host, credentials }).build(order, never), lines };
}

test("BuildKit gets the credentials of a private base image, and says so where there are none", async () => {
  // First without: what has once been pulled may be served from a cache.
  await expect(build(inject("engineHost"), undefined)).rejects.toMatchObject({ code: "BuildFailed", retry: "backoff" });
  const { id, lines } = await build(inject("engineHost"), login.password);
  expect(id).toMatch(/^sha256:/);
  expect(lines.join("\n")).toMatch(/\[2\/2\] RUN/);
});

test("the classic builder takes its place where a proxy refuses the session", async () => {
  const socket = `/tmp/fairlead-build-${randomBytes(6).toString("hex")}.sock`;
  const engineSocket = inject("engineHost").slice("unix://".length);
  const proxy = await startAllowlistProxy((_method, path) => !path.endsWith("/session"), engineSocket, socket);
  try {
    const { lines } = await build(`unix://${socket}`, login.password);
    expect(lines.join("\n")).toMatch(/Step 2\/2 : RUN/);
    expect(proxy.refused.some((call) => call.endsWith("/session"))).toBe(true);
  } finally {
    await proxy.close();
  }
});
