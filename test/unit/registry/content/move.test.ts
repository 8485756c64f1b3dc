import { describe, expect, it } from "vitest";
import { MemoryRegistry } from "../../../simulator/registry.js";
import { describeTags } from "../../../contract/registry/registry.js";
import { formatImage, parseImage } from "../../../../src/compose/values/image.js";
import { connect, failure, fakeRegistry, image, login } from "../connection.js";
import {
  digestOf,
  dockerList,
  imageManifest,
  manifestReply,
  oci,
  ociIndex,
  type Fake,
  type Reply,
  type Seen,
} from "../fake-registry.js";

/** Spaces that a parser would lose: what is put is bytes. */
const manifest = `${imageManifest("one")}  \n`;
const digest = digestOf(manifest);
const source = `/v2/acme/web/manifests/${digest}`;
const target = "/v2/acme/web/manifests/latest";
const created = (body: string): Reply => ({ status: 201, headers: { "docker-content-digest": digestOf(body) } });

interface Rules {
  /** On a PUT; default: it takes it. */
  readonly put?: (request: Seen, count: number) => Reply | undefined;
  readonly any?: (request: Seen) => Reply | undefined;
  readonly type?: string;
}

/** It keeps what it is given, by tag and by digest. */
async function storing({ put, any, type = oci }: Rules = {}): Promise<
  Fake & { readonly store: Map<string, { type: string; body: string }>; readonly puts: () => Seen[] }
> {
  const store = new Map<string, { type: string; body: string }>([[digest, { type, body: manifest }]]);
  let count = 0;
  const fake = await fakeRegistry((request) => {
    const early = any?.(request);
    if (early !== undefined) return early;
    if (request.url.endsWith("/tags/list") || request.url.includes("/tags/list?")) {
      const tags = [...store.keys()].filter((name) => !name.startsWith("sha256:"));
      return { status: 200, body: JSON.stringify({ tags }) };
    }
    const reference = decodeURIComponent(request.url.split("/manifests/")[1] ?? "");
    if (request.method !== "PUT") {
      const found = store.get(reference);
      return found === undefined ? { status: 404 } : manifestReply(found.body, found.type);
    }
    count += 1;
    const answer = put?.(request, count);
    if (answer !== undefined) return answer;
    const kept = { type: request.headers["content-type"] ?? "", body: request.body };
    store.set(reference, kept).set(digestOf(request.body), kept);
    return created(request.body);
  });
  return { ...fake, store, puts: () => fake.seen.filter(({ method }) => method === "PUT") };
}

describeTags("a registry in memory", () => {
  const registry = new MemoryRegistry(() => undefined);
  const own = parseImage("reg.example/acme/web");
  let count = 0;
  return Promise.resolve({
    registry,
    image: own,
    publish: (tag) => {
      count += 1;
      return Promise.resolve(registry.publish(formatImage({ ...own, tag }), digestOf(`image ${count}`)));
    },
  });
});

describeTags("a registry over HTTP", async () => {
  const fake = await storing();
  fake.store.clear();
  let count = 0;
  return {
    registry: await connect(),
    image: image(fake.host),
    publish: (tag) => {
      count += 1;
      const body = imageManifest(`image ${count}`);
      fake.store.set(tag, { type: oci, body }).set(digestOf(body), { type: oci, body });
      return Promise.resolve(digestOf(body));
    },
  };
});

