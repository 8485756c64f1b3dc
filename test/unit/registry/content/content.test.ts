import { describe, expect, it } from "vitest";
import type { Platform } from "../../../../src/control/ports/registry.js";
import { connect, failure, fakeRegistry, image } from "../connection.js";
import {
  digestOf,
  dockerList,
  dockerManifest,
  imageManifest,
  manifestReply,
  oci,
  ociIndex,
  type Fake,
} from "../fake-registry.js";

const amd64: Platform = { os: "linux", architecture: "x86_64", variant: undefined };
const arm: Platform = { os: "linux", architecture: "armv7l", variant: undefined };

type Entry = readonly [body: string, platform: object | undefined];

function indexOf(entries: readonly Entry[], type = ociIndex, note = ""): string {
  const manifests = entries.map(([body, platform]) => ({ digest: digestOf(body), size: body.length, platform }));
  return JSON.stringify({ schemaVersion: 2, mediaType: type, manifests, annotations: { note } });
}

/** A registry that holds these manifests, by digest. */
function store(...manifests: readonly (readonly [body: string, type: string])[]): Promise<Fake> {
  return fakeRegistry(({ url }) => {
    const found = manifests.find(([body]) => url.endsWith(digestOf(body)));
    return found === undefined ? { status: 404 } : manifestReply(...found);
  });
}

const linux = (architecture: string, variant?: string): object => ({ os: "linux", architecture, variant });

describe("content", () => {
  it.each([
    [oci, ociIndex],
    [dockerManifest, dockerList],
  ])("finds the platform's %s in a %s", async (imageType, indexType) => {
    const [one, two] = [imageManifest("amd64", imageType), imageManifest("arm", imageType)];
    const attestation = imageManifest("attestation");
    const index = indexOf(
      [
        [attestation, { os: "unknown", architecture: "unknown" }],
        [two, linux("arm", "v7")],
        [one, linux("amd64")],
      ],
      indexType,
    );
    const fake = await store([index, indexType], [one, imageType], [two, imageType]);
    const registry = await connect();
    const target = image(fake.host);
    expect(await registry.content(target, digestOf(index), amd64)).toEqual({
      manifest: digestOf(one),
      config: digestOf("amd64"),
    });
    expect(await registry.content(target, digestOf(index), arm)).toEqual({
      manifest: digestOf(two),
      config: digestOf("arm"),
    });
    expect(fake.lines().slice(0, 2)).toEqual([
      `GET /v2/acme/web/manifests/${digestOf(index)}`,
      `GET /v2/acme/web/manifests/${digestOf(one)}`,
    ]);
  });

  it("of a plain image is itself", async () => {
    const body = imageManifest("plain");
    const fake = await store([body, oci]);
    expect(await (await connect()).content(image(fake.host), digestOf(body), amd64)).toEqual({
      manifest: digestOf(body),
      config: digestOf("plain"),
    });
    expect(fake.seen).toHaveLength(1);
  });

  it("is equal for a rebuilt index over the same manifest", async () => {
    const body = imageManifest("same");
    const [before, after] = ["monday", "tuesday"].map((note) => indexOf([[body, linux("amd64")]], ociIndex, note));
    const fake = await store([body, oci], [before!, ociIndex], [after!, ociIndex]);
    const registry = await connect();
    const [one, two] = await Promise.all(
      [before!, after!].map((index) => registry.content(image(fake.host), digestOf(index), amd64)),
    );
    expect(digestOf(before!)).not.toBe(digestOf(after!));
    expect(one).toEqual(two);
  });

  it("is asked for once, also by many at the same time, and again only after a failure", async () => {
    const body = imageManifest("plain");
    const fake = await fakeRegistry((_request, count) => (count === 1 ? { status: 500 } : manifestReply(body)));
    const registry = await connect();
    const ask = (): Promise<unknown> => registry.content(image(fake.host), digestOf(body), amd64);
    await failure(ask());
    await Promise.all([ask(), ask(), ask()]);
    registry.invalidate();
    await ask();
    expect(fake.seen).toHaveLength(2);
  });

  it("is never believed when its bytes have another hash", async () => {
    const fake = await fakeRegistry(() => ({
      status: 200,
      headers: { "content-type": oci },
      body: imageManifest("evil"),
    }));
    const error = await failure((await connect()).content(image(fake.host), digestOf("good"), amd64));
    expect(error.code).toBe("RegistryUnavailable");
    expect(error.message).toContain(`${digestOf("good")} arrived as`);
  });

  it("names the platforms there are where none fits", async () => {
    const body = imageManifest("s390x");
    const index = indexOf([
      [body, linux("s390x")],
      [body, { os: "unknown", architecture: "unknown" }],
    ]);
    const fake = await store([index, ociIndex]);
    const error = await failure((await connect()).content(image(fake.host), digestOf(index), amd64));
    expect(error).toMatchObject({ code: "UnsupportedManifest", retry: "never" });
    expect(error.message).toContain("nothing for linux/amd64, only for linux/s390x");
    expect(error.message).not.toContain("unknown");
  });

  it("names the digest that is gone", async () => {
    const fake = await store();
    const error = await failure((await connect()).content(image(fake.host), digestOf("gone"), amd64));
    expect(error).toMatchObject({ code: "ImageNotFound" });
    expect(error.message).toContain(digestOf("gone"));
  });

  it.each(["[]", "{}", '{"manifests":[{"digest":"sha256:1"}]}', "nonsense", "null"])(
    "refuses the index %s",
    async (body) => {
      const fake = await store([body, ociIndex]);
      const error = await failure((await connect()).content(image(fake.host), digestOf(body), amd64));
      expect(error).toMatchObject({ code: "UnsupportedManifest" });
    },
  );

  it("refuses an index inside an index", async () => {
    const inner = indexOf([]);
    const outer = indexOf([[inner, linux("amd64")]]);
    const fake = await store([inner, ociIndex], [outer, ociIndex]);
    const error = await failure((await connect()).content(image(fake.host), digestOf(outer), amd64));
    expect(error.message).toContain("holds another index");
  });
});
