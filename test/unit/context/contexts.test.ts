import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect, promisify } from "node:util";
import { extract } from "tar-stream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BuildSpec } from "../../../src/compose/model/container/build-spec.js";
import { registriesIn } from "../../../src/context/bases.js";
import { openContexts } from "../../../src/context/contexts.js";
import { git, loginVariables, repositoryAt } from "../../../src/context/git.js";
import type { OpenContext } from "../../../src/control/ports/builds.js";
import { Secret } from "../../../src/tools/secret.js";

const run = promisify(execFile);
const never = new AbortController().signal;

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "fairlead-context-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

const of = (path: string, more: Partial<BuildSpec> = {}): BuildSpec => ({
  context: { kind: "path", path },
  args: {},
  labels: {},
  ...more,
});

const contextsIn = async () =>
  openContexts({
    scratch: join(await folderWith({}), "scratch"),
    environment: { PATH: process.env["PATH"], HOME: "/nowhere" },
  });

/** Each entry as `name`, `name -> target` or `name: content`; links and folders have no content. */
async function listing({ archive }: OpenContext): Promise<readonly string[]> {
  const reader = extract();
  archive.pipe(reader);
  const lines: string[] = [];
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
    const { name, type, linkname, uid, gid, mode } = entry.header;
    expect([uid, gid]).toEqual([0, 0]);
    const link = type === "symlink" ? ` -> ${linkname}` : "";
    const content = type === "file" ? ` ${mode.toString(8)}: ${Buffer.concat(chunks).toString()}` : "";
    lines.push(`${name}${link}${content}`);
  }
  return lines;
}

async function sent(build: BuildSpec): Promise<readonly string[]> {
  const contexts = await contextsIn();
  const context = await contexts.open(build, await contexts.identify(build), never);
  return listing(context).finally(() => context.close());
}