describe("a tag that is moved", () => {
  it.each([oci, ociIndex, dockerList])("is put with the very bytes and the type %s", async (type) => {
    const fake = await storing({ type });
    const registry = await connect();
    expect(await registry.moveTag(image(fake.host), "latest", digest)).toEqual({ from: undefined });
    expect(fake.lines()).toEqual([`HEAD ${target}`, `GET ${source}`, `PUT ${target}`]);
    const [put] = fake.puts();
    expect(put?.body).toBe(manifest);
    expect(put?.headers).toMatchObject({ "content-type": type, "content-length": String(manifest.length) });
  });

  it("costs one question where it is there already", async () => {
    const fake = await storing();
    fake.store.set("latest", { type: oci, body: manifest });
    expect(await (await connect()).moveTag(image(fake.host), "latest", digest)).toEqual({ from: digest });
    expect(fake.lines()).toEqual([`HEAD ${target}`]);
  });

  it("is asked for again where the registry names no digest", async () => {
    const silent = await storing({
      put: ({ body, headers }) => {
        silent.store.set("latest", { type: headers["content-type"] ?? "", body });
        return { status: 201 };
      },
    });
    await (await connect()).moveTag(image(silent.host), "latest", digest);
    expect(silent.lines().at(-1)).toBe(`HEAD ${target}`);
    const forgetful = await storing({ put: () => ({ status: 201 }) });
    const error = await failure((await connect()).moveTag(image(forgetful.host), "latest", digest));
    expect(error.message).toContain(`it has put nothing under latest in place of ${digest}`);
  });

  it("is refused where the registry has made something else of it", async () => {
    const fake = await storing({ put: () => created("else") });
    const error = await failure((await connect()).moveTag(image(fake.host), "latest", digest));
    expect([error.code, error.message]).toEqual([
      "RegistryUnavailable",
      expect.stringContaining(`it has put ${digestOf("else")} under latest in place of ${digest}`),
    ]);
  });

  it("is not moved where the source is not what its digest says", async () => {
    const fake = await storing({
      any: ({ url, method }) => (method === "GET" && url === source ? manifestReply("{}") : undefined),
    });
    const error = await failure((await connect()).moveTag(image(fake.host), "latest", digest));
    expect([error.code, fake.puts().length]).toEqual(["RegistryUnavailable", 0]);
  });

  it("is asked and moved at the registry itself, not at a mirror", async () => {
    const mirror = await fakeRegistry(() => manifestReply(manifest));
    const origin = await storing();
    const registry = await connect({ [origin.host]: { mirror: `http://${mirror.host}` } });
    await registry.moveTag(image(origin.host), "latest", digest);
    expect([mirror.seen.length, origin.seen.length]).toEqual([0, 3]);
    await registry.resolve(image(origin.host));
    expect([mirror.seen.length, origin.seen.length]).toEqual([1, 3]);
  });

  it("is not sent to whom the registry names", async () => {
    const stranger = await fakeRegistry(() => created(manifest));
    const fake = await storing({
      put: () => ({ status: 307, headers: { location: `http://${stranger.host}${target}` } }),
    });
    const error = await failure((await connect()).moveTag(image(fake.host), "latest", digest));
    expect([error.code, stranger.seen.length]).toEqual(["PushRefused", 0]);
    expect(error.message).toContain("answered 307");
  });

  it("is taken by the token's right to push, asked for by its scope", async () => {
    const scopes: (string | null)[] = [];
    const fake: Fake = await storing({
      any: ({ url, headers, method }) => {
        if (url.startsWith("/token")) {
          const scope = new URL(url, "http://x").searchParams.get("scope");
          scopes.push(scope);
          return { status: 200, body: JSON.stringify({ token: scope?.includes("push") ? "push" : "pull" }) };
        }
        const shown = headers.authorization ?? "";
        const wanted = method === "PUT" ? "Bearer push" : "Bearer p";
        if (shown.startsWith(wanted)) return undefined;
        const scope = `repository:acme/web:pull${method === "PUT" ? ",push" : ""}`;
        return {
          status: 401,
          headers: { "www-authenticate": `Bearer realm="http://${fake.host}/token",service="r",scope="${scope}"` },
        };
      },
    });
    const registry = await connect({}, login(fake.host));
    await registry.moveTag(image(fake.host), "latest", digest);
    expect(scopes).toEqual(["repository:acme/web:pull", "repository:acme/web:pull,push"]);
    await registry.resolve(image(fake.host, "acme/web", "latest"));
    expect(scopes).toHaveLength(2);
  });

  it.each<[string, Reply, string, RegExp]>([
    [
      "405",
      { status: 405, body: errors("UNSUPPORTED", "The operation is unsupported.") },
      "PushRefused",
      /answered 405; it says: UNSUPPORTED: The operation/,
    ],
    ["501", { status: 501 }, "PushRefused", /answered 501$/],
    [
      "400",
      { status: 400, body: errors("TAG_INVALID", "the tag is immutable") },
      "PushRefused",
      /it says: TAG_INVALID: the tag is immutable/,
    ],
    [
      "412",
      { status: 412, body: errors("PRECONDITION", "\u001b[31mred https://u:p@x/?t=1") },
      "PushRefused",
      /it says: PRECONDITION: /,
    ],
    ["404", { status: 404 }, "PushRefused", /answered 404/],
    [
      "403",
      { status: 403, body: errors("DENIED", "not your tag") },
      "Unauthorized",
      /no credentials are stored; it says: DENIED: not your tag/,
    ],
    ["429", { status: 429, headers: { "retry-after": "60" } }, "RateLimited", /limits the rate/],
    ["503", { status: 503, headers: { "retry-after": "60" } }, "RegistryUnavailable", /answered 503/],
  ])("that is answered with %s is told", async (_what, reply, code, words) => {
    const fake = await storing({ put: () => reply });
    const error = await failure((await connect()).moveTag(image(fake.host), "latest", digest));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`${fake.host}/acme/web:latest`);
    expect(error.message).not.toMatch(/u:p@|t=1|\u001b/);
    expect(error.remedy).not.toBe("");
  });

  it("that a login may not move says which right is missing, and asks with a new token once it has it", async () => {
    let tokens = 0;
    let isAllowed = false;
    const fake: Fake = await storing({
      any: ({ url, headers, method }) => {
        if (url.startsWith("/token")) {
          tokens += 1;
          return { status: 200, body: JSON.stringify({ token: `t${tokens}${isAllowed ? "w" : "r"}` }) };
        }
        if (headers.authorization === undefined) {
          return {
            status: 401,
            headers: { "www-authenticate": `Bearer realm="http://${fake.host}/token",service="r"` },
          };
        }
        return method === "PUT" && headers.authorization.endsWith("r") ? { status: 403 } : undefined;
      },
    });
    const registry = await connect({}, login(fake.host));
    const error = await failure(registry.moveTag(image(fake.host), "latest", digest));
    expect([error.code, error.message]).toEqual([
      "Unauthorized",
      expect.stringContaining("may not be pushed to with the stored"),
    ]);
    expect(error.remedy).toContain("write:packages");
    isAllowed = true;
    expect(await registry.moveTag(image(fake.host), "latest", digest)).toEqual({ from: undefined });
  });

  it("over Basic needs a login that may write", async () => {
    const fake = await storing({
      any: ({ headers }) =>
        headers.authorization === undefined
          ? { status: 401, headers: { "www-authenticate": "Basic realm=x" } }
          : undefined,
      put: () => ({ status: 403 }),
    });
    const error = await failure((await connect({}, login(fake.host))).moveTag(image(fake.host), "latest", digest));
    expect(error.message).toContain("may not be pushed to with the stored credentials");
    const anonymous = await failure((await connect()).moveTag(image(fake.host), "latest", digest));
    expect(anonymous.code).toBe("Unauthorized");
  });
});

function errors(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message, detail: { secret: "x" } }] });
}
