import { variables } from "../../../src/compose/model/container/variables.js";
import { readFile, readdir, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitStage, images, mounts, services } from "./stage.js";

describe("a services file in git", () => {
  it("is read from the branch, with its commit", async () => {
    const { repository, open } = await gitStage();
    const commit = await repository.commit({ "compose.yaml": services("acme/web:1") }, { message: "The first one" });
    const source = open();
    const snapshot = await source.load();
    expect([images(snapshot), snapshot.problems]).toEqual([["acme/web:1"], []]);
    expect(snapshot.provenance?.get("shop")?.commit).toMatchObject({
      id: commit,
      author: "Ann Author",
      subject: "The first one",
    });
    expect(source.state()).toMatchObject({
      inForce: { id: commit },
      newest: { id: commit },
      condition: { status: "True", reason: "InForce" },
      projects: [{ project: "shop", file: "compose.yaml", revision: commit }],
    });
  });

  it("is looked at with one request while it does not change, and fetched once it does", async () => {
    const { repository, server, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open({ interval: "1s" });
    await source.load();
    server.requests.length = 0;
    source.watch();
    await source.until(() => (source.counts["unchanged"] ?? 0) >= 2);
    expect(server.requests.length).toBe(source.counts["unchanged"]);
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:2");
    expect(source.counts["fetched"]).toBe(2);
  });

  it("is looked at as soon as somebody tells of it", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    await source.load();
    source.watch();
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    source.tell();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:2");
  });

  it("that a commit breaks stays as it was, and the problem names commit, file, line and column; over a restart too", async () => {
    const { repository, server, open } = await gitStage();
    const good = await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    await source.load();
    source.watch();
    const bad = await repository.commit({ "compose.yaml": services("acme/web:2", "    prots: []\n") });
    source.tell();
    await source.until((snapshot) => snapshot.problems.length > 0);
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    expect(source.snapshot().problems).toMatchObject([{ commit: bad, file: "compose.yaml", line: 5, column: 5 }]);
    expect(source.state()).toMatchObject({
      newest: { id: bad },
      inForce: { id: good },
      condition: { status: "False", reason: "RevisionInvalid" },
    });
    await source.end();
    await server.stop();
    const again = open();
    const recalled = await again.load();
    expect(images(recalled)).toEqual(["acme/web:1"]);
    expect(recalled.problems).toMatchObject([{ commit: bad, file: "compose.yaml", line: 5 }]);
  });

  it("that one project of several breaks holds up no other, over a restart too", async () => {
    const { repository, server, open } = await gitStage();
    const stack = (name: string, image: string) => `name: ${name}\nservices:\n  web:\n    image: ${image}\n`;
    const first = await repository.commit({
      "stacks/a/compose.yaml": stack("a", "acme/a:1"),
      "stacks/b/compose.yaml": stack("b", "acme/b:1"),
    });
    const path = ["stacks/*/compose.yaml"];
    const source = open({ path });
    await source.load();
    source.watch();
    const second = await repository.commit({
      "stacks/a/compose.yaml": "name: a\nservices: [\n",
      "stacks/b/compose.yaml": stack("b", "acme/b:2"),
    });
    source.tell();
    await source.until((snapshot) => snapshot.problems.length > 0);
    const wanted = ["acme/a:1", "acme/b:2"];
    const projects = [
      { project: "a", file: "stacks/a/compose.yaml", revision: first },
      { project: "b", file: "stacks/b/compose.yaml", revision: second },
    ];
    expect(images(source.snapshot())).toEqual(wanted);
    expect(source.state()).toMatchObject({ inForce: { id: second }, projects });
    await source.end();
    await server.stop();
    const again = open({ path });
    expect(images(await again.load())).toEqual(wanted);
    expect(again.state().projects).toEqual(projects);
  });

  it("keeps what another commit does not touch as the very same", async () => {
    const { repository, open } = await gitStage();
    const stack = (name: string, image: string) => `name: ${name}\nservices:\n  web:\n    image: ${image}\n`;
    await repository.commit({ "a/compose.yaml": stack("a", "acme/a:1"), "b/compose.yaml": stack("b", "acme/b:1") });
    const source = open({ path: "*/compose.yaml" });
    const before = await source.load();
    source.watch();
    await repository.commit({ "a/compose.yaml": stack("a", "acme/a:2") });
    source.tell();
    await source.until((snapshot) => images(snapshot)[0] === "acme/a:2");
    expect(source.snapshot().projects[1]).toBe(before.projects[1]);
    expect(source.snapshot().projects[0]).not.toBe(before.projects[0]);
  });

  it("that a forced push takes back is followed", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    const source = open();
    expect(images(await source.load())).toEqual(["acme/web:2"]);
    source.watch();
    await repository.git("reset", "-q", "--hard", "HEAD~1");
    await repository.push();
    source.tell();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:1");
  });

  it("that moves while it is fetched is taken as it was fetched, and then as it is", async () => {
    const { repository, server, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    await source.load();
    source.watch();
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    server.meanwhile = async () => {
      await repository.git("commit", "-q", "--amend", "-m", "another");
      await repository.commit({ "compose.yaml": services("acme/web:3") });
      source.tell();
    };
    source.tell();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:3");
    expect(source.snapshot().problems).toEqual([]);
  });

  it.each(["v1", "refs/tags/v1", "refs/heads/main", "HEAD"])("is read at %s", async (ref) => {
    const { repository, open } = await gitStage();
    const commit = await repository.commit({ "compose.yaml": services("acme/web:1") });
    await repository.git("tag", "-a", "v1", "-m", "one");
    await repository.push("main", "v1");
    const source = open({ ref });
    expect(images(await source.load())).toEqual(["acme/web:1"]);
    expect(source.state().inForce?.id).toBe(commit);
  });

  it("is read from a bare repository on this host, by a verb that leaves nothing behind too", async () => {
    const { repository, data, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const once = open({ url: repository.path }, { once: true });
    expect(images(await once.load())).toEqual(["acme/web:1"]);
    await expect(readdir(data)).rejects.toThrow("ENOENT");
    expect(images(await open({ url: repository.path }).load())).toEqual(["acme/web:1"]);
  });
});

describe("what is gone", () => {
  it("as a branch leaves the last good revision in force, and its return is followed", async () => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open();
    await source.load();
    source.watch();
    await repository.git("push", "-q", "origin", "--delete", "main");
    source.tell();
    await source.until((_snapshot, state) => state.condition.reason === "RefNotFound");
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    expect(source.snapshot().problems[0]?.message).toMatch(/no branch or tag "main"|the repository is empty/);
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    source.tell();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:2" && snapshot.problems.length === 0);
  });

  it.each([
    ["a path", { "compose.yaml": null, README: "x" }, "compose.yaml"],
    ["everything", { "compose.yaml": null }, "compose.yaml"],
    ["what a pattern finds", { "compose.yaml": null, README: "x" }, "*.yaml"],
  ])("as %s leaves the last good revision in force, over a restart too", async (_what, files, path) => {
    const { repository, open } = await gitStage();
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open({ path });
    await source.load();
    source.watch();
    const commit = await repository.commit(files);
    source.tell();
    await source.until((snapshot) => snapshot.problems.length > 0);
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
    expect(source.snapshot().problems[0]?.file).toMatch(/compose\.yaml$|\*\.yaml$/);
    expect(source.state().newest?.id).toBe(commit);
    await source.end();
    const again = open({ path });
    expect(images(await again.load())).toEqual(["acme/web:1"]);
    expect(again.snapshot().problems.length).toBeGreaterThan(0);
  });
});

