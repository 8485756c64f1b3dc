import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, failure, fakeRegistry, image, login } from "./connection.js";
import { digestOf, imageManifest, manifestReply, type Fake, type Reply, type Seen } from "./fake-registry.js";

const body = imageManifest("one");
const basicBob = `Basic ${Buffer.from("bob:s3cret-pw").toString("base64")}`;

interface TokenRegistry {
  /** The token server's answer; default: a new token each time. */
  readonly token?: (request: Seen, count: number) => Reply;
  /** The registry's word on a token; default: good. */
  readonly judge?: (token: string, request: Seen) => Reply | undefined;
  /** What follows realm and service in the challenge. */
  readonly scope?: string;
}

/** One fake that is registry and token server, as Harbor, Quay and Gitea are. */
async function tokenRegistry({ token, judge, scope }: TokenRegistry = {}): Promise<Fake & { tokens: () => Seen[] }> {
  let minted = 0;
  const fake: Fake = await fakeRegistry((request) => {
    if (request.url.startsWith("/token")) {
      minted += 1;
      return (
        token?.(request, minted) ?? { status: 200, body: JSON.stringify({ token: `t${minted}`, expires_in: 100 }) }
      );
    }
    const repository = /^\/v2\/(.+)\/manifests\//.exec(request.url)?.[1] ?? "";
    const asked = scope ?? `,scope="repository:${repository}:pull"`;
    const challenge = `Bearer realm="http://${fake.host}/token",service="the registry, inc"${asked}`;
    const shown = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (shown === undefined) return { status: 401, headers: { "www-authenticate": challenge } };
    return judge?.(shown, request) ?? manifestReply(body);
  });
  return { ...fake, tokens: () => fake.seen.filter(({ url }) => url.startsWith("/token")) };
}

function query(seen: Seen | undefined): Record<string, string> {
  return Object.fromEntries(new URL(seen?.url ?? "", "http://x").searchParams);
}

