import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { readAllowlist } from "../../proxy/allowlist.js";
import { calls } from "../../proxy/calls.js";
import { composeFile, featureFiles, featureText, withRules } from "../../proxy/files.js";

const features = Object.keys(featureFiles) as (keyof typeof featureFiles)[];
const id = "0123456789abcdef".repeat(4);

interface Service {
  readonly image?: string;
  readonly build?: unknown;
}

describe("the socket proxy's rules", () => {
  test("are committed as `npm run generate:proxy` writes them", () => {
    const compose = readFileSync(composeFile, "utf8");
    expect(compose).toBe(withRules(compose));
    for (const feature of features) expect(readFileSync(featureFiles[feature].file, "utf8")).toBe(featureText(feature));
  });

  test("let through every call of the product where its feature's file is merged, and only there", async () => {
    const examples: Readonly<Record<string, string>> = {
      ...{ container: id, exec: id, network: id, networkName: "home_default" },
      ...{ image: `127.0.0.1:5000/some/app@sha256:${id}`, lease: "fairlead-lease.default.7.asked" },
      ...{ swarmId: "jj3kx2f7x1wg860pk6p5z9qwg" },
    };
    const [core, all] = [await readAllowlist(), await readAllowlist(...features)];
    for (const { method, path, feature, bare } of calls) {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => examples[name]!);
      const example = bare === true ? filled : `/v1.41${filled}`;
      expect([example, all(method, example)]).toEqual([example, true]);
      expect([example, core(method, example)]).toEqual([example, feature === "core"]);
      for (const one of features) {
        expect((await readAllowlist(one))(method, example)).toBe(feature === "core" || feature === one);
      }
    }
  });

  test.each([
    ["GET", "/v1.51/info"],
    ["POST", `/v1.41/images/notarock/portfolio-ng@sha256:${id}/tag`],
    ["POST", `/v1.41/images/sha256:${id}/tag`],
    ["DELETE", "/v1.41/volumes/fairlead-lease.default.7"],
    ["DELETE", "/v1.41/images/fairlead/keep:home.portfolio.r1"],
  ])("pass %s %s", async (method, path) => {
    expect((await readAllowlist())(method, path)).toBe(true);
  });

  test.each([
    ["POST", "/v1.41/containers/home-web-1/exec"],
    ["POST", `/v1.41/exec/${id}/resize`],
    ["GET", `/v1.41/exec/${id}/start`],
    ["POST", `/v1.41/containers/${id}/attach`],
    ["POST", "/v1.41/containers/home-web-1/kill"],
    ["POST", `/v1.41/containers/${id}/start/exec`],
    ["GET", `/v1.41/containers/${id}/archive`],
    ["PUT", "/v1.41/containers/home-web-1/archive"],
    ["PUT", `/v1.41/images/${id}/archive`],
    ["GET", `/v1.41/containers/${id}/export`],
    ["GET", "/v1.41/images/node:24-slim/get"],
    ["GET", `/v1.41/images/../containers/${id}/archive/json`],
    ["GET", "/v1.41/version/secrets"],
    ["POST", "/v1.41/build/prune"],
    ["POST", "/v1.41/build/cancel"],
    ["POST", "/v1.41/commit"],
    ["POST", "/v1.41/images/load"],
    ["POST", "/v1.41/images/node/push"],
    ["POST", `/v1.41/images/../containers/${id}/tag`],
    ["POST", "/v1.41/containers/prune"],
    ["POST", "/v1.41/volumes/prune"],
    ["POST", "/v1.41/swarm/init"],
    ["GET", "/v1.41/swarm"],
    ["GET", "/v1.41/swarm/unlockkey"],
    ["POST", "/v1.41/swarm/leave"],
    ["POST", "/v1.41/nodes/jj3kx2f7x1wg860pk6p5z9qwg/update"],
    ["DELETE", "/v1.41/services/home_web"],
    ["POST", "/v1.41/secrets/jj3kx2f7x1wg860pk6p5z9qwg/update"],
    ["POST", "/v1.41/plugins/pull"],
    ["POST", "/containers/create"],
    ["DELETE", "/v1.41/volumes/data"],
    ["DELETE", "/v1.41/volumes/fairlead-lease.data"],
    ["DELETE", "/v1.41/volumes/fairlead-lease.default.7.data"],
    ["DELETE", "/v1.41/networks/home_default"],
    ["DELETE", "/v1.41/images/../volumes/data"],
    ["DELETE", "/v1.41/containers/home-web-1"],
    ["HEAD", "/version"],
  ])("refuse %s %s, with every feature", async (method, path) => {
    expect((await readAllowlist(...features))(method, path)).toBe(false);
  });
});

test("every image of compose.yml that is not built here is pinned by its version and its digest", () => {
  const { services } = load(readFileSync(composeFile, "utf8")) as { services: Record<string, Service> };
  const pulled = Object.values(services).filter(({ build }) => build === undefined);
  expect(pulled.length).toBeGreaterThan(1);
  for (const { image } of pulled) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
});
