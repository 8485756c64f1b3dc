import Docker from "dockerode";
import { expect, inject, it, onTestFinished } from "vitest";
import { publishImage, publishIndex } from "../../sandbox/registry/image.js";
import { startRegistry } from "../../sandbox/registry/registry.js";
import { connect, image, login } from "../../unit/registry/connection.js";
import { opened } from "../../unit/tools/opened.js";

function engine(): Docker {
  const host = inject("engineHost");
  if (host.startsWith("unix://")) return new Docker({ socketPath: host.slice("unix://".length) });
  const { hostname, port } = new URL(host);
  return new Docker({ host: hostname, port });
}

async function pull(docker: Docker, reference: string, authconfig: object | undefined): Promise<void> {
  const stream = await docker.pull(reference, authconfig === undefined ? {} : { authconfig });
  const lines: string[] = [];
  for await (const chunk of stream) lines.push(String(chunk));
  if (lines.join("").includes('"errorDetail"')) throw new Error(lines.join(""));
}

it("the engine pulls with the stored login what was resolved, and has what content() says", async () => {
  const bob = { username: "bob", password: "s3cret-pw" };
  const server = await startRegistry({ auth: { htpasswd: { bob: bob.password } } });
  onTestFinished(() => server.stop());
  const one = await publishImage(server.url, "acme/web", undefined, { auth: bob });
  const index = await publishIndex(server.url, "acme/web", "1.2", [one], { auth: bob });

  const registry = await connect({}, login(server.host));
  const target = image(server.host);
  const digest = await registry.resolve(target);
  expect(digest).toBe(index.digest);

  const docker = engine();
  const { Os: os, Arch: architecture } = await docker.version();
  const reference = `${server.host}/acme/web@${digest}`;
  await expect(pull(docker, reference, undefined)).rejects.toThrow();
  await pull(docker, reference, opened(await registry.credentials(server.host)) as object);
  onTestFinished(() => docker.getImage(reference).remove());

  const { Id: id } = await docker.getImage(reference).inspect();
  const content = await registry.content(target, digest, { os, architecture, variant: undefined });
  expect(content).toEqual({ manifest: one.digest, config: one.config });
  // The classic store names an image by its config, containerd's by its index.
  expect([content.config, digest]).toContain(id);
});