describe("token authentication", () => {
  it("answers an anonymous challenge", async () => {
    const fake = await tokenRegistry();
    const registry = await connect();
    expect(await registry.resolve(image(fake.host))).toBe(digestOf(body));
    expect(query(fake.tokens()[0])).toEqual({ service: "the registry, inc", scope: "repository:acme/web:pull" });
    expect(fake.tokens()[0]?.headers.authorization).toBeUndefined();
    expect(registry.requests.map((line) => line.slice(fake.host.length + 1))).toEqual([
      "HEAD 401",
      "GET 200",
      "HEAD 200",
    ]);
  });

  it("logs in with the stored password", async () => {
    const fake = await tokenRegistry();
    await (await connect({}, login(fake.host))).resolve(image(fake.host));
    expect(query(fake.tokens()[0])).toMatchObject({ account: "bob" });
    expect(fake.tokens()[0]?.headers.authorization).toBe(basicBob);
    expect(fake.tokens()[0]?.url).not.toContain("s3cret");
  });

  it("asks for the image's own scope where the challenge names none", async () => {
    const fake = await tokenRegistry({ scope: "" });
    await (await connect()).resolve(image(fake.host));
    expect(query(fake.tokens()[0])).toMatchObject({ scope: "repository:acme/web:pull" });
  });

  it("takes access_token for token, and ignores an empty token", async () => {
    const shown: string[] = [];
    const fake = await tokenRegistry({
      token: () => ({ status: 200, body: JSON.stringify({ token: "", access_token: "xyz" }) }),
      judge: (token) => void shown.push(token),
    });
    await (await connect()).resolve(image(fake.host));
    expect(shown).toEqual(["xyz"]);
  });

  it("costs one HEAD once the token is there, and one token at a time", async () => {
    const fake = await tokenRegistry();
    const registry = await connect();
    await registry.resolve(image(fake.host));
    const before = fake.seen.length;
    for (const tag of ["1", "2", "3"]) await registry.resolve(image(fake.host, "acme/web", tag));
    expect(fake.lines().slice(before)).toEqual(["1", "2", "3"].map((tag) => `HEAD /v2/acme/web/manifests/${tag}`));
  });

  it("fetches a token for another repository without waiting for a 401", async () => {
    const fake = await tokenRegistry();
    const registry = await connect();
    await registry.resolve(image(fake.host, "acme/web"));
    await registry.resolve(image(fake.host, "acme/api"));
    expect(
      fake.seen.filter(({ headers, url }) => url.startsWith("/v2") && headers.authorization === undefined),
    ).toHaveLength(1);
    expect(fake.tokens().map(query)).toMatchObject([
      { scope: "repository:acme/web:pull" },
      { scope: "repository:acme/api:pull" },
    ]);
  });

  it("mints one token for many questions at once", async () => {
    const fake = await tokenRegistry();
    const registry = await connect();
    await Promise.all(["1", "2", "3", "4", "5", "6"].map((tag) => registry.resolve(image(fake.host, "acme/web", tag))));
    expect(fake.tokens()).toHaveLength(1);
  });

  it.each([
    ["expires_in", { expires_in: 100 }, 84_000, 86_000],
    ["the default of 60 s", {}, 50_000, 52_000],
    ["the default where it is nonsense", { expires_in: -5 }, 50_000, 52_000],
  ])("renews at 85 %% of %s", async (_what, life, fresh, stale) => {
    const fake = await tokenRegistry({
      token: (_r, n) => ({ status: 200, body: JSON.stringify({ token: `t${n}`, ...life }) }),
    });
    const registry = await connect();
    await registry.resolve(image(fake.host));
    await registry.advance(fresh);
    await registry.resolve(image(fake.host));
    expect(fake.tokens()).toHaveLength(1);
    await registry.advance(stale - fresh);
    await registry.resolve(image(fake.host));
    expect(fake.tokens()).toHaveLength(2);
  });

  it("replaces a token that the registry no longer takes, once", async () => {
    let revoked = "";
    const fake: Fake & { tokens: () => Seen[] } = await tokenRegistry({
      judge: (token) =>
        token === revoked
          ? {
              status: 401,
              headers: { "www-authenticate": `Bearer realm="http://${fake.host}/token",error="invalid_token"` },
            }
          : undefined,
    });
    const registry = await connect();
    await registry.resolve(image(fake.host));
    revoked = "t1";
    await registry.resolve(image(fake.host));
    expect(fake.tokens()).toHaveLength(2);
    revoked = "t2";
    await registry.resolve(image(fake.host));
    expect(fake.tokens()).toHaveLength(3);
  });

  it("starts anew after invalidate", async () => {
    const fake = await tokenRegistry();
    const registry = await connect();
    await registry.resolve(image(fake.host));
    registry.invalidate();
    await registry.resolve(image(fake.host));
    expect(fake.tokens()).toHaveLength(2);
  });

  it("keeps the tokens of two accounts apart: a new login counts at once", async () => {
    const fake = await tokenRegistry();
    const registry = await connect({}, login(fake.host));
    await registry.resolve(image(fake.host));
    await writeFile(join(registry.directory, "config.json"), "{}");
    await registry.resolve(image(fake.host));
    expect(fake.tokens().map(({ headers }) => headers.authorization)).toEqual([basicBob, undefined]);
    expect(fake.seen.at(-1)?.headers.authorization).toBe("Bearer t2");
  });

  it("prefers Bearer to Basic, in one header or two, whatever the case", async () => {
    const fake: Fake = await fakeRegistry(({ url, headers }) => {
      if (url.startsWith("/token")) return { status: 200, body: '{"token":"t"}' };
      if (headers.authorization === "Bearer t") return manifestReply(body);
      return {
        status: 401,
        headers: { "WWW-Authenticate": ['BASIC Realm="r, Bearer"', `bEARER REALM="http://${fake.host}/token"`] },
      };
    });
    await (await connect({}, login(fake.host))).resolve(image(fake.host));
    expect(fake.seen.at(-1)?.headers.authorization).toBe("Bearer t");
  });

  it("sends an identity token as a refresh token, in the body", async () => {
    const fake = await tokenRegistry();
    const config = {
      auths: { [fake.host]: { auth: Buffer.from("<token>:").toString("base64"), identitytoken: "id-t0ken" } },
    };
    await (await connect({}, config)).resolve(image(fake.host));
    const [asked] = fake.tokens();
    expect(asked).toMatchObject({ method: "POST", url: "/token" });
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      grant_type: "refresh_token",
      refresh_token: "id-t0ken",
      client_id: "fairlead",
      service: "the registry, inc",
      scope: "repository:acme/web:pull",
    });
  });

  it("falls back to GET where the token server has no POST", async () => {
    const fake = await tokenRegistry({
      token: ({ method }) => (method === "POST" ? { status: 404 } : { status: 200, body: '{"token":"t"}' }),
    });
    const config = { auths: { [fake.host]: { identitytoken: "id-t0ken" } } };
    await (await connect({}, config)).resolve(image(fake.host));
    expect(fake.tokens().map(({ method }) => method)).toEqual(["POST", "GET"]);
    expect(fake.tokens()[1]?.headers.authorization).toBe(`Basic ${Buffer.from("<token>:id-t0ken").toString("base64")}`);
  });
});

