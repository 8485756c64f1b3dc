import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SourceSnapshot } from "../../../src/control/ports/source.js";
import { readConfig } from "../../../src/config/config.js";
import { silentLog } from "../../../src/console/log.js";
import { sourceOf } from "../../../src/wiring.js";
import { patienceMs } from "../../sandbox/host/patience.js";
import { gitStage, mounts, services } from "./stage.js";

const volumes = (...list: readonly string[]) => services("acme/web:1", `    volumes: ${JSON.stringify(list)}\n`);

/** A repository that is followed under a policy of the settings file, as a run has it. */
async function guarded(policy: (url: string, root: string) => object, files: Readonly<Record<string, string>>) {
  const { root, data, repository, url } = await gitStage();
  await repository.commit(files);
  const config = join(root, "settings", "fairlead.yaml");
  await mkdir(join(root, "settings"), { recursive: true });
  const settings = { data, git: { url, ref: "main", interval: "1h" }, policy: policy(url, root) };
  await writeFile(config, JSON.stringify(settings));
  const source = sourceOf(readConfig({ config }, {}), { PATH: process.env["PATH"] }, silentLog);
  const end = new AbortController();
  onTestFinished(async () => {
    end.abort();
    await sleep(50);
  });
  let current: SourceSnapshot = await source.load();
  source.watch((snapshot) => {
    current = snapshot;
  }, end.signal);
  return {
    root,
    work: join(data, "git", "fleet", "work", "fleet"),
    problems: () => current.problems.map(({ commit, line, message }) => ({ commit, line, message })),
    mounts: () => mounts(current),
    image: () => current.projects[0]?.services[0]?.image.tag,
    /** Commits, and waits until that has been read. */
    commit: async (next: Readonly<Record<string, string | null>>) => {
      const id = await repository.commit(next);
      source.told?.({ repositories: [url], ref: "refs/heads/main" });
      const isRead = () =>
        current.problems.some(({ commit }) => commit === id) || current.provenance?.get("shop")?.commit.id === id;
      const deadline = Date.now() + patienceMs;
      while (!isRead()) {
        if (Date.now() > deadline) throw new Error("the commit was never read");
        await sleep(20);
      }
      return id;
    },
  };
}

describe("a repository under a policy", () => {
  it("may have its own folder written to, and what is written outlives a commit that is refused", async () => {
    const one = await guarded(() => ({}), {
      "compose.yaml": volumes("./conf:/conf", "./data:/data", "./app.conf:/app.conf:ro"),
      "conf/a": "a1",
      "app.conf": "one",
    });
    expect(one.problems()).toEqual([]);
    expect(one.mounts()).toMatchObject({ "/conf": join(one.work, "conf"), "/data": join(one.work, "data") });
    await writeFile(join(one.work, "conf", "own"), "mine");

    const bad = await one.commit({ "compose.yaml": volumes("./conf:/conf", "/etc:/host"), "conf/a": "a2" });
    expect(one.problems()).toMatchObject([
      { commit: bad, line: 5, message: "the policy forbids /etc: it is outside the folders that are allowed" },
    ]);
    expect(one.mounts()).not.toHaveProperty("/host");
    const texts = () => Promise.all(["a", "own"].map((name) => readFile(join(one.work, "conf", name), "utf8")));
    expect(await texts()).toEqual(["a1", "mine"]);

    await one.commit({ "compose.yaml": volumes("./conf:/conf") });
    expect(one.problems()).toEqual([]);
    expect(await texts()).toEqual(["a2", "mine"]);
  });

  it.each(["../elsewhere:/x", "../../../../settings:/x:ro", "../../state.json:/x:ro", "./..:/x", "../../tended:/x"])(
    "may not have %s, which leads out of it",
    async (mount) => {
      const one = await guarded(() => ({}), { "compose.yaml": volumes("./conf:/conf"), "conf/a": "a1" });
      const bad = await one.commit({ "compose.yaml": volumes("./conf:/conf", mount) });
      expect(one.problems()).toMatchObject([{ commit: bad, line: 5 }]);
      expect(one.problems()[0]?.message).toBe("the relative path leads out of the repository");
      expect(one.mounts()).toEqual({ "/conf": join(one.work, "conf") });
    },
  );

  it("is refused a way out that a container has made in its folder, and so is a file that is brought up to date", async () => {
    const reloaded = (...list: readonly string[]) =>
      services("acme/web:2", `    volumes: ${JSON.stringify(list)}\n    x-fairlead: { reload: { signal: HUP } }\n`);
    const one = await guarded(() => ({}), { "compose.yaml": volumes("./conf:/conf"), "conf/a": "a1", "app.conf": "1" });
    await symlink("/etc", join(one.work, "conf", "way"));
    await one.commit({ "compose.yaml": volumes("./conf:/conf", "./conf/way:/x") });
    expect(one.problems()[0]?.message).toMatch(/way, which is \/etc: it is outside/);
    await rm(join(one.work, "conf", "way"));
    // The word of git counts again.
    await one.commit({ "compose.yaml": reloaded("./conf:/conf", "./app.conf:/app.conf:ro") });
    expect(one.problems()).toEqual([]);
    expect(one.mounts()["/app.conf"]).toMatch(/\/data\/git\/fleet\/tended\/[0-9a-f]{16}\/app\.conf$/);
    await one.commit({ "compose.yaml": reloaded("./conf:/conf", "/etc/passwd:/app.conf:ro") });
    expect(one.problems()[0]?.message).toContain("the policy forbids /etc/passwd");
  });

  it("has what the settings allow one file of it, and not what they do not even allow its own folder", async () => {
    const shared = await guarded(
      (url, root) => ({
        bindMounts: [],
        projects: [{ from: `${url}#compose.yaml`, bindMounts: [join(root, "share")] }],
      }),
      { "compose.yaml": services("acme/web:1") },
    );
    await mkdir(join(shared.root, "share"));
    await shared.commit({ "compose.yaml": volumes(`${shared.root}/share:/share`) });
    expect(shared.problems()).toEqual([]);
    expect(shared.mounts()).toEqual({ "/share": join(shared.root, "share") });
    for (const mount of ["./conf:/conf", "./conf:/conf:ro"]) {
      await shared.commit({ "compose.yaml": volumes(mount), "conf/a": "a" });
      expect(shared.problems()[0]?.message, mount).toContain("outside the folders that are allowed");
    }
    expect(shared.mounts()).toEqual({ "/share": join(shared.root, "share") });
  });
});
