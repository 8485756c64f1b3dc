import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { latch } from "../../latch.js";
import { connect, failure, fakeRegistry, image } from "./connection.js";
import { digestOf, dockerList, dockerManifest, imageManifest, manifestReply, oci, ociIndex } from "./fake-registry.js";

const body = imageManifest("one");

describe("resolve", () => {
  it.each([oci, ociIndex, dockerManifest, dockerList])("takes the digest of one HEAD for %s", async (type) => {
    const fake = await fakeRegistry(() => manifestReply(body, type));
    const registry = await connect();
    expect(await registry.resolve(image(fake.host))).toBe(digestOf(body));
    expect(fake.lines()).toEqual(["HEAD /v2/acme/web/manifests/1.2"]);
    expect(registry.requests).toEqual([`${fake.host} HEAD 200`]);
  });

  it("accepts all four media types and identity encoding only", async () => {
    const fake = await fakeRegistry(() => manifestReply(body));
    await (await connect()).resolve(image(fake.host));
    const { accept, "accept-encoding": encoding } = fake.seen[0]!.headers;
    expect(accept?.split(", ").sort()).toEqual([oci, ociIndex, dockerManifest, dockerList].sort());
    expect(encoding).toBe("identity");
  });

  it("asks nobody for a reference that has a digest", async () => {
    const registry = await connect();
    const digest = digestOf("x");
    expect(await registry.resolve({ ...image("registry.invalid"), digest })).toBe(digest);
    expect(registry.requests).toEqual([]);
  });

  it("asks for latest where there is no tag", async () => {
    const fake = await fakeRegistry(() => manifestReply(body));
    await (await connect()).resolve({ ...image(fake.host), tag: undefined });
    expect(fake.lines()).toEqual(["HEAD /v2/acme/web/manifests/latest"]);
  });

  it("takes media type parameters and any case of header names", async () => {
    const headers = {
      "CONTENT-TYPE": `${ociIndex.toUpperCase()}; charset=utf-8`,
      "DOCKER-CONTENT-DIGEST": digestOf(body),
    };
    const fake = await fakeRegistry(() => ({ status: 200, headers }));
    expect(await (await connect()).resolve(image(fake.host))).toBe(digestOf(body));
  });

  it.each([
    ["without the digest header", { "content-type": oci }, 200],
    ["with a digest that is none", { "content-type": oci, "docker-content-digest": "sha256:short" }, 200],
    ["without a media type", { "docker-content-digest": digestOf("other") }, 200],
    ["with 405", {}, 405],
  ])("hashes the raw bytes of a GET where HEAD answers %s", async (_what, headers, status) => {
    const spaced = `  ${body}\n`;
    const fake = await fakeRegistry(({ method }) =>
      method === "HEAD" ? { status, headers } : { status: 200, headers: { "content-type": oci }, body: spaced },
    );
    const registry = await connect();
    expect(await registry.resolve(image(fake.host))).toBe(digestOf(spaced));
    expect(fake.lines()).toEqual(["HEAD /v2/acme/web/manifests/1.2", "GET /v2/acme/web/manifests/1.2"]);
  });

  it("refuses a body that is not what its own header says", async () => {
    const headers = { "content-type": oci, "docker-content-digest": digestOf("other") };
    const fake = await fakeRegistry(({ method }) =>
      method === "HEAD" ? { status: 200, headers: { "content-type": oci } } : { status: 200, headers, body },
    );
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain("arrived as");
  });

  it("never hashes an encoded body", async () => {
    const fake = await fakeRegistry(({ method }) => ({
      status: method === "HEAD" ? 405 : 200,
      headers: { "content-type": oci, "content-encoding": "gzip" },
      body: gzipSync(body),
    }));
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain("gzip");
  });

  it.each(["application/vnd.docker.distribution.manifest.v1+prettyjws", "text/html", ""])(
    "takes no digest of the media type %j",
    async (type) => {
      const fake = await fakeRegistry(() => manifestReply(body, type));
      expect(await failure((await connect()).resolve(image(fake.host)))).toMatchObject({
        code: "UnsupportedManifest",
        retry: "never",
      });
    },
  );

  it("asks a mirror instead of the registry, and counts it under the mirror's name", async () => {
    const fake = await fakeRegistry(() => manifestReply(body));
    const registry = await connect({ "docker.io": { mirror: `http://${fake.host}` } });
    expect(await registry.resolve(image("docker.io", "library/nginx", "1"))).toBe(digestOf(body));
    expect(fake.lines()).toEqual(["HEAD /v2/library/nginx/manifests/1"]);
    expect(registry.requests).toEqual([`${fake.host} HEAD 200`]);
  });

  it("asks at most three questions of a host at once, and all of them", async () => {
    const fake = await fakeRegistry(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return manifestReply(body);
    });
    const registry = await connect();
    await Promise.all(Array.from({ length: 12 }, (_, n) => registry.resolve(image(fake.host, `acme/app-${n}`))));
    expect(fake.peak()).toBe(3);
    expect(fake.seen).toHaveLength(12);
  });

  it("asks about a healthy repository beside half a dozen that hang, and at once where a hook has come", async () => {
    const hangs = latch();
    const fake = await fakeRegistry(async ({ url }) => {
      if (url.includes("hung")) await hangs.opened;
      return manifestReply(body);
    });
    const registry = await connect();
    const healthy = (urgent: boolean) => registry.resolve(image(fake.host, "acme/healthy"), urgent);
    const whileSixHang = async (urgent: boolean) => {
      const hung = Array.from({ length: 6 }, (_, n) => registry.resolve(image(fake.host, `acme/hung-${n}`)));
      const ends = hung.map((one) => one.catch(() => undefined).then(() => "a hung one"));
      const first = await Promise.race([healthy(urgent).then(() => "the healthy one"), ...ends]);
      return { first, allEnded: Promise.all(ends) };
    };
    const hook = await whileSixHang(true);
    expect(hook.first).toBe("the healthy one");
    await hook.allEnded;
    const inItsTurn = await whileSixHang(false);
    expect(inItsTurn.first, "those that hung are known").toBe("the healthy one");
    hangs.open();
    await inItsTurn.allEnded;
    expect(fake.peak()).toBeLessThanOrEqual(6);
  });

  it("reports the pulls that are left, and each warning once", async () => {
    const fake = await fakeRegistry(() => ({
      status: 200,
      headers: {
        ...manifestReply(body).headers,
        "ratelimit-remaining": "98;w=21600",
        warning: ['299 - "moving, see \\"docs\\"", 299 - "second"', '110 - "stale"'],
      },
    }));
    const registry = await connect();
    await registry.resolve(image(fake.host));
    await registry.resolve(image(fake.host));
    expect(registry.remaining).toEqual([98, 98]);
    expect(registry.warnings).toEqual([`${fake.host}: moving, see "docs"`, `${fake.host}: second`]);
  });
});
