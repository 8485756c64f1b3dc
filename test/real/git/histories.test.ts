import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { Between, type BetweenOptions } from "../../../src/git/between/between.js";
import { addressOf } from "../../../src/git/program/address.js";
import { gitVariables, writeConfig } from "../../../src/git/program/environment.js";
import { silentLog } from "../../../src/console/log.js";

const run = promisify(execFile);
const never = new AbortController().signal;

/** Straight at a repository of this host. */
async function betweenIn(root: string, url: string, more: Partial<BetweenOptions> = {}): Promise<Between> {
  const folder = await mkdtemp(join(root, "between-"));
  await writeConfig(folder);
  const parsed = addressOf(url);
  if ("wrong" in parsed) throw new Error(parsed.wrong);
  const { address } = parsed;
  const surroundings = { address, login: { kind: "none" } as const, caFile: undefined, folder };
  const variables = gitVariables({ ...surroundings, environment: { PATH: process.env["PATH"] } });
  return new Between({
    ...{ address, source: url, ref: "main", log: silentLog, folder: join(folder, "history") },
    variables: () => Promise.resolve(variables),
    ...more,
  });
}

interface Made {
  /** Earlier ones, by their numbers. */
  readonly parents: readonly number[];
  readonly file: string;
}

/** A bare repository with these commits, of which the last one is `main`; answers their ids. */
async function imported(path: string, commits: readonly Made[]): Promise<readonly string[]> {
  const env = { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  await run("git", ["init", "-q", "--bare", "-b", "main", path], { env });
  await run("git", ["-C", path, "config", "uploadpack.allowFilter", "true"], { env });
  const stream = commits.map(({ parents: [from, ...merged], file }, index) =>
    [
      ...[`commit refs/heads/main`, `mark :${index + 1}`, `committer Ann <a@x> ${1_700_000_000 + index * 60} +0000`],
      ...[`data <<E`, `commit ${index}`, `E`, ...(from === undefined ? [] : [`from :${from + 1}`])],
      ...merged.map((one) => `merge :${one + 1}`),
      ...[`M 100644 inline ${file}`, `data <<E`, `text ${index}`, `E`, ``],
    ].join("\n"),
  );
  // Without a parent a branch begins anew.
  const text = stream.map((one, index) =>
    index > 0 && !one.includes("\nfrom ") ? `reset refs/heads/main\n${one}` : one,
  );
  const child = spawn("git", ["-C", path, "fast-import", "--quiet", "--force", `--export-marks=${path}/marks`], {
    env,
  });
  child.stdin.end(text.join("\n"));
  await once(child, "close");
  const { stdout } = await run("cat", [`${path}/marks`]);
  const ids = new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );
  return commits.map((_one, index) => ids.get(`:${index + 1}`) ?? "");
}

async function place(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "fairlead-between-"));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 100, retryDelay: 20 }));
  return root;
}

/** So many commits in a row. */
const line = (count: number): readonly Made[] =>
  Array.from({ length: count }, (_, index) => ({ parents: index === 0 ? [] : [index - 1], file: "compose.yaml" }));

