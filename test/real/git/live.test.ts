import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitStage, mounts, services, type Opened } from "./stage.js";

const volumes = (...list: readonly string[]) => services("acme/web:1", `    volumes: ${JSON.stringify(list)}\n`);

function changes(one: Opened): readonly string[] {
  return (one.snapshot().localChanges?.get("shop") ?? []).map(({ file, what }) => `${file}: ${what}`);
}

function placeOf(one: Opened, target: string): string {
  const place = mounts(one.snapshot())[target];
  if (place === undefined)
    throw new Error(`nothing is mounted at ${target}: ${JSON.stringify([one.state(), one.said])}`);
  return place;
}

/** Until a commit is in force. */
async function untilInForce(one: Opened, commit: string): Promise<void> {
  one.tell();
  await one.until((_snapshot, { inForce }) => inForce?.id === commit);
}

describe("a folder of git that a container writes to", () => {
  it("keeps what is the container's, and brings the rest to each commit", async () => {
    const { repository, data, open: start } = await gitStage();
    await repository.commit({
      "compose.yaml": volumes("./conf:/conf"),
      "conf/a": "a1",
      "conf/b": "b1",
      "conf/gone": "g",
    });
    const one = start();
    await one.load();
    const place = placeOf(one, "/conf");
    expect(place).toBe(join(data, "git", "fleet", "work", "fleet", "conf"));
    expect(await readFile(join(place, "a"), "utf8")).toBe("a1");
    one.watch();
    await writeFile(join(place, "own"), "mine");
    await writeFile(join(place, "a"), "a of the container");
    await chmod(join(place, "b"), 0o600);
    const spec = one.snapshot().projects[0]?.services;

    await untilInForce(
      one,
      await repository.commit({ "conf/a": "a2", "conf/b": "b2", "conf/new/c": "c", "conf/gone": null }),
    );
    expect(changes(one)).toEqual(["conf/a: changed here and by a commit"]);
    const texts = () => Promise.all(["a", "b", "own", "new/c"].map((name) => readFile(join(place, name), "utf8")));
    expect(await texts()).toEqual(["a of the container", "b2", "mine", "c"]);
    expect((await stat(join(place, "b"))).mode & 0o777).toBe(0o600);
    expect(existsSync(join(place, "gone"))).toBe(false);
    expect(one.snapshot().projects[0]?.services).toEqual(spec);

    const synced = await one.source.sync?.("shop", "theirs", ["conf/a", "conf/own"]);
    expect(synced).toMatchObject({ files: ["conf/a"], left: ["conf/own"] });
    expect(await texts()).toEqual(["a2", "b2", "mine", "c"]);
    expect(await readFile(synced?.kept[0]?.path ?? "", "utf8")).toBe("a of the container");
    await one.until(() => changes(one).length === 0);

    await appendFile(join(place, "b"), " and more");
    await untilInForce(one, await repository.commit({ "conf/b": null }));
    expect(changes(one)).toEqual(["conf/b: changed here, removed by a commit"]);
    await one.source.sync?.("shop", "ours", []);
    await one.until(() => changes(one).length === 0);
    expect(await readFile(join(place, "b"), "utf8")).toBe("b2 and more");
    // A word is kept over a restart.
    await one.end();
    const other = start();
    await other.load();
    expect(changes(other)).toEqual([]);
    expect(await texts()).toEqual(["a2", "b2 and more", "mine", "c"]);
    expect(await other.source.sync?.("nobody", "ours", [])).toBeUndefined();
  });

  it("follows no link that a container has put there", async () => {
    const { root, repository, open: start } = await gitStage();
    await repository.commit({ "compose.yaml": volumes("./conf:/conf"), "conf/sub/a": "a1", "conf/b": "b1" });
    const one = start();
    await one.load();
    const place = placeOf(one, "/conf");
    one.watch();
    const host = join(root, "host");
    await mkdir(host);
    await writeFile(join(host, "a"), "a1");
    await rm(join(place, "sub"), { recursive: true });
    await symlink(host, join(place, "sub"));
    await rm(join(place, "b"));
    await symlink(join(host, "a"), join(place, "b"));

    await untilInForce(one, await repository.commit({ "conf/sub/a": "a2", "conf/b": "b2", "conf/sub/new": "n" }));
    expect(changes(one)).toEqual([
      "conf/b: changed here and by a commit",
      "conf/sub/a: conf/sub is in its way",
      "conf/sub/new: conf/sub is in its way",
    ]);
    await one.source.sync?.("shop", "theirs", []);
    expect(await readFile(join(host, "a"), "utf8")).toBe("a1");
    expect(existsSync(join(host, "new"))).toBe(false);
    expect((await lstat(join(place, "b"))).isFile()).toBe(true);
    expect(changes(one)).toHaveLength(2);
  });

  it("keeps rights and links, and replaces no file that is mounted by itself", async () => {
    const { repository, open: start } = await gitStage();
    const files = volumes("./app.conf:/app.conf", "./conf:/conf", "./conf:/shown:ro");
    await mkdir(join(repository.work, "conf"));
    await symlink("run.sh", join(repository.work, "conf/link"));
    await writeFile(join(repository.work, "conf/run.sh"), "1", { mode: 0o755 });
    await repository.commit({ "compose.yaml": files, "app.conf": "one, and rather long" });
    const one = start();
    await one.load();
    const single = placeOf(one, "/app.conf");
    const place = placeOf(one, "/conf");
    // Who reads what another one writes sees the same.
    expect(placeOf(one, "/shown")).toBe(place);
    expect((await stat(join(place, "run.sh"))).mode & 0o777).toBe(0o755);
    expect(await readlink(join(place, "link"))).toBe("run.sh");
    one.watch();
    const held = await open(single, "r");
    await untilInForce(one, await repository.commit({ "app.conf": "two", "conf/run.sh": "2" }));
    expect(await held.readFile("utf8")).toBe("two");
    await held.close();
    expect((await stat(join(place, "run.sh"))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(place, "link"), "utf8")).toBe("2");

    // Where the folder itself is gone, all of it is made again.
    await one.end();
    await rename(place, `${place}-away`);
    await start().load();
    expect(await readFile(join(place, "run.sh"), "utf8")).toBe("2");
  });
});
