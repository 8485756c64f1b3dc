import { expect, inject, onTestFinished, test } from "vitest";
import { publishHaproxy } from "../../sandbox/proxies/haproxy.js";
import { deleteTag, publishImage, publishIndex, type ImageOptions } from "../../sandbox/registry/image.js";
import { startRegistry } from "../../sandbox/registry/registry.js";
import { connect, pull, runContainer, untilState } from "./docker.js";

const url = inject("registryUrl");
const docker = connect(inject("engineHost"));

async function run(options: ImageOptions) {
  const { digest } = await publishImage(url, "sample/behaviour", undefined, options);
  return (await runContainer(docker, `sample/behaviour@${digest}`)).container;
}

async function manifest(repository: string, reference: string) {
  const accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
  const response = await fetch(`${url}/v2/${repository}/manifests/${reference}`, { headers: { accept } });
  return {
    status: response.status,
    body: (await response.json()) as { manifests?: { digest: string; platform: object }[] },
  };
}

test("HAProxy is the same image each time: tests that share its tag do not take it from each other", async () => {
  const [one, other] = [await publishHaproxy(url), await publishHaproxy(url)];
  expect(one.digest).toBe(other.digest);
});

test("exit-at-once ends with code 1", async () => {
  const container = await run({ behaviour: "exit-at-once" });
  expect((await untilState(container, ({ Status }) => Status === "exited")).ExitCode).toBe(1);
});

test("never-healthy runs and becomes unhealthy", async () => {
  const state = await untilState(
    await run({ behaviour: "never-healthy" }),
    ({ Health }) => Health?.Status === "unhealthy",
  );
  expect(state.Running).toBe(true);
});

test("diesAfterMs is healthy first and ends with code 1", async () => {
  const container = await run({ behaviour: { diesAfterMs: 2500 } });
  await untilState(container, ({ Health }) => Health?.Status === "healthy");
  expect((await untilState(container, ({ Status }) => Status === "exited")).ExitCode).toBe(1);
});

test("slowStartMs is unhealthy until it listens", async () => {
  const container = await run({ behaviour: { slowStartMs: 3500 } });
  await untilState(container, ({ Health }) => Health?.Status === "unhealthy");
  await untilState(container, ({ Health }) => Health?.Status === "healthy");
});

test("without trapTerm the grace period is eaten", async () => {
  const container = await run({ trapTerm: false, serve: "none" });
  await container.stop({ t: 1 });
  expect((await container.inspect()).State.ExitCode).toBe(137);
});

test("Docker's media types are pulled as well, and size counts", async () => {
  const small = await publishImage(url, "sample/docker", "latest", { mediaTypes: "docker" });
  const large = await publishImage(url, "sample/docker", "latest", { mediaTypes: "docker", size: 3_000_000 });
  expect(large.digest).not.toBe(small.digest);
  expect(large.size - small.size).toBeGreaterThan(2_900_000);
  await pull(docker, `sample/docker@${large.digest}`);
  expect((await docker.getImage(`sample/docker@${large.digest}`).inspect()).Config.Healthcheck?.Test?.[0]).toBe("CMD");
});

test("the same platform manifests under a new index", async () => {
  const images = [
    await publishImage(url, "sample/index", undefined),
    await publishImage(url, "sample/index", undefined, { platform: { os: "linux", architecture: "riscv64" } }),
  ];
  const first = await publishIndex(url, "sample/index", "latest", images);
  const second = await publishIndex(url, "sample/index", "latest", images);
  expect(second.digest).not.toBe(first.digest);
  const listed = (await manifest("sample/index", "latest")).body.manifests ?? [];
  expect(listed.slice(0, 2).map(({ digest }) => digest)).toEqual(images.map(({ digest }) => digest));
  expect(listed.slice(2).map(({ platform }) => platform)).toEqual(
    images.map(() => ({ os: "unknown", architecture: "unknown" })),
  );
  await pull(docker, `sample/index@${second.digest}`);
});

test("a deleted tag is unknown", async () => {
  await publishImage(url, "sample/deleted", "latest");
  await deleteTag(url, "sample/deleted", "latest");
  expect((await manifest("sample/deleted", "latest")).status).toBe(404);
});

test("a registry with passwords lets in who knows one, also after a crash", async () => {
  const registry = await startRegistry({ auth: { htpasswd: { ada: "s3cret", bob: "pass word" } } });
  onTestFinished(() => registry.stop());
  await expect(publishImage(registry.url, "private/app", "latest")).rejects.toThrow("answered 401");
  const auth = { username: "bob", password: "pass word" };
  const { digest } = await publishImage(registry.url, "private/app", "latest", { auth });
  await registry.kill();
  await expect(fetch(`${registry.url}/v2/`)).rejects.toThrow();
  await registry.restart();
  const headers = {
    authorization: `Basic ${Buffer.from("ada:s3cret").toString("base64")}`,
    accept: "application/vnd.oci.image.manifest.v1+json",
  };
  const response = await fetch(`${registry.url}/v2/private/app/manifests/latest`, { headers });
  expect(response.headers.get("docker-content-digest")).toBe(digest);
});
