import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parseImage, type Digest } from "../../../src/compose/values/image.js";
import type { Recorded } from "../../../src/control/ports/source.js";
import type { GitRepository } from "../../sandbox/servers/git-repository.js";
import { ensurePackages, gitPackages } from "../../sandbox/host/packages.js";
import { startSshServer } from "../../sandbox/servers/ssh-server.js";
import { gitStage, images, services, type GitStage, type Opened } from "./stage.js";

beforeAll(() => ensurePackages(gitPackages));

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const [one, two] = [digest("1"), digest("2")];

/** As the controller tells it. */
function prove(opened: Opened, key: string, image: string, proven: Digest): void {
  const [project = "", service = ""] = key.split("/");
  const { source } = opened.state();
  opened.source.proved?.({ source, project, service }, { image: parseImage(image), digest: proven });
}

/** Follows, and writes back; answers what was written. */
async function begin(opened: Opened): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const end = new AbortController();
  onTestFinished(() => {
    end.abort();
  });
  await opened.load();
  opened.watch();
  opened.source.watchRecords?.((one) => void recorded.push(one), end.signal);
  return recorded;
}

const untilReason = (opened: Opened, reason: string) =>
  opened.until((_snapshot, { writeBack }) => writeBack?.condition.reason === reason);

const written = (recorded: readonly Recorded[], count: number) => () => recorded.length >= count;

/** As the forge has it. */
const show = (repository: GitRepository, path = "compose.yaml", ref = "main") =>
  repository.git("--git-dir", repository.path, "show", `${ref}:${path}`);
const log = async (repository: GitRepository, ref = "main") =>
  (await repository.git("--git-dir", repository.path, "log", "--reverse", "--format=%s", ref)).split("\n");

async function refuseBy(repository: GitRepository, text: string): Promise<void> {
  const hook = join(repository.path, "hooks", "pre-receive");
  await writeFile(hook, `#!/bin/sh\n${text}\n`);
  await chmod(hook, 0o755);
}

