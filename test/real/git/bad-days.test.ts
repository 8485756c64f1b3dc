import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { smallDisk } from "../../sandbox/host/small-disk.js";
import { gitStage, images, mounts, services } from "./stage.js";

const run = promisify(execFile);

describe("a server", () => {
  it("that is down at the start and later is waited for", async () => {
    const { repository, server, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    await server.stop();
    const source = open({ interval: "1s" });
    const first = await source.load();
    expect(images(first)).toEqual([]);
    expect(source.state().condition).toMatchObject({ status: "False", reason: "Unreachable" });
    expect(first.problems[0]?.message).toContain("cannot be reached");
    source.watch();
    await server.start();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:1" && snapshot.problems.length === 0);
    await server.stop();
    await source.until((snapshot) => snapshot.problems.length > 0);
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    await server.start();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:2");
  });

  it.each([
    [401, "Unauthorized", /refuses the login/],
    [403, "Forbidden", /403/],
    [404, "RepositoryNotFound", /no such repository/],
    [500, "Unreachable", /cannot answer now/],
    [429, "Unreachable", /cannot answer now/],
  ])("that answers %i is a condition, and what is in force stays", async (status, reason, message) => {
    const { repository, server, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    await source.load();
    source.watch();
    server.fault = { kind: "status", status };
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    source.tell();
    await source.until((_snapshot, state) => state.condition.reason === reason);
    expect(source.snapshot().problems[0]?.message).toMatch(message);
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    server.fault = undefined;
    source.tell();
    await source.until((snapshot, state) => images(snapshot)[0] === "acme/web:2" && state.condition.status === "True");
  });

  it("whose answer breaks off in the middle of a pack is asked again", async () => {
    const { repository, server, data, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open({ interval: "1s" });
    await source.load();
    source.watch();
    server.fault = { kind: "cut", bytes: 40 };
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    await source.until((_snapshot, state) => state.condition.status === "False");
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    server.fault = undefined;
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:2");
    const [store = ""] = (await readdir(join(data, "git/fleet"))).filter((name) => name.startsWith("store-"));
    await run("git", ["-C", join(data, "git/fleet", store), "fsck", "--connectivity-only"]);
  });

  it("that stalls in the middle of a pack holds up nothing when we end, and leaves no process", async () => {
    const { repository, server, data, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    await source.load();
    source.watch();
    server.fault = { kind: "stall", bytes: 40 };
    const asked = server.requests.length;
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    source.tell();
    await source.until(() => server.requests.slice(asked).some((request) => request.startsWith("POST")));
    await source.end();
    for (let tries = 0; ; tries += 1) {
      const left = (await commandLines()).filter((line) => line.includes(data) || line.includes(server.url));
      if (left.length === 0) break;
      if (tries > 200) throw new Error(`still there: ${left.join("; ")}`);
      await sleep(20);
    }
    server.fault = undefined;
    const again = open();
    await again.load();
    again.watch();
    await again.until((snapshot) => images(snapshot)[0] === "acme/web:2");
  });

  it("whose objects and folder somebody takes away while it is followed is made anew at the next look", async () => {
    const { repository, open, data } = await gitStage();
    const text = (version: number) => `${services(`acme/web:${version}`)}    volumes: ["./conf:/conf"]\n`;
    await repository.commit({ "compose.yaml": text(1), "conf/a": "one" });
    const opened = open();
    await opened.load();
    opened.watch();
    const base = join(data, "git", "fleet");
    await rm(join(base, "store-1"), { recursive: true });
    await rm(join(base, "work"), { recursive: true });
    opened.tell();
    await opened.until(() => opened.said.includes("what was kept of it is gone: it is made anew"));
    await repository.commit({ "compose.yaml": text(2) });
    opened.tell();
    await opened.until((snapshot) => images(snapshot).includes("acme/web:2"));
    expect(await readFile(join(base, "work", "fleet", "conf", "a"), "utf8")).toBe("one");
  });

  it("that wants a login gets it from a file which is read anew, and nobody else sees it", async () => {
    const { repository, server, root, data, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    server.login = "deploy:s3cr3t-token";
    const tokenFile = join(root, "token");
    await writeFile(tokenFile, "old-token\n");
    const source = open({ auth: { username: "deploy", tokenFile }, interval: "1s" });
    await source.load();
    expect(source.state().condition.reason).toBe("Unauthorized");
    await writeFile(tokenFile, "s3cr3t-token\n");
    source.watch();
    const lines: string[] = [];
    await source.until((snapshot) => {
      void commandLines().then((now) => lines.push(...now));
      return images(snapshot)[0] === "acme/web:1";
    });
    server.requests.length = 0;
    const unchanged = source.counts["unchanged"] ?? 0;
    await source.until(() => (source.counts["unchanged"] ?? 0) > unchanged);
    expect(server.requests.length).toBeLessThanOrEqual((source.counts["unchanged"] ?? 0) - unchanged + 1);
    const hidden = [/s3cr3t/, new RegExp(Buffer.from("deploy:s3cr3t-token").toString("base64"))];
    const { stdout } = await run("grep", ["-rlaE", hidden.map(({ source: text }) => text).join("|"), data]).catch(
      () => ({ stdout: "" }),
    );
    expect(stdout).toBe("");
    const told = JSON.stringify([source.said, source.snapshot().problems, source.state(), lines]);
    for (const pattern of hidden) expect(told).not.toMatch(pattern);
  });

  it("that sends us elsewhere gets no login there", async () => {
    const { repository, server, root, open } = await gitStage();
    const other = await (await import("../../sandbox/servers/git-server.js")).startGitServer(root);
    onTestFinished(() => other.stop());
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const tokenFile = join(root, "token");
    await writeFile(tokenFile, "token");
    server.fault = { kind: "status", status: 301, location: other.url };
    const source = open({ auth: { tokenFile } });
    await source.load();
    expect(source.state().condition.reason).toBe("RepositoryMoved");
    expect(other.requests).toEqual([]);
  });
});

describe("a disk", () => {
  it("that is full leaves what is in force, and what is fetched once there is room", async () => {
    const { repository, data, open } = await gitStage();
    const disk = await smallDisk(data, { kib: 3_072, kind: "tmpfs" });
    onTestFinished(() => disk.remove());
    const text = (version: string) => services(`acme/web:${version}`, '    volumes: ["./conf:/conf:ro"]\n');
    await repository.commit({ "compose.yaml": text("1"), "conf/a": "one" });
    const source = open({ interval: "1s" });
    const before = mounts(await source.load());
    source.watch();
    // It fits as it is sent, and not as it is written.
    await repository.commit({ "compose.yaml": text("2"), "conf/a": "two".repeat(2 << 20) });
    await source.until((_snapshot, state) => state.condition.status === "False");
    expect(source.snapshot().problems[0]?.message).toMatch(/no room/);
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    expect(await readFile(join(before["/conf"] ?? "", "a"), "utf8")).toBe("one");
    await repository.commit({ "compose.yaml": text("3"), "conf/a": "three" });
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:3");
    expect(await readFile(join(mounts(source.snapshot())["/conf"] ?? "", "a"), "utf8")).toBe("three");
  });
});

describe("a repository", () => {
  it("with names of every kind, two that differ in case, and attributes that would change them, is taken as it is", async () => {
    const { repository, open } = await gitStage();
    const names = [
      "a b",
      "täg",
      "quo'te\"",
      "back\\slash",
      "new\nline",
      "-dash",
      "*star?",
      "$(touch x)",
      "Case",
      "case",
    ];
    const files = Object.fromEntries(names.map((name) => [`conf/${name}`, `<${name}>\n`]));
    await repository.commit({
      "compose.yaml": services("acme/web:1", '    volumes: ["./conf:/conf:ro", "./run:/run.sh:ro"]\n'),
      ...files,
      ".gitattributes": "* text eol=crlf ident\nconf/** filter=evil\n*.utf16 working-tree-encoding=UTF-16\n",
      "conf/id": "$Id$\n",
      run: "#!/bin/sh\n",
    });
    await repository.git("update-index", "--chmod=+x", "run");
    await repository.git("commit", "-q", "-m", "executable");
    await repository.push();
    const source = open();
    const snapshot = await source.load();
    expect(snapshot.problems).toEqual([]);
    const folder = mounts(snapshot)["/conf"] ?? "";
    expect((await readdir(folder)).sort()).toEqual([...names, "id"].sort());
    for (const name of names) expect(await readFile(join(folder, name), "utf8")).toBe(`<${name}>\n`);
    expect(await readFile(join(folder, "id"), "utf8")).toBe("$Id$\n");
    const { stdout } = await run("stat", ["-c", "%a", mounts(snapshot)["/run.sh"] ?? ""]);
    expect(stdout.trim()).toBe("755");
    source.watch();
    await repository.git("mv", "conf/Case", "conf/CASE");
    await repository.commit({});
    source.tell();
    await source.until((now) => mounts(now)["/conf"] !== folder);
    expect(await readdir(mounts(source.snapshot())["/conf"] ?? "")).toContain("CASE");
  });

  it("of another user on this host is read, since somebody has named it", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    await run("chown", ["-R", "12345:12345", repository.path]);
    await chown(repository.path, 12345, 12345);
    const snapshot = await open({ url: repository.path }).load();
    expect([images(snapshot), snapshot.problems]).toEqual([["acme/web:1"], []]);
  });

  it("with 200 projects and 10,000 files: a commit that changes one reads one", async () => {
    const { repository, open } = await gitStage();
    const stack = (index: number, version: number) =>
      `name: p${index}\nservices:\n  web:\n    image: acme/web:${version}\n`;
    const files: Record<string, string> = {};
    for (let index = 0; index < 200; index += 1) {
      files[`stacks/${index}/compose.yaml`] = stack(index, 1);
      for (let file = 0; file < 50; file += 1) files[`stacks/${index}/conf/${file}`] = `${index} ${file}`;
    }
    await repository.commit(files);
    const source = open({ path: "stacks/*/compose.yaml" });
    const before = await source.load();
    expect(before.projects.length).toBe(200);
    source.watch();
    const began = performance.now();
    await repository.commit({ "stacks/7/compose.yaml": stack(7, 2) });
    const pushed = performance.now();
    source.tell();
    await source.until((snapshot) => images(snapshot).includes("acme/web:2"));
    console.log(`pushed in ${pushed - began} ms, read in ${performance.now() - pushed} ms`);
    const changed = source.snapshot().projects.filter((project, index) => project !== before.projects[index]);
    expect(changed.map(({ name }) => name)).toEqual(["p7"]);
  });

  it("with a file of 500 MB that nothing mounts never has it fetched", async () => {
    const { repository, data, open } = await gitStage();
    await run("truncate", ["-s", "500M", join(repository.work, "huge.bin")]);
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    expect(images(await source.load())).toEqual(["acme/web:1"]);
    const { stdout } = await run("du", ["-sk", data]);
    expect(Number.parseInt(stdout, 10)).toBeLessThan(1_024);
  });
});

/** Kills at random, each with a revision of its own. */
const rounds = Number(process.env["FAIRLEAD_TEST_ROUNDS"] ?? 10);

describe("a process that is killed", () => {
  it(
    "at any point between fetch and in-force leaves a whole revision in force, in every round",
    { timeout: 900_000 },
    async () => {
      const { repository, data } = await gitStage();
      const text = (version: number) => services(`acme/web:${version}`, '    volumes: ["./conf:/conf:ro"]\n');
      const files = (version: number) =>
        Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`conf/${index}`, `${version}`]));
      const push = (version: number) => repository.commit({ "compose.yaml": text(version), ...files(version) });
      await mkdir(data, { recursive: true });
      const script = fileURLToPath(new URL("follower.ts", import.meta.url));
      const follow = () => {
        const args = ["--import", "tsx", script, repository.path, data];
        const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        const said = async () => String((await lines.next()).value);
        const kill = async () => {
          const ended = once(child, "exit");
          child.kill("SIGKILL");
          await ended;
        };
        return { said, kill };
      };
      await push(0);
      const first = follow();
      expect(await first.said()).toBe("whole 0");
      await push(1);
      await first.kill();
      const second = follow();
      expect(await second.said()).toBe("whole 0");
      const began = performance.now();
      expect(await second.said()).toBe("whole 1");
      const took = performance.now() - began;
      await second.kill();
      const seen = new Set<string>();
      for (let round = 2; round <= rounds; round += 1) {
        await push(round);
        const child = follow();
        // What was in force when it began is read from the disk alone.
        const line = await child.said();
        expect(line).toMatch(/^whole \d+$/);
        seen.add(line);
        // Now and then it is let through, so that what is in force does change.
        if (round % 5 === 0) expect(await child.said()).toBe(`whole ${round}`);
        else await sleep(Math.random() * 1.4 * took);
        await child.kill();
      }
      const last = follow();
      for (let line = await last.said(); line !== `whole ${rounds}`; line = await last.said())
        expect(line).toMatch(/^whole \d+$/);
      await last.kill();
      console.log(`killed ${rounds - 1} times; ${seen.size} revisions came in force before`);
      expect(seen.size).toBeGreaterThan(1);
    },
  );
});

async function commandLines(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.startsWith("git") || line.includes("/git")) found.push(line.replaceAll("\0", " "));
  }
  return found;
}
