import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { describeTags } from "../../contract/registry/registry.js";
import { publishImage, publishIndex } from "../../sandbox/registry/image.js";
import { hireJanitor, type Janitor } from "../../sandbox/host/janitor.js";
import { ensurePackages, enginePackages } from "../../sandbox/host/packages.js";
import { startRegistry, type SandboxRegistry } from "../../sandbox/registry/registry.js";
import { connect, failure, image, login } from "../../unit/registry/connection.js";
import { makeIdentity, startDistribution, type Identity } from "./distribution.js";
import { startTokenServer, type TokenServer } from "./token-server.js";

const amd64 = { os: "linux", architecture: "x86_64", variant: undefined };
const arm64 = { os: "linux", architecture: "aarch64", variant: undefined };

let janitor: Janitor;
let plain = "";

beforeAll(async () => {
  await ensurePackages(enginePackages, () => undefined);
  const hired = await hireJanitor({ kind: "registry" });
  if (hired === undefined) throw new Error("a registry takes no lock");
  janitor = hired;
  plain = await startDistribution({ directory: janitor.directory });
});

afterAll(() => janitor.finish());

describe("tags of a real registry", () => {
  let count = 0;
  describeTags("one that is open", async () => {
    count += 1;
    const name = `moved/${count}`;
    return {
      registry: await connect(),
      image: image(plain, name),
      publish: async (tag) => (await publishImage(`http://${plain}`, name, tag, {})).digest,
    };
  });

  it("are moved with the login that is stored, and not without", async () => {
    const own = { username: "bob", password: "s3cret-pw" };
    const closed = await startRegistry({ auth: { htpasswd: { [own.username]: own.password } } });
    onTestFinished(() => closed.stop());
    const { digest } = await publishImage(closed.url, "app", "1", { auth: own });
    const target = image(closed.host, "app", "1");
    const error = await failure((await connect()).moveTag(target, "latest", digest));
    expect(error.code).toBe("Unauthorized");
    const registry = await connect({}, login(closed.host));
    expect(await registry.moveTag(target, "latest", digest)).toEqual({ from: undefined });
    expect(await registry.resolve({ ...target, tag: "latest" })).toBe(digest);
  });
});

describe("an open registry", () => {
  it.each(["oci", "docker"] as const)(
    "gives the digest and the content of an image of %s types",
    async (mediaTypes) => {
      const published = await publishImage(`http://${plain}`, `open/${mediaTypes}`, "1", { mediaTypes });
      const registry = await connect();
      const target = image(plain, `open/${mediaTypes}`, "1");
      expect(await registry.resolve(target)).toBe(published.digest);
      expect(await registry.content(target, published.digest, amd64)).toEqual({
        manifest: published.digest,
        config: published.config,
      });
      expect(registry.requests).toEqual([`${plain} HEAD 200`, `${plain} GET 200`]);
    },
  );

  it.each(["oci", "docker"] as const)(
    "gives the digest and the content of an index of %s types",
    async (mediaTypes) => {
      const url = `http://${plain}`;
      const repository = `index/${mediaTypes}`;
      const one = await publishImage(url, repository, undefined, {
        mediaTypes,
        platform: { os: "linux", architecture: "amd64" },
      });
      const two = await publishImage(url, repository, undefined, {
        mediaTypes,
        platform: { os: "linux", architecture: "arm64", variant: "v8" },
      });
      const index = await publishIndex(url, repository, "1", [two, one], { mediaTypes });
      const registry = await connect();
      const target = image(plain, repository, "1");
      expect(await registry.resolve(target)).toBe(index.digest);
      expect(await registry.content(target, index.digest, amd64)).toEqual({ manifest: one.digest, config: one.config });
      expect(await registry.content(target, index.digest, arm64)).toEqual({ manifest: two.digest, config: two.config });
    },
  );

  it("shows equal content behind the new digest of a rebuilt index", async () => {
    const url = `http://${plain}`;
    const one = await publishImage(url, "rebuilt", undefined, {});
    const before = await publishIndex(url, "rebuilt", "1", [one]);
    const registry = await connect();
    const target = image(plain, "rebuilt", "1");
    const old = await registry.content(target, await registry.resolve(target), amd64);
    const after = await publishIndex(url, "rebuilt", "1", [one]);
    expect(after.digest).not.toBe(before.digest);
    expect(await registry.resolve(target)).toBe(after.digest);
    expect(await registry.content(target, after.digest, amd64)).toEqual(old);
  });

  it("stands in for Docker Hub as its mirror", async () => {
    const { digest } = await publishImage(`http://${plain}`, "notarock/portfolio-ng", "latest", {});
    const registry = await connect({ "docker.io": { mirror: `http://${plain}` } });
    expect(await registry.resolve(image("docker.io", "notarock/portfolio-ng", "latest"))).toBe(digest);
  });

  it("lists its tags, and says when an image was made", async () => {
    const before = Date.now();
    const { digest } = await publishImage(`http://${plain}`, "listed", "1.4.2", {});
    for (const tag of ["1.4.3", "latest", "2.0.0-rc.1"]) await publishImage(`http://${plain}`, "listed", tag, {});
    const registry = await connect();
    const tags = await registry.listTags(image(plain, "listed"));
    expect([...tags].sort()).toEqual(["1.4.2", "1.4.3", "2.0.0-rc.1", "latest"]);
    const made = await registry.madeAt(image(plain, "listed", "1.4.2"), digest, amd64);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
    const missing = await failure(registry.listTags(image(plain, "no/such")));
    expect([missing.code, missing.message]).toEqual([
      "ImageNotFound",
      `registry ${plain} has no repository ${plain}/no/such`,
    ]);
  });

  it.each([image("", "open/oci", "none"), image("", "no/such", "1")])("has no %o", async (target) => {
    const error = await failure((await connect()).resolve({ ...target, registry: plain }));
    expect(error.code).toBe("ImageNotFound");
  });
});

