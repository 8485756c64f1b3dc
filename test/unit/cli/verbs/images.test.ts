import { expect, it } from "vitest";
import { images } from "../../../../src/cli/verbs/images.js";
import type { TagSurvey } from "../../../../src/control/surface/surface.js";
import { answering } from "./admin.js";

const surveys: Readonly<Record<string, TagSurvey>> = {
  web: {
    image: "docker.io/acme/web:1.4",
    policy: "semver ^1.4",
    tag: "1.4.3",
    digest: `sha256:${"a".repeat(64)}`,
    running: ["1.4.2"],
    candidates: [
      { tag: "1.4.3", verdict: "chosen", why: "the highest version by semver ^1.4" },
      { tag: "2.0.0", verdict: "unfit", why: "2.0.0 is not within ^1.4" },
    ],
    more: 7,
    kept: [
      {
        id: "sha256:1",
        digest: `sha256:${"a".repeat(64)}`,
        bytes: 90_000_000,
        revisions: [3],
        why: ["shop-web-1 runs"],
        isSpare: false,
      },
      { id: `sha256:${"b".repeat(64)}`, bytes: 80_000_000, revisions: [2], why: ["kept to go back to"], isSpare: true },
    ],
  },
  db: {
    image: "docker.io/acme/db:1",
    running: [],
    candidates: [],
    more: 0,
    problem: { reason: "RegistryUnavailable", message: "no\u001b[31m answer" },
  },
};

async function shown(name?: string, json = false): Promise<string> {
  const services = [...Object.keys(surveys), "gone"].map((service) => ({
    ...{ project: "shop", service },
    conditions: [{ type: "Ready", reason: service === "gone" ? "Orphaned" : "Converged" }],
  }));
  const { wiring, admin, printed } = await answering((url) => {
    const service = /\/shop\/(\w+)\/images$/.exec(url)?.[1];
    const body = service === undefined ? { services } : (surveys[service] ?? { error: "it follows no tag" });
    return { status: service === "gone" ? 409 : 200, body };
  });
  expect(await images(wiring, admin, name, json ? "json" : "table")).toBe(0);
  return printed();
}

it("shows one line a service, and what is wrong with it, fit for a terminal", async () => {
  const text = await shown();
  expect(text).toMatch(
    /^shop\/web +docker\.io\/acme\/web:1\.4 +semver \^1\.4 +1\.4\.3 +sha256:aaaaaaaaaaaa +- +1\.4\.2 +2 \(170 MB\) +-$/m,
  );
  expect(text).toMatch(/^shop\/db +docker\.io\/acme\/db:1 +the written tag +- +- +- +- +- +RegistryUnavailable: no/m);
  expect(text).not.toContain("\u001b");
  expect(text).not.toContain("VERDICT");
});

it("leaves out what no file declares any more, and says so of one that is named", async () => {
  expect(await shown()).not.toContain("gone");
  await expect(shown("gone")).rejects.toThrow("it follows no tag");
});

it("shows of one service what became of every tag", async () => {
  const text = await shown("web");
  expect(text).toMatch(/^1\.4\.3 +chosen +the highest version by semver \^1\.4$/m);
  expect(text).toMatch(/^sha256:aaaaaaaaaaaa +3 +90\.0 MB +shop-web-1 runs$/m);
  expect(text).toMatch(/^170 MB in all; .* at most 80\.0 MB would be given back/m);
  expect(text).toMatch(/^2\.0\.0 +unfit +2\.0\.0 is not within \^1\.4$/m);
  expect(text).toMatch(/^and 7 more$/m);
});

it("shows all of it as JSON", async () => {
  const { services } = JSON.parse(await shown("web", true)) as { services: readonly object[] };
  expect(services).toEqual([{ project: "shop", service: "web", ...surveys["web"] }]);
});
