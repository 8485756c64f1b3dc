import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CommitsBetween } from "../../../src/control/ports/source.js";
import { linesBetween } from "../../../src/notify/notices/between.js";
import { gitStage, services, type GitStage, type Opened } from "./stage.js";

const never = new AbortController().signal;

const subjects = (found: CommitsBetween | undefined) =>
  found?.kind === "listed" ? found.commits.map(({ subject }) => subject) : found?.kind;

function asked({ source }: Opened, { url }: GitStage, before: string, commit: string, signal = never) {
  return source.commitsBetween?.({ source: url, project: "shop", before, commit }, signal);
}

/** A followed repository whose first commit is in force. */
async function followed() {
  const stage = await gitStage();
  const first = await stage.repository.commit({ "compose.yaml": services("acme/web:1"), "other/x": "1" });
  const source = stage.open();
  await source.load();
  return { ...stage, stage, first, source };
}

describe("the commits between", () => {
  it("are those that change what the project is made of, with their tags", async () => {
    const { stage, repository, first, source } = await followed();
    const env = "    env_file: [web.env]\n";
    await repository.commit({ "compose.yaml": services("acme/web:2", env), "web.env": "A=1\n" }, { message: "An env" });
    const tagged = await repository.commit({ "web.env": "A=2\n" }, { message: "Another env", push: false });
    await repository.git("tag", "v1.5.0");
    await repository.git("tag", "-a", "-m", "a release", "release", tagged);
    await repository.push("main", "--tags");
    await repository.commit({ "other/x": "2" }, { message: "Of no concern" });
    const last = await repository.commit({ "web.env": "A=3\n" }, { message: "The last one" });
    source.watch();
    source.tell();
    await source.until((_snapshot, { inForce }) => inForce?.id === last);
    const found = await asked(source, stage, first, last);
    expect(found).toMatchObject({
      kind: "listed",
      commits: [
        { subject: "An env", author: "Ann Author", tags: [] },
        { id: tagged, subject: "Another env", tags: ["release", "v1.5.0"] },
      ],
      more: 0,
      isAll: true,
    });
    expect((await source.source.kept?.())?.map(({ path }) => basename(path))).toContain("history");
  });

  it("are found out once, whoever asks, and again after a further commit", async () => {
    const { stage, server, repository, first, source } = await followed();
    const second = await repository.commit({ "compose.yaml": services("acme/web:2") }, { message: "Two" });
    const third = await repository.commit({ "compose.yaml": services("acme/web:3") }, { message: "Three" });
    expect(await Promise.all([asked(source, stage, first, third), asked(source, stage, first, third)])).toMatchObject([
      { commits: [{ id: second }] },
      { commits: [{ id: second }] },
    ]);
    server.requests.length = 0;
    expect(subjects(await asked(source, stage, first, third))).toEqual(["Two"]);
    expect(server.requests).toEqual([]);
    // What is here is not fetched again: only tags are asked for.
    expect(subjects(await asked(source, stage, first, second))).toEqual([]);
    expect(server.requests).toEqual([]);
    const fourth = await repository.commit({ "compose.yaml": services("acme/web:4") });
    expect(subjects(await asked(source, stage, first, fourth))).toEqual(["Two", "Three"]);
  });

  it("of a project without files of its own here are all of them", async () => {
    const { source, url, first, repository } = await followed();
    await repository.commit({ "other/x": "2" }, { message: "Elsewhere" });
    const last = await repository.commit({ "other/x": "3" });
    const span = { source: url, project: "unknown", before: first, commit: last };
    expect(subjects(await source.source.commitsBetween?.(span, never))).toEqual(["Elsewhere"]);
    expect(source.source.commitsBetween?.({ ...span, source: "https://other.example/x.git" }, never)).toBeUndefined();
  });

  it("come by merged branches too, and merges are none", async () => {
    const { stage, repository, first, source } = await followed();
    await repository.git("checkout", "-q", "-b", "topic");
    const topic = { message: "On a branch", push: false };
    await repository.commit({ "compose.yaml": services("acme/web:2") }, topic);
    await repository.git("checkout", "-q", "main");
    await repository.commit({ "other/x": "2" }, { message: "Meanwhile", push: false });
    await repository.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic");
    await repository.push();
    const last = await repository.git("rev-parse", "HEAD");
    expect(subjects(await asked(source, stage, first, last))).toEqual(["On a branch"]);
  });

  it("are not guessed where the history was rewritten, or goes back", async () => {
    const { stage, repository, first, source } = await followed();
    const lost = await repository.commit({ "compose.yaml": services("acme/web:2") });
    await repository.git("reset", "-q", "--hard", first);
    await repository.push();
    expect(await asked(source, stage, lost, first)).toEqual({ kind: "rewritten" });
    const other = await repository.commit({ "compose.yaml": services("acme/web:3") });
    expect(await asked(source, stage, lost, other)).toEqual({ kind: "rewritten" });
    // The other way round: what is to be told of has gone meanwhile.
    expect(await asked(source, stage, first, lost)).toEqual({ kind: "gone" });
  });

  it("cannot steer whoever reads them", async () => {
    const { stage, repository, first, source } = await followed();
    const hostile = "<!channel> @everyone \u001b[31mred \u202e`x` [a](https://evil.example)";
    const args = ["--author", `${hostile.replace(/[<>]/g, "")} <x@evil.example>`];
    await repository.commit({ "compose.yaml": services("acme/web:2") }, { message: hostile, args });
    const last = await repository.commit({ "compose.yaml": services("acme/web:3") });
    const found = await asked(source, stage, first, last);
    if (found === undefined) throw new Error("nobody follows it");
    const [line = ""] = linesBetween(found, { before: first } as never);
    expect(line).toMatch(/^[0-9a-f]{7} .*red `x` \[a\]\(https:\/\/evil\.example\)$/);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("hold up no look while the server stalls, and end with whoever asks", async () => {
    const { stage, server, repository, first, source } = await followed();
    source.watch();
    const second = await repository.commit({ "compose.yaml": services("acme/web:2") });
    source.tell();
    await source.until((_snapshot, { inForce }) => inForce?.id === second);
    server.fault = { kind: "stall", bytes: 0 };
    server.requests.length = 0;
    const end = new AbortController();
    const state: { ended?: string } = {};
    const answer = asked(source, stage, first, second, end.signal)?.then(
      () => (state.ended = "well"),
      () => (state.ended = "aborted"),
    );
    while (!server.requests.some((one) => one.startsWith("POST")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    server.fault = undefined;
    const third = await repository.commit({ "compose.yaml": services("acme/web:3") });
    source.tell();
    await source.until((_snapshot, { inForce }) => inForce?.id === third);
    expect(state.ended).toBeUndefined();
    end.abort();
    await answer;
    expect(state.ended).toBe("aborted");
    expect(subjects(await asked(source, stage, first, third))).toEqual(["a change"]);
  });

  it("are left out where the server refuses, which is said once and without a secret, and nobody asks again at once", async () => {
    const { stage, server, root, repository, first } = await followed();
    await writeFile(join(root, "token"), "hunter2hunter2\n");
    server.login = "deploy:hunter2hunter2";
    const source = stage.open({ name: "other", auth: { username: "deploy", tokenFile: join(root, "token") } });
    await source.load();
    const second = await repository.commit({ "compose.yaml": services("acme/web:2") });
    server.fault = { kind: "status", status: 503 };
    const refused = { code: "SourceUnavailable", message: expect.stringContaining("cannot answer now") as string };
    await expect(asked(source, stage, first, second)).rejects.toMatchObject(refused);
    const before = server.requests.length;
    await expect(asked(source, stage, first, second)).rejects.toMatchObject(refused);
    expect(server.requests.length).toBe(before);
    const warnings = source.said.filter((text) => text.includes("messages go without the commits between"));
    expect(warnings).toHaveLength(1);
    expect(source.said.join()).not.toContain("hunter2");
  });
});