describe("a long history", () => {
  const span = (ids: readonly string[], before: number) => ({
    ...{ source: "x", project: "shop", before: ids[before] ?? "", commit: ids.at(-1) ?? "" },
  });

  it("is told of by its newest commits, and how many there are besides", async () => {
    const root = await place();
    const ids = await imported(join(root, "r.git"), line(400));
    const between = await betweenIn(root, join(root, "r.git"));
    expect(await between.commits(span(ids, 350), [], never)).toMatchObject({
      more: 18,
      isAll: true,
      commits: { length: 30 },
    });
    expect(await between.commits(span(ids, 10), [], never)).toEqual({ kind: "beyond", depth: 256 });
  });

  it("with an old branch that was merged lately tells of that branch's commits alone", async () => {
    const root = await place();
    const old = { parents: [5], file: "compose.yaml" };
    const commits = [...line(100), old, { parents: [99, 100], file: "merged" }];
    const ids = await imported(join(root, "r.git"), commits);
    const between = await betweenIn(root, join(root, "r.git"));
    const found = await between.commits(span(ids, 99), [], never);
    expect(found).toMatchObject({ isAll: true, commits: [{ subject: "commit 100" }] });
    // What is not deep enough to tell does not tell of others.
    const flat = await betweenIn(root, join(root, "r.git"), { depths: [4, 8] });
    expect(await flat.commits(span(ids, 99), [], never)).toMatchObject({ isAll: false, commits: [] });
  });

  it("that is too heavy is left alone, and what has come of it is removed", async () => {
    const root = await place();
    const path = join(root, "r.git");
    const ids = await imported(path, line(3));
    await run("git", ["-C", path, "config", "uploadpack.allowFilter", "false"]);
    const noise = join(root, "noise");
    const big = randomBytes(6 << 20);
    await writeFile(noise, big);
    const { stdout: blob } = await run("git", ["-C", path, "hash-object", "-w", noise]);
    await writeFile(join(root, "tree"), `100644 blob ${blob.trim()}\tnoise\n`);
    const tree = await run("sh", ["-c", `git -C ${path} mktree < ${join(root, "tree")}`]);
    const env = {
      ...process.env,
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@x",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@x",
    };
    const commit = ["-C", path, "commit-tree", tree.stdout.trim(), "-p", ids[2] ?? "", "-m", "heavy"];
    const { stdout: heavy } = await run("git", commit, { env });
    await run("git", ["-C", path, "update-ref", "refs/heads/main", heavy.trim()]);
    const folder = join(root, "history");
    const between = await betweenIn(root, path, { folder, mostBytes: 100_000 });
    const wish = { source: "x", project: "shop", before: ids[0] ?? "", commit: heavy.trim() };
    const said = between.commits(wish, [], never);
    await expect(said).rejects.toMatchObject({
      message: expect.stringContaining("its history takes more than") as string,
    });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("whatever a history looks like", () => {
  const made = fc
    .array(
      fc.record({
        back: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 }),
        file: fc.constantFrom("compose.yaml", "web.env", "other"),
      }),
      { minLength: 2, maxLength: 16 },
    )
    .map((all) =>
      all.map(({ back, file }, index): Made => {
        const parents = [...new Set(back.map((far) => index - far))].filter((at) => at >= 0);
        return { parents: index > 0 && parents.length === 0 ? [index - 1] : parents, file };
      }),
    );

  it("what is listed is what git lists with all of it at hand; and all of that where it says so", async () => {
    const root = await place();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        made,
        fc.nat(),
        fc.constantFrom<[number, number]>([1, 2], [2, 4], [3, 32]),
        fc.constantFrom<readonly string[]>([], ["compose.yaml"], ["compose.yaml", "web.env"]),
        async (commits, which, depths, paths) => {
          const path = join(root, `${(count += 1)}.git`);
          const ids = await imported(path, commits);
          const [before = "", commit = ""] = [ids[which % ids.length], ids.at(-1)];
          const between = await betweenIn(root, path, { depths });
          const found = await between.commits({ source: "x", project: "p", before, commit }, paths, never);
          const isAncestor = await run("git", ["-C", path, "merge-base", "--is-ancestor", before, commit]).then(
            () => true,
            () => false,
          );
          if (found.kind === "rewritten") expect(isAncestor).toBe(false);
          if (found.kind !== "listed") return;
          expect(isAncestor).toBe(true);
          const how = ["log", "--no-merges", "--date-order", "--reverse", "--format=%H", commit, `^${before}`, "--"];
          const { stdout } = await run("git", ["-C", path, ...how, ...paths]);
          const truth = stdout.split("\n").filter((id) => id !== "" && id !== commit);
          const listed = found.commits.map(({ id }) => id);
          expect(truth.filter((id) => listed.includes(id))).toEqual(listed);
          if (found.isAll) expect(listed).toEqual(truth);
        },
      ),
      { numRuns: 25 },
    );
  });
});
