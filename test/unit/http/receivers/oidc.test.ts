import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oidcCheck } from "../../../../src/http/receivers/oidc.js";
import { parsePattern } from "../../../../src/patterns/pattern.js";
import type { NamedReceiver, OidcRule } from "../../../../src/http/receivers/receiver.js";
import { serveHooks } from "../harness.js";

const audience = "https://deploy.example/hooks/r/ci";

/** An issuer as they are: its keys are where its discovery document says. */
async function openIssuer() {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  const asked: string[] = [];
  const state = { isUp: true };
  const server = createServer((req, res) => {
    asked.push(req.url ?? "");
    if (!state.isUp) res.writeHead(503).end();
    else if (req.url === "/.well-known/openid-configuration")
      res.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    else res.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const sign = (
    payload: JWTPayload,
    from = issuer,
    signer: Parameters<SignJWT["sign"]>[0] = privateKey,
    alg = "RS256",
  ) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg, kid: "k1" })
      .setIssuer(from)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(signer);
  return { issuer, asked, state, sign, close: () => server.close() };
}

let idp: Awaited<ReturnType<typeof openIssuer>>;
beforeAll(async () => {
  idp = await openIssuer();
});
afterAll(() => {
  idp.close();
});

const rule = (claims: Readonly<Record<string, string>> = { repository: "acme/*" }): OidcRule => ({
  issuer: idp.issuer,
  audience,
  claims: Object.fromEntries(Object.entries(claims).map(([name, text]) => [name, parsePattern(text)])),
});
const mine = { repository: "acme/shop", ref: "refs/heads/main" };

describe("a token", () => {
  test("is a proof if its issuer has signed it, for us, and it says what is asked for", async () => {
    const check = oidcCheck(rule({ repository: "acme/*", ref: "refs/heads/main" }));
    expect(await check(await idp.sign(mine))).toBeUndefined();
  });

  test("may name its issuer without the scheme, as Google's do", async () => {
    expect(await oidcCheck(rule())(await idp.sign(mine, idp.issuer.replace("http://", "")))).toBeUndefined();
  });

  test("is none where anything is missing or another's", async () => {
    const check = oidcCheck(rule());
    const other = await generateKeyPair("RS256");
    const shared = new TextEncoder().encode("a key that two share, and that is long enough");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify({ ...mine, iss: idp.issuer, aud: audience, exp: 9e9 })).toString("base64url")}.`;
    expect(await check(await idp.sign({ ref: "x" }))).toBe("its token does not fit: repository");
    expect(await check(await idp.sign({ repository: "evil/shop" }))).toBe("its token does not fit: repository");
    expect(await check(await idp.sign({ repository: ["acme/shop"] }))).toBe("its token does not fit: repository");
    expect(await check(await idp.sign(mine, "https://evil.example"))).toBe("its token does not fit: iss");
    expect(await check(await idp.sign(mine, idp.issuer, other.privateKey))).toBe("its token is no proof");
    expect(await check(await idp.sign(mine, idp.issuer, shared, "HS256"))).toBe("its token is no proof");
    for (const text of [none, "nonsense", "", "a.b.c"]) expect(await check(text)).toBe("its token is no proof");
    expect(await oidcCheck({ ...rule(), audience: "another" })(await idp.sign(mine))).toBe(
      "its token does not fit: aud",
    );
  });

  test("of Google's has to have shown that the address is its own", async () => {
    const check = oidcCheck(rule({ email: "push@acme.iam.example" }));
    const email = "push@acme.iam.example";
    expect(await check(await idp.sign({ email, email_verified: true }))).toBeUndefined();
    expect(await check(await idp.sign({ email, email_verified: false }))).toBe(
      "its token does not fit: email_verified",
    );
    expect(await check(await idp.sign({ email: "x", email_verified: true }))).toBe("its token does not fit: email");
  });

  test("is looked at again once its issuer answers; its keys are asked for once", async () => {
    const check = oidcCheck(rule());
    const token = await idp.sign(mine);
    idp.state.isUp = false;
    expect(await check(token)).toBe("its token cannot be checked: the issuer does not answer as one");
    idp.state.isUp = true;
    const before = idp.asked.length;
    expect([await check(token), await check(token)]).toEqual([undefined, undefined]);
    expect(idp.asked.slice(before)).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });
});

describe("a receiver for tokens", () => {
  const receiver = (): NamedReceiver => ({
    ...{ name: "ci", type: "generic", secrets: [], oidc: rule(), rules: {} },
    ...{ allowFrom: undefined, ratePerMinute: undefined },
  });
  const body = { service: "shop/web" };

  test("is opened by one, and by nothing else", async () => {
    const hooks = await serveHooks({ receivers: [receiver()] });
    const post = async (authorization?: string) =>
      hooks.post("/hooks/r/ci", body, authorization === undefined ? {} : { authorization });
    expect((await post(`Bearer ${await idp.sign(mine)}`)).json).toEqual({ enqueued: ["shop/web"] });
    expect((await post(`Bearer ${await idp.sign({ repository: "evil/shop" })}`)).status).toBe(401);
    expect((await post("Bearer x")).status).toBe(401);
    expect((await post()).status).toBe(404);
    expect((await hooks.post("/hooks/r/ci/", body)).status).toBe(404);
    const told = JSON.stringify(hooks.surface.told);
    expect(told).toContain("its token does not fit: repository");
    expect(told).not.toContain("eyJ");
  });
});