describe("what has proved itself", () => {
  it("is a chosen tag where that is asked for: it takes the place of the written one, and nothing else changes", async () => {
    const { repository, open } = await gitStage();
    const text = (tag: string) =>
      `name: shop\nservices:\n  web:\n    image: acme/web:${tag} # chosen\n    x-fairlead: {policy: {semver: ^1.4}}\n  other:\n    image: acme/other:1\n`;
    await repository.commit({ "compose.yaml": text("1.4.2") });
    const opened = open({ writeBack: { what: "tag" } });
    const recorded = await begin(opened);
    prove(opened, "shop/other", "acme/other:1", one);
    prove(opened, "shop/web", "acme/web:1.4.3", one);
    await opened.until(written(recorded, 1));
    expect(`${await show(repository)}\n`).toBe(text("1.4.3"));
    expect((await log(repository)).at(-1)).toBe("shop/web: acme/web:1.4.3 is followed");
    await untilReason(opened, "Recorded");
    await opened.until((snapshot) => images(snapshot).includes("acme/web:1.4.3"));
    prove(opened, "shop/web", "acme/web:1.4.3", one);
    await sleep(1_500);
    expect(recorded).toHaveLength(1);
  });

  it("is no digest where a policy chooses the tag", async () => {
    const { repository, open } = await gitStage();
    const text = "name: shop\nservices:\n  web:\n    image: acme/web:1.4.2\n    x-fairlead: {policy: {semver: ^1.4}}\n";
    await repository.commit({ "compose.yaml": text });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1.4.3", one);
    await untilReason(opened, "NotWritable");
    expect(opened.state().writeBack?.condition.message).toContain("chosen by its policy");
    expect([recorded, `${await show(repository)}\n`]).toEqual([[], text]);
  });

  it("is committed behind its tag, and nothing else of the file changes", async () => {
    const { repository, open } = await gitStage();
    const text = (image: string) =>
      `# the shop\r\nname: shop\r\nservices:\r\n    web:   # first\r\n        image:   "${image}"   # kept\r\n        environment: {B: '2',   A: "1"}\r\n`;
    const first = await repository.commit({ "compose.yaml": text("acme/web:1"), "a/b.txt": "b", "Ünï.txt": "u" });
    const opened = open({ writeBack: { author: "Deploy Bot <bot@example.com>" } });
    const recorded = await begin(opened);
    const before = opened.snapshot();
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    expect(await repository.git("--git-dir", repository.path, "cat-file", "blob", "main:compose.yaml")).toBe(
      text(`acme/web:1@${one}`).trim(),
    );
    const commit = recorded[0]?.commit ?? "";
    expect(recorded).toMatchObject([{ branch: "main", services: [{ project: "shop", service: "web", digest: one }] }]);
    const format = "--format=%H %P|%an <%ae>|%cn <%ce>|%s|%b";
    const told = (await repository.git("--git-dir", repository.path, "log", "-1", format, "main")).split("|");
    expect(told.slice(0, 4)).toEqual([
      `${commit} ${first}`,
      "Deploy Bot <bot@example.com>",
      "Deploy Bot <bot@example.com>",
      `shop/web: acme/web:1 is ${one.slice(0, 19)}`,
    ]);
    expect(told[4]).toContain(`From: no digest\nTo: ${one}`);
    const changed = await repository.git("--git-dir", repository.path, "diff", "--name-status", first, "main");
    expect(changed).toBe("M\tcompose.yaml");
    // It is followed, and says nothing new: the tag is what counts.
    await opened.until((_snapshot, { inForce }) => inForce?.id === commit);
    expect(opened.snapshot().projects).toEqual(before.projects);
    expect(opened.state().writeBack).toMatchObject({
      branch: "main",
      condition: { status: "True", reason: "Recorded" },
      last: { commit, services: ["shop/web"] },
    });
    // The next one takes its place.
    prove(opened, "shop/web", "acme/web:1", two);
    await opened.until(written(recorded, 2));
    expect(await show(repository)).toContain(`"acme/web:1@${two}"   # kept`);
    expect(await log(repository)).toHaveLength(3);
  });

  it("of several services is one commit, wherever their images really stand; what cannot be written is told", async () => {
    const { repository, open } = await gitStage();
    const files = {
      "compose.yaml": [
        "name: shop",
        "include: [more/included.yaml]",
        "x-image: &image acme/alias:1",
        "x-base: &base {image: 'acme/merged:1'}",
        "services:",
        "  plain: {image: acme/plain:1, labels: {a: b}}",
        "  alias: {image: *image}",
        "  merged: {<<: *base}",
        "  extended: {extends: {file: base.yaml, service: base}}",
        "  variable: {image: 'acme/variable:${TAG:-1}'}",
        "  one: {image: &shared acme/shared:1}",
        "  other: {image: *shared}",
        "  both: {image: &both acme/both:1}",
        "  too: {image: *both}",
        "  bare: {image: acme/bare}",
        "  pinned: {image: 'acme/pinned@" + two + "'}",
        "",
      ].join("\n"),
      "base.yaml": "services:\n  base:\n    image: >-\n      acme/extended:1\n    labels: {x: y}\n",
      "more/included.yaml": "services:\n  included:\n    image: acme/included:1 # here\n",
    };
    await repository.commit(files);
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    for (const name of ["plain", "alias", "merged", "extended", "variable", "both", "included"]) {
      prove(opened, `shop/${name}`, `acme/${name}:1`, one);
    }
    prove(opened, "shop/too", "acme/both:1", one);
    prove(opened, "shop/bare", "acme/bare", one);
    prove(opened, "shop/one", "acme/shared:1", one);
    await opened.until(written(recorded, 1));
    const marked = (text: string, names: readonly string[]) =>
      names.reduce((sum, name) => sum.replace(new RegExp(`acme/${name}:1`), `acme/${name}:1@${one}`), text);
    const own = marked(files["compose.yaml"], ["plain", "alias", "merged", "both"]).replace(
      "acme/bare",
      `acme/bare:latest@${one}`,
    );
    expect(await show(repository)).toBe(own.trim());
    expect(await show(repository, "base.yaml")).toBe(marked(files["base.yaml"], ["extended"]).trim());
    expect(await show(repository, "more/included.yaml")).toBe(marked(files["more/included.yaml"], ["included"]).trim());
    expect(recorded[0]?.services).toHaveLength(8);
    await untilReason(opened, "NotWritable");
    const { message } = opened.state().writeBack?.condition ?? { message: "" };
    expect(message).toContain("shop/variable: compose.yaml:10:21: it comes from a variable (write the image itself");
    expect(message).toContain("shop/one: shop/other has its image from the same place, and does not run that");
    expect(message).not.toContain("plain");
    prove(opened, "shop/other", "acme/shared:1", one);
    await opened.until(written(recorded, 2));
    expect(await show(repository)).toContain(`&shared acme/shared:1@${one}}`);
  });

  it("is written into the file that overrides, and behind a link into the file itself, which keeps its rights", async () => {
    const { repository, open } = await gitStage();
    await mkdir(repository.work, { recursive: true });
    await symlink("real/over.yaml", join(repository.work, "over.yaml"));
    await mkdir(join(repository.work, "real"));
    await writeFile(join(repository.work, "real", "over.yaml"), services("acme/web:2"), { mode: 0o755 });
    const first = await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ path: ["compose.yaml", "over.yaml"], writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:2", one);
    await opened.until(written(recorded, 1));
    const changed = await repository.git("--git-dir", repository.path, "diff", "--raw", "--abbrev=1", first, "main");
    expect(changed).toMatch(/^:100755 100755 \w+ \w+ M\treal\/over\.yaml$/);
    expect(await show(repository, "real/over.yaml")).toBe(services(`acme/web:2@${one}`).trim());
  });

  it("is not written where anything else would read otherwise by it", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1", '    volumes: ["./:/files:ro"]\n') });
    const opened = open({ writeBack: {} });
    await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "NotWritable");
    expect(opened.state().writeBack?.condition.message).toContain(
      "would change with it: the image is taken from there, or the file itself is mounted",
    );
    expect(await log(repository)).toHaveLength(1);
  });

  it("is written anew on top of a branch that moves meanwhile", async () => {
    const { repository, server, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") }, { message: "first" });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    server.meanwhilePushed = async () => {
      await repository.commit({ "compose.yaml": `# theirs\n${services("acme/web:1")}` }, { message: "theirs" });
    };
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    expect(await log(repository)).toEqual(["first", "theirs", `shop/web: acme/web:1 is ${one.slice(0, 19)}`]);
    expect(await show(repository)).toBe(`# theirs\n${services(`acme/web:1@${one}`)}`.trim());
  });

  it("brings nothing back that a forced push takes away meanwhile", async () => {
    const { repository, server, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") }, { message: "first" });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    await repository.git("pull", "-q", "--rebase", "origin", "main");
    await repository.commit({ secret: "a mistake" }, { message: "mistake" });
    server.meanwhilePushed = async () => {
      await repository.git("reset", "-q", "--hard", "HEAD~1");
      await repository.push();
    };
    prove(opened, "shop/web", "acme/web:1", two);
    await opened.until(written(recorded, 2));
    expect(await log(repository)).toEqual([
      "first",
      ...[one, two].map((to) => `shop/web: acme/web:1 is ${to.slice(0, 19)}`),
    ]);
  });

  it("is not written where the file means another image by now", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "Recorded");
    await sleep(1_500);
    expect([recorded, await log(repository)]).toEqual([[], ["a change", "a change"]]);
  });

  it("is left to whoever changes it there, until something else runs", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    await repository.git("pull", "-q", "--rebase", "origin", "main");
    const theirs = await repository.commit({ "compose.yaml": services(`acme/web:1@${two}`) });
    opened.tell();
    await opened.until((_snapshot, { inForce }) => inForce?.id === theirs);
    prove(opened, "shop/web", "acme/web:1", one);
    await sleep(2_000);
    expect([recorded.length, images(opened.snapshot())]).toEqual([1, ["acme/web:1"]]);
    prove(opened, "shop/web", "acme/web:1", digest("3"));
    await opened.until(written(recorded, 2));
  });

  it("goes to a branch of its own where the settings say so, made from the one that is followed", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") }, { message: "first" });
    const opened = open({ writeBack: { branch: "deployed" } });
    const recorded = await begin(opened);
    for (const [index, to] of [one, two].entries()) {
      prove(opened, "shop/web", "acme/web:1", to);
      await opened.until(written(recorded, index + 1));
      expect(await show(repository, "compose.yaml", "deployed")).toBe(services(`acme/web:1@${to}`).trim());
    }
    expect(await log(repository)).toEqual(["first"]);
    expect(await log(repository, "deployed")).toHaveLength(3);
    expect(opened.state().writeBack).toMatchObject({ branch: "deployed", condition: { reason: "Recorded" } });
  });

  it("is written also after its own copy of the repository has been damaged", async () => {
    const { repository, data, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    const store = join(data, "git", "fleet", "write", "store-1");
    await rm(join(store, "objects"), { recursive: true });
    await mkdir(join(store, "objects", "pack"), { recursive: true });
    prove(opened, "shop/web", "acme/web:1", two);
    await opened.until(written(recorded, 2));
  });

  it("goes to the repository's own branch where no reference is named", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ ref: "HEAD", writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    expect(recorded[0]?.branch).toBe("main");
  });

  it("is not written to a tag", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    await repository.git("tag", "v1");
    await repository.push("v1");
    const opened = open({ ref: "v1", writeBack: {} });
    await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "RefIsNoBranch");
  });
});

