import { expect, inject, onTestFinished, test } from "vitest";
import { faultProxy } from "../../sandbox/proxies/fault-proxy.js";
import { publishImage } from "../../sandbox/registry/image.js";

async function openProxy() {
  const proxy = await faultProxy(inject("registryUrl"));
  onTestFinished(() => proxy.stop());
  return proxy;
}

test("without a fault everything passes, and is counted", async () => {
  const proxy = await openProxy();
  const { digest } = await publishImage(proxy.url, "faults/clean", "latest");
  expect(proxy.count({ method: "PUT", path: /\/manifests\/latest$/ })).toBe(1);
  proxy.forget();
  const accept = "application/vnd.oci.image.manifest.v1+json";
  const response = await fetch(`${proxy.url}/v2/faults/clean/manifests/latest`, {
    method: "HEAD",
    headers: { accept },
  });
  expect(response.headers.get("docker-content-digest")).toBe(digest);
  expect(proxy.requests).toEqual([{ method: "HEAD", path: "/v2/faults/clean/manifests/latest" }]);
});

test("scripted answers, as many times as asked", async () => {
  const proxy = await openProxy();
  proxy.inject({ path: /manifests/ }, { status: 429, headers: { "retry-after": "2" } }, 1);
  proxy.inject({ method: "DELETE" }, { status: 401 });
  const limited = await fetch(`${proxy.url}/v2/a/manifests/b`);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "2"]);
  expect(await limited.json()).toMatchObject({ errors: [{ code: "TOOMANYREQUESTS" }] });
  expect((await fetch(`${proxy.url}/v2/a/manifests/b`)).status).toBe(404);
  const refused = await fetch(`${proxy.url}/v2/`, { method: "DELETE" });
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="fault proxy"']);
  proxy.heal();
  expect((await fetch(`${proxy.url}/v2/`, { method: "DELETE" })).status).not.toBe(401);
});

test("a cut body, a reset, a delay, and a registry that is down", async () => {
  const proxy = await openProxy();
  const { config } = await publishImage(proxy.url, "faults/cut", "latest");
  const blob = `${proxy.url}/v2/faults/cut/blobs/${config}`;
  proxy.inject({ path: /blobs/ }, { cut: 100 }, 1);
  const cut = await fetch(blob);
  expect(cut.status).toBe(200);
  await expect(cut.text()).rejects.toThrow();
  proxy.inject({}, { reset: true }, 1);
  await expect(fetch(blob)).rejects.toThrow();
  proxy.inject({}, { delayMs: 300 }, 1);
  const began = Date.now();
  expect((await fetch(blob)).status).toBe(200);
  expect(Date.now() - began).toBeGreaterThanOrEqual(290);
  await proxy.down();
  await expect(fetch(blob)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  await proxy.up();
  expect((await fetch(blob)).status).toBe(200);
});
