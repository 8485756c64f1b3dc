import { afterEach, expect, test, vi } from "vitest";
import { systemProxy } from "../../../src/process/system-proxy.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

const ask = async (environment: Readonly<Record<string, string>>, url: string) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return systemProxy(environment)?.(new URL(url));
};

test.each([
  [{}, "https://ghcr.io/v2/", undefined],
  [{ HTTPS_PROXY: "" }, "https://ghcr.io/v2/", undefined],
  [{ HTTPS_PROXY: "http://proxy.lan:3128" }, "https://ghcr.io/v2/", "http://proxy.lan:3128"],
  [{ https_proxy: "http://proxy.lan:3128" }, "https://ghcr.io/v2/", "http://proxy.lan:3128"],
  [{ HTTPS_PROXY: "http://proxy.lan:3128" }, "http://reg.lan:5000/v2/", undefined],
  [{ HTTP_PROXY: "http://proxy.lan:3128" }, "http://reg.lan:5000/v2/", "http://proxy.lan:3128"],
  [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "ghcr.io,.corp" }, "https://ghcr.io/v2/", undefined],
  [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "ghcr.io,.corp" }, "https://reg.corp/v2/", undefined],
  [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, "https://quay.io/v2/", undefined],
  [{ HTTP_PROXY: "http://p:1" }, "http://127.0.0.1:5000/v2/", undefined],
  [{ HTTP_PROXY: "http://p:1" }, "http://localhost:5000/v2/", undefined],
  [{ HTTPS_PROXY: "http://p:1" }, "https://[::1]:5000/v2/", undefined],
])("%j for %s: %s", async (environment, url, proxy) => {
  expect(await ask(environment, url)).toBe(proxy);
});