describe("refusals, told apart", () => {
  const insufficient = (realm: string): Reply => ({
    status: 401,
    headers: { "www-authenticate": `Bearer realm="${realm}",error="insufficient_scope"` },
  });

  it("private, nobody logged in", async () => {
    const fake: Fake = await tokenRegistry({ judge: () => insufficient(`http://${fake.host}/token`) });
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error.code).toBe("Unauthorized");
    expect(error.message).toContain("is private or does not exist, and no credentials are stored");
    expect(error.remedy).toContain(`docker login ${fake.host}`);
    expect(fake.lines().filter((line) => line.startsWith("HEAD"))).toHaveLength(2);
  });

  it("logged in, but not for this", async () => {
    const fake: Fake = await tokenRegistry({ judge: () => insufficient(`http://${fake.host}/token`) });
    const error = await failure((await connect({}, login(fake.host))).resolve(image(fake.host)));
    expect(error.code).toBe("Unauthorized");
    expect(error.message).toContain("may not be read with the stored credentials");
  });

  it("wrong password", async () => {
    const fake = await tokenRegistry({ token: () => ({ status: 401, body: "s3cret-pw is wrong" }) });
    const error = await failure((await connect({}, login(fake.host))).resolve(image(fake.host)));
    expect(error.code).toBe("Unauthorized");
    expect(error.message).toContain("refuses the stored user name or password");
    expect(JSON.stringify([error.message, error.remedy, String(error.cause)])).not.toContain("s3cret");
  });

  it("identity token revoked", async () => {
    const fake = await tokenRegistry({ token: () => ({ status: 400, body: '{"error":"invalid_grant"}' }) });
    const error = await failure(
      (await connect({}, { auths: { [fake.host]: { identitytoken: "x" } } })).resolve(image(fake.host)),
    );
    expect(error.message).toContain("refuses the stored identity token");
  });

  it("a token server that refuses the anonymous", async () => {
    const fake = await tokenRegistry({ token: () => ({ status: 401 }) });
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error.message).toContain("no credentials are stored");
  });

  it("a fresh token that is not believed", async () => {
    const fake: Fake = await tokenRegistry({
      judge: () => ({
        status: 401,
        headers: { "www-authenticate": `Bearer realm="http://${fake.host}/token",error="invalid_token"` },
      }),
    });
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error.message).toContain("refuses the token that its own token server has just issued");
  });

  it.each([
    [{}, "no credentials are stored"],
    ["login", "may not be read with the stored credentials"],
  ])("403 after login: %j", async (config, text) => {
    const fake = await tokenRegistry({ judge: () => ({ status: 403 }) });
    const error = await failure(
      (await connect({}, config === "login" ? login(fake.host) : config)).resolve(image(fake.host)),
    );
    expect(error).toMatchObject({ code: "Unauthorized" });
    expect(error.message).toContain(text);
  });

  it("name the image that was asked for, also where a token is asked for together", async () => {
    const fake = await tokenRegistry({ token: () => ({ status: 500 }) });
    const registry = await connect();
    const tags = ["1", "2", "3"];
    const errors = await Promise.all(tags.map((tag) => failure(registry.resolve(image(fake.host, "acme/web", tag)))));
    expect(errors.map(({ message }) => /acme\/web:(\d)/.exec(message)?.[1])).toEqual(tags);
  });

  it.each([false, true])("403 without a question for credentials, known host: %j", async (known) => {
    const fake = await fakeRegistry((_request, count) =>
      known && count === 1 ? manifestReply(body) : { status: 403 },
    );
    const registry = await connect();
    if (known) await registry.resolve(image(fake.host));
    expect(await failure(registry.resolve(image(fake.host)))).toMatchObject({ code: "Unauthorized" });
  });

  it("429 of the token server", async () => {
    const fake = await tokenRegistry({ token: () => ({ status: 429, headers: { "retry-after": "0.5" } }) });
    expect(await failure((await connect()).resolve(image(fake.host)))).toMatchObject({
      code: "RateLimited",
      retryAfterMs: 500,
    });
  });

  it.each(["", "{}", '{"token":7}', '{"token":"a\\r\\nb"}', "<html>"])(
    "a token server that answers %j",
    async (text) => {
      const fake = await tokenRegistry({ token: () => ({ status: 200, body: text }) });
      const error = await failure((await connect()).resolve(image(fake.host)));
      expect(error.code).toBe("RegistryUnavailable");
      expect(error.message).toContain("without a token");
    },
  );

  it.each(["cut", { status: 500 }, { status: 404 }] satisfies Reply[])(
    "a token server that fails: %j",
    async (reply) => {
      const fake = await tokenRegistry({ token: () => reply });
      expect(await failure((await connect()).resolve(image(fake.host)))).toMatchObject({ code: "RegistryUnavailable" });
    },
  );

  it.each([undefined, "Negotiate", "Bearer", 'Bearer realm="nonsense"', 'Bearer realm="file:///x"'])(
    "a challenge that cannot be answered: %s",
    async (challenge) => {
      const headers: Record<string, string> = challenge === undefined ? {} : { "www-authenticate": challenge };
      const fake = await fakeRegistry(() => ({ status: 401, headers }));
      const error = await failure((await connect()).resolve(image(fake.host)));
      expect(["Unauthorized", "RegistryUnavailable"]).toContain(error.code);
      expect(fake.seen).toHaveLength(1);
    },
  );
});