describe("a push that is refused", () => {
  const follows = async ({ repository }: GitStage, opened: Opened) => {
    const next = await repository.commit({ "compose.yaml": services("acme/web:1", "    labels: {a: b}\n") });
    opened.tell();
    await opened.until((_snapshot, { inForce }) => inForce?.id === next);
  };

  it.each(["over HTTP", "on this host"])("by a hook, %s, is a condition, with the hook's words", async (where) => {
    const stage = await gitStage();
    const { repository, open, url } = stage;
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    await refuseBy(repository, "if test -e allowed; then exit 0; fi; echo 'main is protected' >&2; exit 1");
    const opened = open({ url: where === "over HTTP" ? url : repository.path, writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "PushRefused");
    expect(opened.state().writeBack?.condition.message).toMatch(/pre-receive hook declined: main is protected \(give /);
    expect(opened.state().condition.reason).toBe("InForce");
    const lines = opened.said.filter((line) => line.includes("not written back"));
    expect(lines).toHaveLength(1);
    await writeFile(join(repository.path, "allowed"), "");
    await follows(stage, opened);
    // It is not asked again at once.
    await sleep(1_500);
    expect(recorded).toEqual([]);
    expect(await log(repository)).toHaveLength(2);
    // What is not the tag's any more, as after a rollback, is not to be written.
    const service = { source: opened.state().source, project: "shop", service: "web" };
    opened.source.proved?.(service, undefined);
    expect(opened.state().writeBack?.condition.reason).toBe("Recorded");
  });

  it("for want of a right over HTTP is one", async () => {
    const stage = await gitStage();
    const { repository, open } = stage;
    await repository.git("--git-dir", repository.path, "config", "http.receivepack", "false");
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ writeBack: {} });
    await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "Forbidden");
    expect(opened.state().writeBack?.condition.message).toContain("the right to write to this branch");
    await follows(stage, opened);
  });

  it("to another user's repository on this host is one: its hooks would run as ours", async () => {
    const stage = await gitStage();
    const { repository, open } = stage;
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    await refuseBy(repository, `touch '${join(stage.root, "ran")}'`);
    await promisify(execFile)("chown", ["-R", "nobody", repository.path]);
    const opened = open({ url: repository.path, writeBack: {} });
    await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "PushRefused");
    expect(opened.state().writeBack?.condition.message).toContain("belongs to another user");
    expect(await readdir(stage.root)).not.toContain("ran");
  });

  it("for a key that may only read over ssh is one; with another it is written", async () => {
    const stage = await gitStage();
    const { repository, open } = stage;
    const ssh = await startSshServer(join(stage.root, "ssh keys"));
    onTestFinished(() => ssh.stop());
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const url = `ssh://${userInfo().username}@127.0.0.1:${ssh.port}${repository.path}`;
    const auth = { sshKeyFile: ssh.keyFile, knownHostsFile: ssh.knownHostsFile };
    const opened = open({ url, auth, writeBack: {} });
    const recorded = await begin(opened);
    prove(opened, "shop/web", "acme/web:1", one);
    await opened.until(written(recorded, 1));
    await refuseBy(repository, "echo 'ERROR: This key is marked as read only.' >&2; exit 1");
    prove(opened, "shop/web", "acme/web:1", two);
    await untilReason(opened, "PushRefused");
    expect(opened.state().writeBack?.condition.message).toContain("marked as read only");
  });

  it("while the server is away is none: it is tried again", async () => {
    const stage = await gitStage();
    const { repository, server, open } = stage;
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const opened = open({ writeBack: {} });
    const recorded = await begin(opened);
    await server.stop();
    prove(opened, "shop/web", "acme/web:1", one);
    await untilReason(opened, "Unreachable");
    await server.start();
    await opened.until(written(recorded, 1));
    expect(opened.state().writeBack?.condition.reason).toBe("Recorded");
  });
});

describe("a SIGKILL", () => {
  it("at any point between the commit and the push leaves at most one commit, and the next start has it written", async () => {
    const { repository, server, data, url } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const script = fileURLToPath(new URL("writer.ts", import.meta.url));
    const start = (to: Digest) => {
      const args = ["--import", "tsx", script, url, data, "acme/web:1", to];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const until = async (word: string) => {
        for (let line = ""; !line.startsWith(word);) line = String((await lines.next()).value);
      };
      const kill = async () => {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      };
      return { until, kill };
    };
    const rounds = 6;
    for (let round = 1; round <= rounds; round += 1) {
      const to = digest(round.toString(16));
      const first = start(to);
      // The commit is made, and the server is about to take it.
      const pushing = new Promise<void>((resolve) => {
        server.meanwhilePushed = async () => {
          if (round % 2 === 0) await first.kill();
          resolve();
        };
      });
      await pushing;
      await sleep(Math.random() * 60);
      if (round % 2 === 1) await first.kill();
      const second = start(to);
      await second.until("recorded");
      await second.kill();
      expect(await show(repository)).toContain(`acme/web:1@${to}`);
      expect(await log(repository)).toHaveLength(1 + round);
    }
  });
});
