import { describe, expect, it } from "vitest";
import type { Digest } from "../../../../src/compose/values/image.js";
import type { SignatureMaterial } from "../../../../src/signatures/material.js";
import { imageNamed, materialsOf, stored } from "../../signatures/by-cosign/stored.js";
import { connect, failure, fakeRegistry, image } from "../connection.js";
import { digestOf, manifestReply, oci, ociIndex, type Reply, type Seen } from "../fake-registry.js";

const base = "/v2/acme/web";
const none: Reply = { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" };
const amd64 = { os: "linux", architecture: "amd64", variant: undefined };

/** A registry with what cosign has pushed, by the tags it has made. */
function answer({ url }: Seen): Reply {
  const [, kind, name = ""] = /^\/v2\/acme\/web\/(manifests|blobs)\/(.*)$/.exec(url) ?? [];
  if (kind === "blobs" && stored.blobs[name] !== undefined) {
    return { status: 200, headers: {}, body: Buffer.from(stored.blobs[name], "base64") };
  }
  const manifest = kind === "manifests" ? stored.manifests[name] : undefined;
  return manifest === undefined ? none : manifestReply(manifest.body, manifest.mediaType);
}

/** The same with the API for referrers, in pages of one. */
function withReferrers(seen: Seen): Reply {
  const match = /^\/v2\/acme\/web\/referrers\/(sha256:[0-9a-f]+)(?:\?page=(\d+))?$/.exec(seen.url);
  if (match === null) return seen.url.includes("manifests/sha256-") ? none : answer(seen);
  const [, digest = "", page = "0"] = match;
  const index = stored.manifests[digest.replace(":", "-")];
  const { manifests } = (index === undefined ? { manifests: [] } : JSON.parse(index.body)) as { manifests: unknown[] };
  const at = Number(page);
  const link = at + 1 < manifests.length ? { link: `<${base}/referrers/${digest}?page=${at + 1}>; rel="next"` } : {};
  const body = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: manifests.slice(at, at + 1) });
  return { status: 200, headers: { "content-type": ociIndex, ...link }, body };
}

async function read(reply: typeof answer, digest: Digest, enough = () => false) {
  const fake = await fakeRegistry(reply);
  const registry = await connect();
  const found: SignatureMaterial[] = [];
  const result = await registry.signatures(image(fake.host), digest, (material) => {
    found.push(material);
    return enough();
  });
  return { ...result, found, lines: fake.lines() };
}