describe("basic authentication", () => {
  const challenge = { status: 401, headers: { "www-authenticate": 'Basic realm="Registry"' } };
  const guarded = (): Promise<Fake> =>
    fakeRegistry(({ headers }) => (headers.authorization === basicBob ? manifestReply(body) : challenge));

  it("shows the password after the first 401 without being asked again", async () => {
    const fake = await guarded();
    const registry = await connect({}, login(fake.host));
    await registry.resolve(image(fake.host));
    await registry.resolve(image(fake.host, "acme/api"));
    expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, basicBob, basicBob]);
  });

  it("says that nobody is logged in", async () => {
    const fake = await guarded();
    const error = await failure((await connect()).resolve(image(fake.host)));
    expect(error.message).toContain("no credentials are stored");
    expect(fake.seen).toHaveLength(1);
  });

  it("says that the password is wrong, and does not try it again in the same question", async () => {
    const fake = await guarded();
    const auth = Buffer.from("bob:wr0ng-pw").toString("base64");
    const registry = await connect({}, { auths: { [fake.host]: { auth } } });
    const error = await failure(registry.resolve(image(fake.host)));
    expect(error.message).toContain("refuses the stored user name or password");
    expect(error.message).not.toContain("wr0ng");
    expect(fake.seen).toHaveLength(2);
    await failure(registry.resolve(image(fake.host)));
    expect(fake.seen).toHaveLength(3);
  });

  it("sends a mirror its own credentials, never the registry's", async () => {
    const fake = await guarded();
    const hub = await connect({ "docker.io": { mirror: `http://${fake.host}` } }, login("https://index.docker.io/v1/"));
    await failure(hub.resolve(image("docker.io")));
    expect(fake.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    const mirror = await connect({ "docker.io": { mirror: `http://${fake.host}` } }, login(fake.host));
    await mirror.resolve(image("docker.io"));
    expect(fake.seen.at(-1)?.headers.authorization).toBe(basicBob);
  });
});

describe("config.json", () => {
  it("is not needed for a public image, however broken", async () => {
    const fake = await fakeRegistry(() => manifestReply(body));
    await (await connect({}, "nonsense")).resolve(image(fake.host));
  });

  it("has its helpers asked anew after invalidate", async () => {
    const path = process.env.PATH;
    onTestFinished(() => {
      process.env.PATH = path;
    });
    const registry = await connect({}, { credsStore: "count" });
    const { directory } = registry;
    process.env.PATH = `${directory}:${path ?? ""}`;
    const program = join(directory, "docker-credential-count");
    await writeFile(program, `#!/bin/sh\necho run >> ${directory}/runs\necho '{"Username":"bob","Secret":"pw"}'\n`);
    await chmod(program, 0o755);
    await registry.credentials("ghcr.io");
    await registry.credentials("ghcr.io");
    registry.invalidate();
    await registry.credentials("ghcr.io");
    expect(await readFile(join(directory, "runs"), "utf8")).toBe("run\nrun\n");
  });

  it("stops a login when it is broken", async () => {
    const fake = await tokenRegistry();
    expect(await failure((await connect({}, "nonsense")).resolve(image(fake.host)))).toMatchObject({
      code: "ConfigInvalid",
    });
  });
});
