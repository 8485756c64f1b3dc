import { describe, expect, it } from "vitest";
import type { RegistryCredentials } from "../../../../src/control/ports/registry.js";
import { endpointOf } from "../../../../src/registry/client/endpoint.js";
import type { RegistrySettings } from "../../../../src/registry/client/settings.js";
import type { Subject } from "../../../../src/registry/faults/failure.js";
import { Authority } from "../../../../src/registry/login/authority.js";
import { Secret } from "../../../../src/tools/secret.js";
import { failure, image } from "../connection.js";

function subject(registry: string, repository = "acme/web", settings: RegistrySettings = {}): Subject {
  return { image: image(registry, repository), endpoint: endpointOf(registry, settings), urgent: false };
}

/** An authority whose token server is here; `asked` holds the scope of each question. */
function authority(credentials?: RegistryCredentials): {
  authority: Authority;
  asked: string[];
  referredFrom: (string | undefined)[];
} {
  const asked: string[] = [];
  const referredFrom: (string | undefined)[] = [];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const post: ConstructorParameters<typeof Authority>[0] = (_letter, { url, remote }) => {
    asked.push(url.searchParams.get("scope") ?? "");
    const body = Buffer.from(JSON.stringify({ token: `t${asked.length}` }));
    referredFrom.push(remote);
    return Promise.resolve({ status: 200, headers: {}, body, url, remote });
  };
  return { authority: new Authority(post, () => Promise.resolve(credentials), clock), asked, referredFrom };
}

const from = (challenge: string) => ({ headers: { "www-authenticate": challenge }, remote: "203.0.113.7" });
const challenge = from('Bearer realm="https://token.example/token"');
const plain = from('Bearer realm="http://token.example/token"');
const bob: RegistryCredentials = { username: "bob", password: new Secret("pw"), serveraddress: "ghcr.io" };

function token(text: string): RegistryCredentials {
  return { identitytoken: new Secret(text), serveraddress: "quay.io" };
}

describe("tokens by repository", () => {
  it("GHCR: one for all anonymous readers", async () => {
    const { authority: ghcr, asked } = authority();
    await ghcr.answer(challenge, undefined, subject("ghcr.io"));
    const other = await ghcr.offer(subject("ghcr.io", "acme/api"));
    expect(other?.header.reveal()).toBe("Bearer t1");
    expect(asked).toEqual(["repository:acme/web:pull"]);
  });

  it("GHCR: one per repository for an account", async () => {
    const { authority: ghcr, asked } = authority(bob);
    await ghcr.answer(challenge, undefined, subject("ghcr.io"));
    await ghcr.offer(subject("ghcr.io", "acme/api"));
    expect(asked).toEqual(["repository:acme/web:pull", "repository:acme/api:pull"]);
  });

  it("elsewhere: one per repository", async () => {
    const { authority: quay, asked } = authority();
    await quay.answer(challenge, undefined, subject("quay.io"));
    await quay.offer(subject("quay.io", "acme/api"));
    expect(asked).toEqual(["repository:acme/web:pull", "repository:acme/api:pull"]);
  });
});

it("a token that is refused late, when it has been renewed already, costs no other one", async () => {
  const { authority: quay, asked } = authority(bob);
  const target = subject("quay.io");
  const first = await quay.answer(challenge, undefined, target);
  const second = await quay.answer(challenge, first, target);
  const third = await quay.answer(challenge, first, target);
  expect([first, second, third].map(({ header }) => header.reveal())).toEqual(["Bearer t1", "Bearer t2", "Bearer t2"]);
  expect(asked).toHaveLength(2);
});

describe("tokens by login", () => {
  it.each<[string, RegistryCredentials, RegistryCredentials]>([
    ["password", bob, { ...bob, password: new Secret("other") }],
    ["identity token", { ...token("one") }, { ...token("two") }],
  ])("another %s gets a token of its own, the same one does not", async (_what, first, second) => {
    const logins = [first, first, second, second];
    const asked: string[] = [];
    const registry = new Authority(
      (_letter, { url, remote }) => {
        asked.push(url.href);
        const body = Buffer.from(JSON.stringify({ token: `t${asked.length}` }));
        return Promise.resolve({ status: 200, headers: {}, body, url, remote });
      },
      () => Promise.resolve(logins.shift()),
      { now: () => Date.now(), monotonic: () => performance.now() },
    );
    const passes = [await registry.answer(challenge, undefined, subject("quay.io"))];
    for (let count = 0; count < 3; count += 1) passes.push((await registry.offer(subject("quay.io")))!);
    expect(passes.map(({ header }) => header.reveal())).toEqual(["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"]);
  });
});

describe("a realm on plain HTTP", () => {
  it("gets no password of a registry that is asked over HTTPS", async () => {
    const { authority: quay, asked } = authority(bob);
    const error = await failure(quay.answer(plain, undefined, subject("quay.io")));
    expect(error).toMatchObject({ code: "Unauthorized" });
    expect(error.message).toContain("over plain HTTP to token.example");
    expect(asked).toEqual([]);
  });

  it.each([
    ["an insecure registry", subject("reg.lan", "a/b", { "reg.lan": { insecure: true } })],
    ["a loopback registry", subject("127.0.0.1:5000")],
  ])("gets the password of %s", async (_what, target) => {
    const { authority: registry, asked } = authority(bob);
    await registry.answer(plain, undefined, target);
    expect(asked).toHaveLength(1);
  });

  it("gets no anonymous question either: its token would be anybody's", async () => {
    const { authority: quay, asked } = authority();
    expect(await failure(quay.answer(plain, undefined, subject("quay.io")))).toMatchObject({ code: "Unauthorized" });
    expect(asked).toEqual([]);
  });

  it("is judged by the address of the registry that has named it, also when its token is asked for later", async () => {
    const { authority: quay, referredFrom } = authority();
    await quay.answer(challenge, undefined, subject("quay.io"));
    await quay.offer(subject("quay.io", "acme/api"));
    expect(referredFrom).toEqual(["203.0.113.7", "203.0.113.7"]);
  });
});
