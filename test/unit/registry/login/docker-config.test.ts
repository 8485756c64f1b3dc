import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registryOfKey, serverAddress } from "../../../../src/compose/values/registry-name.js";
import { DockerConfig } from "../../../../src/registry/login/docker-config.js";
import { readEntry, storedCredentials } from "../../../../src/registry/login/stored-credentials.js";
import { opened } from "../../tools/opened.js";
import { failure } from "../connection.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const bob = { auth: base64("bob:pw") };
const path = process.env.PATH ?? "";
let directory = "";
let time = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "docker-config-"));
  process.env.PATH = `${directory}${delimiter}${path}`;
  time = 0;
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(directory, { recursive: true });
});

async function config(content: unknown): Promise<DockerConfig> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(join(directory, "config.json"), text);
  return new DockerConfig(directory, process.env, () => time);
}

/** A helper that notes what it is asked in `asked`. */
async function helper(name: string, script: string): Promise<void> {
  const file = join(directory, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\nread -r server\necho "$1 $server" >> ${join(directory, "asked")}\n${script}\n`);
  await chmod(file, 0o755);
}

async function asked(): Promise<string[]> {
  return (await readFile(join(directory, "asked"), "utf8")).trim().split("\n");
}

const says = (username: string, secret: string): string =>
  `echo '${JSON.stringify({ ServerURL: "", Username: username, Secret: secret })}'`;
const knowsNothing = 'echo "credentials not found in native keychain"; exit 1';

describe("auths", () => {
  it.each([
    ["ghcr.io", "ghcr.io"],
    ["https://ghcr.io", "ghcr.io"],
    ["https://ghcr.io/v1/", "ghcr.io"],
    ["http://127.0.0.1:5000/v2/", "127.0.0.1:5000"],
    ["GHCR.io", "ghcr.io"],
    ["https://index.docker.io/v1/", "docker.io"],
    ["registry-1.docker.io", "docker.io"],
    ["docker.io", "index.docker.io"],
  ])("the key %s serves %s", async (key, registry) => {
    const found = await (await config({ auths: { [key]: bob } })).credentials(registry);
    expect(opened(found)).toMatchObject({ username: "bob", password: "pw" });
  });

  it.each([
    ["ghcr.io", "ghcr.io.example.com"],
    ["example.com", "example.com:5000"],
    ["example.com:5000", "example.com"],
  ])("the key %s does not serve %s", async (key, registry) => {
    expect(await (await config({ auths: { [key]: bob } })).credentials(registry)).toBeUndefined();
  });

  it("prefers Docker's own spelling", async () => {
    const file = await config({
      auths: {
        "docker.io": { auth: base64("wrong:1") },
        "https://index.docker.io/v1/": bob,
        "index.docker.io": { auth: base64("wrong:2") },
      },
    });
    expect(opened(await file.credentials("docker.io"))).toEqual({
      username: "bob",
      password: "pw",
      serveraddress: "https://index.docker.io/v1/",
    });
  });

  it.each([
    [{ auth: base64("robot$x:a:b:c") }, { username: "robot$x", password: "a:b:c" }],
    [{ auth: base64("bob:pw\0\0") }, { username: "bob", password: "pw" }],
    [{ auth: base64("bob:") }, { username: "bob", password: "" }],
    [{ auth: base64("0000:"), identitytoken: "tok" }, { identitytoken: "tok" }],
    [
      { username: "bob", password: "pw" },
      { username: "bob", password: "pw" },
    ],
    [
      { ...bob, email: "b@example.com" },
      { username: "bob", password: "pw" },
    ],
  ])("%j", async (entry, expected) => {
    const found = await (await config({ auths: { "ghcr.io": entry } })).credentials("ghcr.io");
    expect(opened(found)).toEqual({ ...expected, serveraddress: "ghcr.io" });
  });

  it.each([{}, { auth: "" }])("%j is nothing", async (entry) => {
    expect(await (await config({ auths: { "ghcr.io": entry } })).credentials("ghcr.io")).toBeUndefined();
  });

  it("reads back any name and password", () => {
    const username = fc.string({ minLength: 1 }).filter((text) => !text.includes(":"));
    const password = fc.string().filter((text) => !text.endsWith("\0"));
    fc.assert(
      fc.property(username, password, (name, word) => {
        const found = storedCredentials(
          { "ghcr.io": readEntry({ auth: base64(`${name}:${word}`) }) },
          "ghcr.io",
          "config.json",
        );
        expect(opened(found)).toEqual({ username: name, password: word, serveraddress: "ghcr.io" });
      }),
    );
  });

  it("finds a registry under any spelling of its key", () => {
    const host = fc
      .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65535 })))
      .map(([name, port]) => (port === null ? name : `${name}:${port}`));
    const spelling = fc.tuple(
      fc.constantFrom("", "http://", "https://", "HTTPS://"),
      fc.constantFrom("", "/", "/v1/", "/v2"),
    );
    fc.assert(
      fc.property(host, spelling, (name, [before, after]) => {
        expect(registryOfKey(`${before}${name}${after}`)).toBe(name);
        expect(registryOfKey(serverAddress(name))).toBe(name);
      }),
    );
  });
});

describe("the file", () => {
  it("may be missing", async () => {
    expect(await new DockerConfig(join(directory, "none"), {}, Date.now).credentials("ghcr.io")).toBeUndefined();
  });

  it("is read again when it has changed", async () => {
    const file = await config({ auths: {} });
    expect(await file.credentials("ghcr.io")).toBeUndefined();
    await config({ auths: { "ghcr.io": bob } });
    expect(await file.credentials("ghcr.io")).toMatchObject({ username: "bob" });
    await config({ auths: { "ghcr.io": { auth: base64("eve:pw") } } });
    await utimes(join(directory, "config.json"), 5, 5);
    expect(await file.credentials("ghcr.io")).toMatchObject({ username: "eve" });
    await rm(join(directory, "config.json"));
    expect(await file.credentials("ghcr.io")).toBeUndefined();
  });

  it.each([
    ['{"auths": {"ghcr.io": {"auth": "c2VjcmV0"', "is not valid JSON"],
    ["", "is not valid JSON"],
    ['["c2VjcmV0"]', "is not a JSON object"],
    ['{"auths": "c2VjcmV0"}', "wrong type at auths"],
    ['{"credHelpers": {"ghcr.io": 5}}', "wrong type at credHelpers.ghcr.io"],
    ['{"auths": {"ghcr.io": "c2VjcmV0"}}', "the entry for ghcr.io is not what"],
    ['{"auths": {"ghcr.io": {"auth": "c2VjcmV0"}}}', "not base64 of"],
    ['{"auths": {"ghcr.io": {"auth": "OnNlY3JldA=="}}}', "not base64 of"],
  ])("%s is refused by name, not by content", async (text, reason) => {
    const error = await failure((await config(text)).credentials("ghcr.io"));
    expect(error.code).toBe("ConfigInvalid");
    expect(error.message).toContain(join(directory, "config.json"));
    expect(error.message).toContain(reason);
    expect(error.cause).toBeUndefined();
    expect(`${error.message} ${error.remedy ?? ""} ${error.stack ?? ""}`).not.toMatch(/c2VjcmV0|secret|OnNl/);
  });

  it("matters for one registry only where one entry is wrong", async () => {
    const file = await config({ auths: { "ghcr.io": bob, "quay.io": { auth: "!" } } });
    expect(await file.credentials("ghcr.io")).toMatchObject({ username: "bob" });
  });

  it("keeps none of its secrets in sight, of whatever key", async () => {
    const file = await config({
      auths: { "ghcr.io": bob, "quay.io": { identitytoken: "t0ken" } },
      HttpHeaders: { Authorization: "hunter2" },
    });
    expect(await file.credentials("ghcr.io")).toMatchObject({ username: "bob" });
    const seen = inspect(file, { showHidden: true, depth: 12 });
    expect(seen).toContain("quay.io");
    expect(seen).not.toMatch(new RegExp(`${bob.auth}|t0ken|hunter2|'pw'`));
  });

  it("may hold nulls, as some tools write", async () => {
    expect(
      await (await config({ auths: null, credHelpers: null, credsStore: null })).credentials("x.io"),
    ).toBeUndefined();
  });
});

describe("helpers", () => {
  it("come in the order credHelpers, credsStore, auths", async () => {
    await helper("own", says("own", "1"));
    await helper("store", says("store", "2"));
    const auths = { "ghcr.io": bob };
    const of = async (content: object): Promise<string | undefined> =>
      (await (await config(content)).credentials("ghcr.io"))?.username;
    expect(await of({ auths, credsStore: "store", credHelpers: { "https://ghcr.io": "own" } })).toBe("own");
    expect(await of({ auths, credsStore: "store", credHelpers: { "quay.io": "own" } })).toBe("store");
    expect(await of({ auths })).toBe("bob");
  });

  it("that know nothing pass the question on", async () => {
    await helper("own", knowsNothing);
    await helper("store", knowsNothing);
    const file = await config({ auths: { "ghcr.io": bob }, credsStore: "store", credHelpers: { "ghcr.io": "own" } });
    expect(await file.credentials("ghcr.io")).toMatchObject({ username: "bob" });
  });

  it("are asked for Docker's own spelling, then for those in auths", async () => {
    await helper("store", knowsNothing);
    const file = await config({ auths: { "docker.io": {} }, credsStore: "store" });
    await file.credentials("docker.io");
    expect(await asked()).toEqual(["get https://index.docker.io/v1/", "get docker.io"]);
  });

  it("hand out identity tokens under <token>", async () => {
    await helper("store", says("<token>", "tok"));
    expect(opened(await (await config({ credsStore: "store" })).credentials("ghcr.io"))).toEqual({
      identitytoken: "tok",
      serveraddress: "ghcr.io",
    });
  });

  it("are run once for a burst, again after a minute, a change of the file, or forget()", async () => {
    await helper("store", says("bob", "pw"));
    const file = await config({ credsStore: "store" });
    await Promise.all(Array.from({ length: 50 }, () => file.credentials("ghcr.io")));
    await file.credentials("ghcr.io");
    expect(await asked()).toHaveLength(1);
    time += 60_001;
    await file.credentials("ghcr.io");
    expect(await asked()).toHaveLength(2);
    file.forget();
    await file.credentials("ghcr.io");
    expect(await asked()).toHaveLength(3);
    await config({ credsStore: "store", auths: {} });
    await file.credentials("ghcr.io");
    expect(await asked()).toHaveLength(4);
  });

  it.each([
    ["exit 3", "failed (3)"],
    ["echo s3cret; exit 1", "failed (1)"],
    ["echo s3cret", "not credentials"],
    ['echo \'{"Username":"s3cret"}\'', "not credentials"],
    ["kill -9 $$", "failed (a signal)"],
  ])("that end with %s are named, their output is not", async (script, reason) => {
    await helper("odd", script);
    const error = await failure((await config({ credsStore: "odd" })).credentials("ghcr.io"));
    expect(error.code).toBe("Unauthorized");
    expect(error.message).toContain("docker-credential-odd");
    expect(error.message).toContain(reason);
    expect(`${error.message} ${error.remedy ?? ""} ${String(error.cause)}`).not.toContain("s3cret");
  });

  it("that are missing are named", async () => {
    const error = await failure((await config({ credHelpers: { "ghcr.io": "nowhere" } })).credentials("ghcr.io"));
    expect(error.message).toContain("docker-credential-nowhere is not installed");
  });

  it("may answer without reading the question", async () => {
    const file = join(directory, "docker-credential-deaf");
    await writeFile(file, `#!/bin/sh\nexec <&-\n${says("bob", "pw")}\n`);
    await chmod(file, 0o755);
    expect(await (await config({ credsStore: "deaf" })).credentials("ghcr.io")).toMatchObject({ username: "bob" });
  });

  it("have no path in their name", async () => {
    const error = await failure((await config({ credsStore: "x/../../evil" })).credentials("ghcr.io"));
    expect(error.code).toBe("ConfigInvalid");
  });
});
