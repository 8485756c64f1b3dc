import { afterAll, beforeAll, expect, it } from "vitest";
import type { KeyRule } from "../../../src/compose/model/policy/signature-rule.js";
import { judgeFor } from "../../../src/signatures/judge.js";
import { ensurePackages, enginePackages } from "../../sandbox/host/packages.js";
import { openRepository } from "../../sandbox/registry/push.js";
import { startRegistry, type SandboxRegistry } from "../../sandbox/registry/registry.js";
import { connect, image } from "../../unit/registry/connection.js";
import { imageNamed, keyNamed, stored } from "../../unit/signatures/by-cosign/stored.js";

let registry: SandboxRegistry;

beforeAll(async () => {
  await ensurePackages(enginePackages, () => undefined);
  registry = await startRegistry();
  const repository = openRepository(registry.url, "shop/web", undefined);
  for (const content of Object.values(stored.blobs)) {
    await repository.putBlob(Buffer.from(content, "base64"), "application/octet-stream");
  }
  // What an index lists has to be there before it.
  const all = Object.entries(stored.manifests);
  const isIndex = ([, { mediaType }]: (typeof all)[number]) => mediaType.includes("index");
  for (const [name, { mediaType, body }] of [...all.filter((one) => !isIndex(one)), ...all.filter(isIndex)]) {
    const put = await repository.putManifest(JSON.parse(body) as object, mediaType, name);
    if (name.startsWith("sha256:")) expect(put.digest).toBe(name);
  }
});

afterAll(() => registry.stop());

it.each([
  ["bundle", 1],
  ["simple", 1],
  ["both", 1],
  ["rotated", 1],
  ["part", 1],
  ["unsigned", 0],
  ["index", 0],
])("finds in a registry what cosign has put beside an image: %s", async (name, good) => {
  const rule: KeyRule = { kind: "keys", keys: [{ name: "release.pub", pem: keyNamed("release") }] };
  const judge = judgeFor(rule);
  const digest = imageNamed(name);
  const client = await connect();
  const target = image(registry.host, "shop/web", "latest");
  const verdicts: (string | undefined)[] = [];
  const { more } = await client.signatures(target, digest, (material) => {
    const fault = judge(material, digest);
    verdicts.push(fault);
    return fault === undefined;
  });
  expect(verdicts.filter((fault) => fault === undefined)).toHaveLength(good);
  expect(more).toBe(false);
  const parts = await client.parts(target, digest, { os: "linux", architecture: "x86_64", variant: undefined });
  expect(parts).toEqual(name === "index" ? [imageNamed("part")] : []);
});