describe("a registry behind htpasswd", () => {
  const bob = { username: "bob", password: "s3cret-pw" };
  let registry: SandboxRegistry;
  let digest = "";

  beforeAll(async () => {
    registry = await startRegistry({ auth: { htpasswd: { [bob.username]: bob.password } } });
    ({ digest } = await publishImage(registry.url, "acme/web", "1.2", { auth: bob }));
  });

  afterAll(() => registry.stop());

  it("lets the stored login in, with one question from the second on", async () => {
    const client = await connect({}, login(registry.host));
    expect(await client.resolve(image(registry.host))).toBe(digest);
    expect(await client.resolve(image(registry.host))).toBe(digest);
    expect(client.requests.map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      "HEAD 401",
      "HEAD 200",
      "HEAD 200",
    ]);
  });

  it("lists tags to the stored login", async () => {
    const client = await connect({}, login(registry.host));
    expect(await client.listTags(image(registry.host))).toContain("1.2");
  });

  it("refuses the anonymous and the wrong password, each in its own words", async () => {
    const anonymous = await failure((await connect()).resolve(image(registry.host)));
    expect(anonymous.message).toContain("no credentials are stored");
    const auths = { [registry.host]: { auth: Buffer.from("bob:wrong").toString("base64") } };
    const wrong = await failure((await connect({}, { auths })).resolve(image(registry.host)));
    expect(wrong.message).toContain("refuses the stored user name or password");
  });
});