describe("a path in a services file from git", () => {
  it("that is mounted read-only is content by its own id: another commit does not move it", async () => {
    const { repository, open } = await gitStage();
    const text = services("acme/web:1", '    volumes: ["./conf:/conf:ro", "./nginx.conf:/nginx.conf:ro"]\n');
    await repository.commit({ "compose.yaml": text, "conf/a": "one", "nginx.conf": "server" });
    const source = open();
    const before = mounts(await source.load());
    expect(await readFile(join(before["/conf"] ?? "", "a"), "utf8")).toBe("one");
    expect(await readFile(before["/nginx.conf"] ?? "", "utf8")).toBe("server");
    source.watch();
    await repository.commit({ README: "elsewhere" });
    await repository.commit({ "conf/a": "two" });
    source.tell();
    await source.until((snapshot) => mounts(snapshot)["/conf"] !== before["/conf"]);
    const after = mounts(source.snapshot());
    expect(after["/nginx.conf"]).toBe(before["/nginx.conf"]);
    expect(await readFile(join(after["/conf"] ?? "", "a"), "utf8")).toBe("two");
    expect(await readFile(join(before["/conf"] ?? "", "a"), "utf8")).toBe("one");
  });

  it("that git does not know has a place that outlives every revision", async () => {
    const { repository, data, open } = await gitStage();
    const text = services("acme/web:1", '    volumes: ["./data:/data"]\n    env_file: [./secret.env]\n');
    await repository.commit({ "stack/compose.yaml": text });
    const place = join(data, "git/fleet/work/fleet/stack");
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "secret.env"), "TOKEN=one\n");
    const source = open({ path: "stack/compose.yaml" });
    const snapshot = await source.load();
    expect(snapshot.problems).toEqual([]);
    expect(mounts(snapshot)).toEqual({ "/data": join(place, "data") });
    expect(snapshot.projects[0]?.services[0]?.container.environment).toEqual(variables({ TOKEN: "one" }));
    source.watch();
    await writeFile(join(place, "secret.env"), "TOKEN=two\n");
    await source.until(
      (now) => now.projects[0]?.services[0]?.container.environment["TOKEN"]?.reveal() === "two" && now.generation > 1,
    );
  });

  it.each([
    ["a link out of the repository", {}, "./out:/out:ro", /out is a symbolic link that leads out/],
    ["a folder with a link out of it", {}, "./links:/links:ro", /links\/deep is a symbolic link/],
    [
      "a pointer to Git LFS",
      { "big/model.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 5\n" },
      "./big:/big:ro",
      /big\/model\.bin is only a pointer to Git LFS/,
    ],
    ["a submodule", {}, "./module:/module:ro", /module is a submodule/],
  ])("is refused by name: %s", async (_what, files, mount, message) => {
    const { repository, open } = await gitStage();
    const other = await repository.commit({ README: "x" });
    const text = services("acme/web:1", `    volumes: ["${mount}"]\n`);
    const { symlink } = await import("node:fs/promises");
    await symlink("../../etc/passwd", join(repository.work, "out"));
    await mkdir(join(repository.work, "links"));
    await symlink("/etc", join(repository.work, "links/deep"));
    await repository.commit({ "compose.yaml": text, ...files }, { push: false });
    await repository.git("update-index", "--add", "--cacheinfo", `160000,${other},module`);
    await repository.git("commit", "-q", "-m", "with a submodule");
    await repository.push();
    const source = open();
    const { projects, problems } = await source.load();
    expect(projects).toEqual([]);
    expect(problems).toMatchObject([
      { file: "compose.yaml", line: 5, message: expect.stringMatching(message) as string },
    ]);
  });

  it("in a submodule is there where the settings say so", async () => {
    const { repository, root, server, open } = await gitStage();
    const { gitRepository } = await import("../../sandbox/servers/git-repository.js");
    const other = await gitRepository(root, "parts");
    const commit = await other.commit({ "conf/a": "from afar" });
    await repository.commit(
      {
        "compose.yaml": services(
          "acme/web:1",
          '    volumes: ["./parts/conf:/conf:ro", "./parts:/parts:ro", "./:/all:ro"]\n',
        ),
        index: "of ours",
        ".gitmodules": `[submodule "parts"]\n\tpath = parts\n\turl = ../parts.git\n`,
      },
      { push: false },
    );
    await repository.git("update-index", "--add", "--cacheinfo", `160000,${commit},parts`);
    await repository.git("commit", "-q", "-m", "with parts");
    await repository.push();
    expect(server.requests).toEqual([]);
    const source = open({ submodules: true });
    const snapshot = await source.load();
    expect(snapshot.problems).toEqual([]);
    expect(await readFile(join(mounts(snapshot)["/conf"] ?? "", "a"), "utf8")).toBe("from afar");
    const { "/parts": whole = "", "/all": all = "" } = mounts(snapshot);
    expect(await readFile(join(whole, "conf/a"), "utf8")).toBe("from afar");
    expect(await readFile(join(all, "parts/conf/a"), "utf8")).toBe("from afar");
    expect(await readFile(join(all, "index"), "utf8")).toBe("of ours");
  });
});
