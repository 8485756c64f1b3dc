import { describe, expect, it } from "vitest";
import { connect, failure, fakeRegistry, image, login } from "../connection.js";
import { digestOf, imageManifest, manifestReply, oci, type Reply, type Seen } from "../fake-registry.js";

const json = (body: unknown, headers: Record<string, string | string[]> = {}): Reply => ({
  status: 200,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const path = "/v2/acme/web/tags/list";

/** Pages of a list, by the `last` that they are asked with; each names the next one by `link`. */
const pages =
  (link: (last: string, host: string) => string) =>
  ({ url, headers }: Seen): Reply => {
    const last = new URL(url, "http://registry").searchParams.get("last");
    const tags = last === null ? ["1.0", "1.1"] : last === "1.1" ? ["1.2"] : ["1.3", "latest"];
    const next = tags.at(-1) === "latest" ? {} : { link: link(tags.at(-1) ?? "", headers.host ?? "") };
    return json({ name: "acme/web", tags }, next);
  };

describe("the tags of a repository", () => {
  it("are those of one page where there is no other", async () => {
    const fake = await fakeRegistry(() => json({ name: "acme/web", tags: ["2", "1", "latest"] }));
    const registry = await connect();
    expect(await registry.listTags(image(fake.host))).toEqual(["2", "1", "latest"]);
    expect(fake.lines()).toEqual([`GET ${path}?n=1000`]);
  });

  it.each<[string, (last: string, host: string) => string]>([
    ["a path", (last) => `<${path}?n=2&last=${last}>; rel="next"`],
    ["a whole URL", (last, host) => `<http://${host}${path}?last=${last}>; rel="next"`],
    [
      "a whole URL of an address that only the registry's own network has",
      (last) => `<https://internal:5000${path}?last=${last}>; rel=next`,
    ],
    ["a query", (last) => `<?last=${last}>; rel="next"`],
    ["several links", (last) => `<${path}?last=x>; rel="prev", <${path}?last=${last}>; title="a, b"; rel="last next"`],
  ])("are those of all pages, the next one named by %s", async (_what, link) => {
    const fake = await fakeRegistry(pages(link));
    expect(await (await connect()).listTags(image(fake.host))).toEqual(["1.0", "1.1", "1.2", "1.3", "latest"]);
    expect(fake.seen).toHaveLength(3);
  });

  it.each([{ tags: null }, { tags: [] }, {}])("are none in %j", async (body) => {
    const fake = await fakeRegistry(() => json(body));
    expect(await (await connect()).listTags(image(fake.host))).toEqual([]);
  });

  it("are without what can be no tag", async () => {
    const fake = await fakeRegistry(() => json({ tags: ["1", "", "a b", "../x", "-1", "x".repeat(129), "é"] }));
    expect(await (await connect()).listTags(image(fake.host))).toEqual(["1"]);
  });

  it("are asked for without a size where that is refused", async () => {
    const fake = await fakeRegistry(({ url }) =>
      url.includes("n=")
        ? { status: 400, body: '{"errors":[{"code":"PAGINATION_NUMBER_INVALID"}]}' }
        : json({ tags: ["1"] }),
    );
    expect(await (await connect()).listTags(image(fake.host))).toEqual(["1"]);
  });

  it.each<[string, (request: Seen) => Reply, RegExp]>([
    ["405", () => ({ status: 405 }), /cannot be listed: \S+ answered 405/],
    ["501", () => ({ status: 501 }), /answered 501/],
    ["no list", () => json([1]), /what is no list of tags/],
    ["a list of other things", () => json({ tags: [1] }), /what is no list of tags/],
    ["no JSON", () => ({ status: 200, body: "<html>" }), /what is no list of tags/],
    ["pages in a circle", () => json({ tags: ["1"] }, { link: `<${path}?last=1>; rel="next"` }), /in a circle/],
    [
      "a next page elsewhere",
      () => json({ tags: ["1"] }, { link: '</v2/other/app/tags/list?last=1>; rel="next"' }),
      /address of something else/,
    ],
    [
      "too many",
      ({ url }) => {
        const at = Number(new URL(url, "http://r").searchParams.get("last") ?? "0");
        const tags = Array.from({ length: 5_000 }, (_, index) => `t${at + index}`);
        return json({ tags }, { link: `<${path}?last=${at + 5_000}>; rel="next"` });
      },
      /more than 20000/,
    ],
    [
      "pages without end",
      ({ url }) => {
        const at = Number(new URL(url, "http://r").searchParams.get("last") ?? "0");
        return json({ tags: [] }, { link: `<${path}?last=${at + 1}>; rel="next"` });
      },
      /more than 0/,
    ],
  ])("cannot be listed: %s", async (_what, reply, words) => {
    const fake = await fakeRegistry(reply);
    const error = await failure((await connect()).listTags(image(fake.host)));
    expect(error.code).toBe("TagsUnlisted");
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`${fake.host}/acme/web`);
    expect(error.remedy).toBeDefined();
    expect(fake.seen.length).toBeLessThan(310);
  });

  it.each([
    [404, "ImageNotFound", "has no repository"],
    [429, "RateLimited", "cannot be asked for the tags of"],
    [503, "RegistryUnavailable", "cannot be asked for the tags of"],
  ])("are refused with %i", async (status, code, words) => {
    const fake = await fakeRegistry(() => ({ status }));
    const error = await failure((await connect()).listTags(image(fake.host)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  it("are asked for with the right that the registry wants for lists, beside that for manifests", async () => {
    const body = imageManifest("one");
    const fake = await fakeRegistry(({ url, headers }): Reply => {
      if (url.startsWith("/token")) {
        const scope = new URL(url, "http://r").searchParams.get("scope") ?? "";
        return json({ token: Buffer.from(scope).toString("base64url"), expires_in: 3600 });
      }
      const wanted = `repository:acme/web:${url.includes("/tags/") ? "metadata_read" : "pull"}`;
      if (headers.authorization === `Bearer ${Buffer.from(wanted).toString("base64url")}`) {
        return url.includes("/tags/") ? json({ tags: ["1.2"] }) : manifestReply(body);
      }
      const challenge = `Bearer realm="http://${headers.host}/token",service="r",scope="${wanted}"`;
      return { status: 401, headers: { "www-authenticate": challenge } };
    });
    const registry = await connect({}, login(fake.host));
    for (let round = 0; round < 3; round += 1) {
      expect(await registry.listTags(image(fake.host))).toEqual(["1.2"]);
      expect(await registry.resolve(image(fake.host))).toBe(digestOf(body));
    }
    expect(registry.requests.filter((line) => line.endsWith("401")).length).toBeLessThanOrEqual(2);
    expect(fake.lines().filter((line) => line.includes("/token"))).toHaveLength(2);
  });
});

describe("when an image was made", () => {
  const platform = { os: "linux", architecture: "amd64", variant: undefined };
  const config = JSON.stringify({ created: "2026-01-31T12:00:00Z", architecture: "amd64" });
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: oci,
    config: { digest: digestOf(config), size: 1 },
    layers: [],
  });

  it("is what its config says, asked for once", async () => {
    const fake = await fakeRegistry(({ url }) =>
      url.includes("/blobs/") ? { status: 200, body: config } : manifestReply(body),
    );
    const registry = await connect();
    for (let round = 0; round < 2; round += 1) {
      expect(await registry.madeAt(image(fake.host), digestOf(body), platform)).toBe(
        Date.parse("2026-01-31T12:00:00Z"),
      );
    }
    expect(fake.lines()).toEqual([
      `GET /v2/acme/web/manifests/${digestOf(body)}`,
      `GET /v2/acme/web/blobs/${digestOf(config)}`,
    ]);
  });

  it("is not believed of another config", async () => {
    const fake = await fakeRegistry(({ url }) =>
      url.includes("/blobs/") ? { status: 200, body: "{}" } : manifestReply(body),
    );
    const error = await failure((await connect()).madeAt(image(fake.host), digestOf(body), platform));
    expect(error.code).toBe("RegistryUnavailable");
  });
});