describe("a folder as a context", () => {
  it("is sent with its links and modes, without what is ignored", async () => {
    const root = await folderWith({
      Dockerfile: "FROM scratch",
      ".dockerignore": "*.log\nnode_modules\n!keep.log\n",
      "app/run": "#!/bin/sh",
      "app/debug.log": "no",
      "debug.log": "no",
      "keep.log": "yes",
      "node_modules/x/index.js": "no",
      [`${"long/".repeat(30)}file`]: "deep",
    });
    await chmod(join(root, "app/run"), 0o755);
    await symlink("../elsewhere", join(root, "app/link"));
    const lines = (await sent(of(root))).filter((line) => !/^(long\/)+$/.test(line) && !/^(long\/)*long$/.test(line));
    expect(lines).toEqual([
      ".dockerignore 644: *.log\nnode_modules\n!keep.log\n",
      "Dockerfile 644: FROM scratch",
      "app",
      "app/debug.log 644: no",
      "app/link -> ../elsewhere",
      "app/run 755: #!/bin/sh",
      "keep.log 644: yes",
      `${"long/".repeat(30)}file 644: deep`,
    ]);
  });

  it.each<[string, Partial<BuildSpec>, string]>([
    ["is ignored", {}, "FROM ignored"],
    ["is inline", { inline: "FROM inline" }, "FROM inline"],
    ["stands outside", { dockerfile: "../outside.Dockerfile" }, "FROM outside"],
  ])("takes along a Dockerfile that %s", async (_what, more, text) => {
    const root = await folderWith({
      "web/Dockerfile": "FROM ignored",
      "web/.dockerignore": "*",
      "outside.Dockerfile": "FROM outside",
    });
    expect(await sent(of(join(root, "web"), more))).toEqual([`.dockerfile.fairlead 644: ${text}`]);
  });

  it("obeys the ignore file of its own Dockerfile first", async () => {
    const root = await folderWith({
      "web.Dockerfile": "FROM scratch",
      "web.Dockerfile.dockerignore": "a\n*ignore\n",
      ".dockerignore": "b",
      a: "",
      b: "",
    });
    expect(await sent(of(root, { dockerfile: "web.Dockerfile" }))).toEqual([
      "b 644: ",
      "web.Dockerfile 644: FROM scratch",
    ]);
  });

  it("is the same whenever its files were touched, and another with each change", async () => {
    const files = { Dockerfile: "FROM scratch", "a.txt": "one", ".dockerignore": "ignored" };
    const root = await folderWith(files);
    const contexts = await contextsIn();
    const seen = [await contexts.identify(of(root))];
    await utimes(join(root, "a.txt"), new Date(), new Date(0));
    await writeFile(join(root, "ignored"), "x");
    expect(await contexts.identify(of(root))).toBe(seen[0]);
    expect(await contexts.identify(of(await folderWith(files)))).toBe(seen[0]);
    const changes = [
      () => writeFile(join(root, "a.txt"), "two"),
      () => chmod(join(root, "a.txt"), 0o755),
      () => writeFile(join(root, "b.txt"), ""),
      () => rm(join(root, "b.txt")).then(() => symlink("a.txt", join(root, "b.txt"))),
      () => writeFile(join(root, "Dockerfile"), "FROM other"),
    ];
    for (const change of changes) {
      await change();
      seen.push(await contexts.identify(of(root)));
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("is not sent once it is another than the one that was looked at", async () => {
    const root = await folderWith({ Dockerfile: "FROM scratch", "a.txt": "one" });
    const contexts = await contextsIn();
    const identity = await contexts.identify(of(root));
    await writeFile(join(root, "a.txt"), "two");
    await expect(contexts.open(of(root), identity, never)).rejects.toMatchObject({
      code: "BuildFailed",
      retry: "backoff",
    });
  });

  it("says what cannot be read", async () => {
    const contexts = await contextsIn();
    const missing = join(await folderWith({}), "none");
    await expect(contexts.identify(of(missing))).rejects.toMatchObject({
      code: "BuildFailed",
      message: expect.stringContaining(`${missing}/Dockerfile does not exist`) as string,
    });
  });
});

describe("a git repository as a context", () => {
  it("that is a whole commit is asked for nothing", async () => {
    const ref = "0123456789".repeat(4);
    const build = of("", {
      context: { kind: "git", url: "https://example.invalid/x.git", ref, subdirectory: undefined },
    });
    expect(await (await contextsIn()).identify(build)).toBe(ref);
  });

  it("is never one of our own files", async () => {
    const root = await folderWith({});
    await run("git", ["init", "--quiet", "--bare", root]);
    const build = of("", { context: { kind: "git", url: `file://${root}`, ref: "main", subdirectory: undefined } });
    await expect((await contextsIn()).identify(build)).rejects.toMatchObject({ code: "BuildFailed" });
  });

  it("keeps its credentials out of the command line and of messages", async () => {
    const url = "https://127.0.0.1:9/shop.git";
    const repository = repositoryAt({ url, login: new Secret("user:t0ken") }, {});
    expect(repository.url).toBe(url);
    expect(inspect(repository, { showHidden: true, depth: 9 })).not.toContain("t0ken");
    const build = of("", {
      context: { kind: "git", url, login: new Secret("user:t0ken"), ref: undefined, subdirectory: undefined },
    });
    const failure = await (await contextsIn()).identify(build).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "BuildFailed",
      message: expect.stringMatching(/^https:\/\/127\.0\.0\.1:9\/shop\.git cannot be fetched: /) as string,
    });
    expect(`${JSON.stringify(failure)} ${String(failure)} ${inspect(failure, { depth: 9 })}`).not.toMatch(
      /t0ken|dXNlcjp0MGtlbg/,
    );
  });

  it.each([
    ["user:t0ken", "user:t0ken"],
    ["t0ken", "t0ken:"],
    ["user:p%40ss%3Aword:x", "user:p@ss:word:x"],
    ["user:100%", "user:100%"],
  ])("gives git the login %s in its environment, for its own host alone", (login, plain) => {
    expect(loginVariables({ url: "https://example.com/shop.git", login: new Secret(login) })).toEqual({
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.https://example.com/.extraHeader",
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(plain).toString("base64")}`,
    });
    expect(loginVariables({ url: "https://example.com/shop.git", login: undefined })).toEqual({});
  });

  it("shows git its login, and to nobody else on its command line", async () => {
    const folder = await folderWith({ git: '#!/bin/sh\nprintf "%s\\n" "$GIT_CONFIG_VALUE_0" "$*"\n' });
    await chmod(join(folder, "git"), 0o755);
    const context = { url: "https://example.com/shop.git", login: new Secret("user:t0ken") };
    const repository = repositoryAt(context, { PATH: `${folder}:${process.env["PATH"] ?? ""}` });
    const [header, args] = (await git(repository, ["fetch", repository.url], { timeoutMs: 10_000 })).split("\n");
    expect(header).toBe(`Authorization: Basic ${Buffer.from("user:t0ken").toString("base64")}`);
    expect(args).toMatch(/ fetch https:\/\/example\.com\/shop\.git$/);
  });

  it("says that git is missing", async () => {
    const contexts = openContexts({ scratch: join(await folderWith({}), "s"), environment: { PATH: "/nowhere" } });
    const build = of("", {
      context: { kind: "git", url: "https://example.invalid/x.git", ref: undefined, subdirectory: undefined },
    });
    await expect(contexts.identify(build)).rejects.toMatchObject({
      remedy: expect.stringContaining("install git") as string,
    });
  });
});

describe("the registries of a Dockerfile", () => {
  it("are those of its bases, as far as its text tells", () => {
    const text = [
      "ARG TAG=1",
      "ARG HOST=ghcr.io",
      "FROM --platform=linux/amd64 node:${TAG} AS build",
      "FROM $HOST/acme/base",
      "from registry.example.com:5000/x",
      "FROM scratch",
      "FROM ${NOTHING}",
    ].join("\n");
    expect(registriesIn(text, {})).toEqual(["docker.io", "ghcr.io", "registry.example.com:5000"]);
    expect(registriesIn(text, { HOST: new Secret("quay.io") })).toContain("quay.io");
  });
});