describe("what lies beside an image", () => {
  it.each(["bundle", "simple", "both", "part"])("is found by cosign's tags: %s", async (name) => {
    expect((await read(answer, imageNamed(name))).found).toEqual(materialsOf(name));
  });

  it.each(["bundle", "rotated", "part"])("is found by the API for referrers, page by page: %s", async (name) => {
    const { found } = await read(withReferrers, imageNamed(name));
    expect(new Set(found.map((one) => JSON.stringify(one)))).toEqual(
      new Set(materialsOf(name).map((one) => JSON.stringify(one))),
    );
  });

  it("is the newest first, and no more than is enough", async () => {
    const { found, read: count } = await read(answer, imageNamed("rotated"), () => true);
    expect(found).toEqual([materialsOf("rotated").at(-1)]);
    expect(count).toBe(1);
  });

  it("is nothing where there is nothing, after three questions", async () => {
    const digest = imageNamed("unsigned");
    const { found, lines, more } = await read(answer, digest);
    expect([found, more]).toEqual([[], false]);
    const tag = digest.replace(":", "-");
    expect(lines).toEqual([
      `GET ${base}/referrers/${digest}`,
      `GET ${base}/manifests/${tag}`,
      `GET ${base}/manifests/${tag}.sig`,
    ]);
  });

  it.each([400, 404, 405, 406, 415, 501])("is looked for elsewhere where the API answers %i", async (status) => {
    const reply = (seen: Seen): Reply => (seen.url.includes("/referrers/") ? { status } : answer(seen));
    expect((await read(reply, imageNamed("bundle"))).found).toHaveLength(1);
  });

  it.each([
    [500, "RegistryUnavailable"],
    [429, "RateLimited"],
    [403, "Unauthorized"],
  ] as const)("is not known where a part of it answers %i", async (status, code) => {
    for (const part of ["/referrers/", "/manifests/sha256-", "/blobs/"]) {
      const fake = await fakeRegistry((seen) => (seen.url.includes(part) ? { status } : answer(seen)));
      const asked = (await connect()).signatures(image(fake.host), imageNamed("bundle"), () => false);
      expect((await failure(asked)).code).toBe(code);
    }
  });

  it("is not believed where it is not what its digest says", async () => {
    const changed = (seen: Seen): Reply =>
      seen.url.includes("/blobs/") ? { status: 200, body: "other" } : answer(seen);
    const fake = await fakeRegistry(changed);
    const asked = (await connect()).signatures(image(fake.host), imageNamed("bundle"), () => false);
    expect((await failure(asked)).code).toBe("RegistryUnavailable");
  });

  it("is only so much of the many that somebody may have pushed", async () => {
    const subject = imageNamed("unsigned");
    const blob = JSON.stringify({ mediaType: "none" });
    const layer = {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      digest: digestOf(blob),
      size: blob.length,
    };
    const bodies = Array.from({ length: 1000 }, (_, index) =>
      JSON.stringify({
        schemaVersion: 2,
        layers: [layer],
        annotations: { index: String(index) },
        subject: { digest: subject },
      }),
    );
    const manifests = bodies.map((body) => ({ mediaType: oci, digest: digestOf(body), size: body.length }));
    const byDigest = new Map(bodies.map((body) => [digestOf(body), body]));
    const {
      read: count,
      more,
      lines,
    } = await read((seen) => {
      const name = seen.url.split("/").at(-1) as Digest;
      if (seen.url.includes("/blobs/")) return { status: 200, body: blob };
      if (name === subject.replace(":", "-")) return manifestReply(JSON.stringify({ manifests }), ociIndex);
      const body = byDigest.get(name);
      return body === undefined ? none : manifestReply(body);
    }, subject);
    expect([count, more]).toEqual([100, true]);
    expect(lines.length).toBeLessThan(250);
  });

  it("is nothing that belongs to another image, and nothing large", async () => {
    const blob = "x".repeat(300_000);
    const layer = {
      mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
      digest: digestOf(blob),
      size: blob.length,
    };
    const other = JSON.stringify({
      schemaVersion: 2,
      layers: [{ ...layer, size: 1 }],
      subject: { digest: imageNamed("bundle") },
    });
    const large = JSON.stringify({ schemaVersion: 2, layers: [layer] });
    const { found, lines } = await read(({ url }) => {
      if (url.endsWith(".sig")) return manifestReply(large);
      if (url.includes("manifests/sha256-"))
        return manifestReply(JSON.stringify({ manifests: [{ digest: digestOf(other) }] }), ociIndex);
      return url.endsWith(digestOf(other)) ? manifestReply(other) : none;
    }, imageNamed("unsigned"));
    expect(found).toEqual([]);
    expect(lines.some((line) => line.includes("/blobs/"))).toBe(false);
  });
});

describe("the parts of an index", () => {
  const entry = (seed: string, platform?: object) => ({
    mediaType: oci,
    digest: digestOf(seed),
    size: 1,
    ...(platform === undefined ? {} : { platform }),
  });
  const linux = (architecture: string, more: object = {}) => ({ os: "linux", architecture, ...more });

  it("are all that the host's engine could take", async () => {
    const manifests = [
      entry("a", linux("amd64")),
      entry("b", linux("amd64", { variant: "v3" })),
      entry("c", linux("386")),
      entry("d", linux("arm64")),
      entry("e", { os: "windows", architecture: "amd64" }),
      entry("f", { os: "unknown", architecture: "unknown" }),
      entry("g"),
    ];
    const body = JSON.stringify({ schemaVersion: 2, manifests });
    const fake = await fakeRegistry(() => manifestReply(body, ociIndex));
    const parts = await (await connect()).parts(image(fake.host), digestOf(body), amd64);
    expect(parts).toEqual(["a", "b", "c", "g"].map(digestOf));
  });

  it("are none of a plain image", async () => {
    const fake = await fakeRegistry(answer);
    expect(await (await connect()).parts(image(fake.host), imageNamed("bundle"), amd64)).toEqual([]);
  });
});