describe("a registry with a token server", () => {
  const service = "sandbox registry, inc";
  const issuer = "sandbox";
  const lifeSeconds = 100;
  let tokens: TokenServer;
  let host = "";
  let digest = "";

  beforeAll(async () => {
    const identity = await makeIdentity(janitor.directory, "token");
    const accounts = { bob: { password: "s3cret-pw", repositories: ["acme/web"] } };
    tokens = await startTokenServer({ identity, service, issuer, accounts, lifeSeconds });
    const auth = { token: { realm: tokens.realm, service, issuer, rootcertbundle: identity.certificate } };
    ({ digest } = await publishImage(`http://${plain}`, "acme/web", "1.2", {}));
    await publishImage(`http://${plain}`, "acme/other", "1.2", {});
    await publishImage(`http://${plain}`, "public/web", "1.2", {});
    host = await startDistribution({ directory: janitor.directory, auth });
  });

  beforeEach(() => void tokens.asked.splice(0));
  afterAll(() => {
    tokens.close();
  });

  it("gives everyone what is public", async () => {
    await (await connect()).resolve(image(host, "public/web"));
    expect(tokens.asked).toEqual(["anonymous repository:public/web:pull"]);
  });

  it("gives the account what is its own, with one token while it lives", async () => {
    const client = await connect({}, login(host));
    const target = image(host, "acme/web");
    expect(await client.resolve(target)).toBe(digest);
    await Promise.all([client.resolve(target), client.resolve(target)]);
    expect(tokens.asked).toEqual(["bob repository:acme/web:pull"]);
    await client.advance(lifeSeconds * 850 + 1);
    await client.resolve(target);
    expect(tokens.asked).toHaveLength(2);
  });

  it("replaces a token that ended before its time", async () => {
    const client = await connect({}, login(host));
    // Distribution grants a minute beyond the end.
    tokens.shiftEnd(-lifeSeconds - 58);
    await client.resolve(image(host, "acme/web"));
    await sleep(3000);
    tokens.shiftEnd(0);
    await client.resolve(image(host, "acme/web"));
    expect(client.requests.map((line) => line.split(" ").slice(1).join(" "))).toEqual(
      ["HEAD 401", "GET 200", "HEAD 200"].concat(["HEAD 401", "GET 200", "HEAD 200"]),
    );
  });

  it("says so when fresh tokens are refused", async () => {
    tokens.shiftEnd(-lifeSeconds - 120);
    const error = await failure((await connect({}, login(host))).resolve(image(host, "acme/web")));
    tokens.shiftEnd(0);
    expect(error.message).toContain("refuses the token that its own token server has just issued");
    expect(error.remedy).toContain("clocks");
  });

  it("tells private, not permitted and wrong password apart", async () => {
    const anonymous = await failure((await connect()).resolve(image(host, "acme/web")));
    expect(anonymous.message).toContain("is private or does not exist, and no credentials are stored");
    const other = await failure((await connect({}, login(host))).resolve(image(host, "acme/other")));
    expect(other.message).toContain("may not be read with the stored credentials");
    const auths = { [host]: { auth: Buffer.from("bob:wrong").toString("base64") } };
    const wrong = await failure((await connect({}, { auths })).resolve(image(host, "acme/web")));
    expect(wrong.message).toContain("refuses the stored user name or password");
    expect([anonymous.code, other.code, wrong.code]).toEqual(["Unauthorized", "Unauthorized", "Unauthorized"]);
  });
});

describe("a registry with TLS", () => {
  let identity: Identity;
  let host = "";
  let digest = "";

  beforeAll(async () => {
    identity = await makeIdentity(janitor.directory, "tls");
    host = await startDistribution({ directory: janitor.directory, tls: identity });
    ({ digest } = await publishImage(`http://${plain}`, "tls/web", "1.2", {}));
  });

  it("is believed with its authority's certificate", async () => {
    const client = await connect({ [host]: { ca: identity.certificate } });
    expect(await client.resolve(image(host, "tls/web"))).toBe(digest);
  });

  it("is not believed without", async () => {
    const error = await failure((await connect({ [host]: { insecure: false } })).resolve(image(host, "tls/web")));
    expect(error).toMatchObject({ code: "RegistryUnavailable" });
    expect(error.message).toContain("has a certificate that is not trusted");
    expect(error.remedy).toContain("ca:");
  });

  it("is found out on loopback, where plain HTTP is tried first", async () => {
    const client = await connect();
    expect(await client.resolve(image(host, "tls/web"))).toBe(digest);
    expect(await client.resolve(image(host, "tls/web"))).toBe(digest);
    expect(client.requests).toEqual([`${host} HEAD 400`, `${host} HEAD 200`, `${host} HEAD 200`]);
  });

  it("serves as a mirror by its own certificate", async () => {
    const client = await connect({ "docker.io": { mirror: `https://${host}` }, [host]: { ca: identity.certificate } });
    expect(await client.resolve(image("docker.io", "tls/web"))).toBe(digest);
  });

  it.each(["/no/such/ca.pem", "key"])("names the CA file that is none: %s", async (path) => {
    const ca = path === "key" ? identity.key : path;
    const error = await failure((await connect({ [host]: { ca } })).resolve(image(host, "tls/web")));
    expect(error.code).toBe("ConfigInvalid");
    expect(error.message).toContain(ca);
  });
});
