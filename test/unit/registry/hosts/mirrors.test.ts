import { describe, expect, it } from "vitest";
import type { RegistrySettings } from "../../../../src/registry/client/settings.js";
import { connect, failure, fakeRegistry, image, login } from "../connection.js";
import { digestOf, imageManifest, manifestReply, type Fake, type Reply } from "../fake-registry.js";

const [old, fresh] = [imageManifest("old"), imageManifest("new")];
const amd64 = { os: "linux", architecture: "amd64", variant: undefined };
const about = (origin: Fake) => image(origin.host);

/** A registry behind mirrors that give these replies. */
async function stage(replies: readonly Reply[], options: { readonly resolve?: boolean; readonly origin?: Reply } = {}) {
  const { resolve = true, origin: reply = manifestReply(fresh) } = options;
  const origin = await fakeRegistry(() => reply);
  const mirrors: Fake[] = [];
  for (const [index, one] of replies.entries()) mirrors.push(await fakeRegistry(() => one, `127.0.0.${index + 2}`));
  const settings: RegistrySettings = {
    [origin.host]: { mirrors: mirrors.map(({ host }) => ({ url: `http://${host}`, resolve })) },
  };
  return { origin, mirrors, settings };
}
const counts = (...fakes: readonly Fake[]) => fakes.map(({ seen }) => seen.length);

const refusals: readonly (readonly [string, Reply])[] = [
  ["hangs up", "cut"],
  ["does not answer", "hang"],
  ["lacks it", { status: 404 }],
  ["wants a login", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }],
  ["forbids it", { status: 403 }],
  ["limits requests", { status: 429 }],
  ["is broken", { status: 502 }],
  ["is no registry", { status: 200, headers: { "content-type": "text/html" }, body: "<html>" }],
];

describe("a mirror", () => {
  it("that may resolve is asked for a tag before the registry, which is left alone", async () => {
    const { origin, mirrors, settings } = await stage([manifestReply(old)]);
    const registry = await connect(settings);
    expect(await registry.resolve(about(origin))).toBe(digestOf(old));
    expect(counts(origin, ...mirrors)).toEqual([0, 1]);
    expect(registry.requests).toEqual([`${mirrors[0]!.host} HEAD 200`]);
  });

  it("that may not is never asked for a tag, and hides no push", async () => {
    const { origin, mirrors, settings } = await stage([manifestReply(old)], { resolve: false });
    const registry = await connect(settings);
    expect(await registry.resolve(about(origin))).toBe(digestOf(fresh));
    await registry.listTags(about(origin)).catch(() => undefined);
    expect(counts(...mirrors)).toEqual([0]);
  });

  it("that may not is not asked for a tag either while the registry is away", async () => {
    const { origin, mirrors, settings } = await stage([manifestReply(old)], { resolve: false, origin: "cut" });
    expect(await failure((await connect(settings)).resolve(about(origin)))).toMatchObject({
      code: "RegistryUnavailable",
    });
    expect(counts(...mirrors)).toEqual([0]);
  });

  it.each(refusals)("that %s: the next one is asked, and the registry at last", async (_what, reply) => {
    const { origin, mirrors, settings } = await stage([reply, reply]);
    const registry = await connect(settings, undefined, 300);
    expect(await registry.resolve(about(origin))).toBe(digestOf(fresh));
    expect(registry.passed).toEqual(mirrors.map(({ host }) => `${origin.host} ${host}`));
  });

  it.each([...refusals, ["lies about the content", manifestReply(old)] as const])(
    "that %s gives no content",
    async (_what, reply) => {
      const { origin, mirrors, settings } = await stage([reply, manifestReply(fresh)], { resolve: false });
      const registry = await connect(settings, undefined, 300);
      const { config } = await registry.content(about(origin), digestOf(fresh), amd64);
      expect(config).toBe(digestOf("new"));
      expect(registry.passed).toEqual([`${origin.host} ${mirrors[0]!.host}`]);
      expect(counts(origin)).toEqual([0]);
    },
  );

  it("that lists no tags: the registry is asked", async () => {
    const { origin, settings } = await stage([{ status: 405 }], {
      origin: { status: 200, body: '{"tags":["1","2"]}' },
    });
    expect(await (await connect(settings)).listTags(about(origin))).toEqual(["1", "2"]);
  });

  it("gives what there is of contents while the registry is away", async () => {
    const { origin, settings } = await stage([manifestReply(fresh)], { resolve: false, origin: "cut" });
    const { config } = await (await connect(settings)).content(about(origin), digestOf(fresh), amd64);
    expect(config).toBe(digestOf("new"));
  });

  it("gets its own credentials, never the registry's", async () => {
    const challenge: Reply = { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } };
    const { origin, mirrors, settings } = await stage([challenge]);
    await (await connect(settings, login(origin.host))).resolve(about(origin));
    expect(mirrors[0]!.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    await (await connect(settings, login(mirrors[0]!.host))).resolve(about(origin));
    expect(mirrors[0]!.seen.map(({ headers }) => headers.authorization === undefined)).toEqual([true, true, false]);
    expect(origin.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it("that asks for patience gets it", async () => {
    const { origin, mirrors, settings } = await stage([{ status: 429, headers: { "retry-after": "60" } }]);
    const registry = await connect(settings);
    await registry.resolve(about(origin));
    await registry.advance(59_000);
    await registry.resolve(about(origin));
    expect(counts(origin, ...mirrors)).toEqual([2, 1]);
    await registry.advance(2_000);
    await registry.resolve(about(origin));
    expect(counts(origin, ...mirrors)).toEqual([3, 2]);
  });

  it("whose certificate file is none is told of, not passed over", async () => {
    const { origin, mirrors, settings } = await stage([manifestReply(fresh)]);
    const [mirror] = mirrors;
    const told = { ...settings, [mirror!.host]: { cert: "/no/such.pem", key: "/no/such.key" } };
    const error = await failure((await connect(told)).resolve(about(origin)));
    expect(error.code).toBe("ConfigInvalid");
    expect(error.message).toContain("/no/such.pem");
  });

  it("and the registry that both refuse: what the registry says is said", async () => {
    const { origin, settings } = await stage([{ status: 404 }], { origin: { status: 503 } });
    const error = await failure((await connect(settings)).resolve(about(origin)));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain("answered 503");
  });
});
