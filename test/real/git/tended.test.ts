import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitStage, mounts, type Opened } from "./stage.js";

type Volumes = readonly string[];

const project = (services: Readonly<Record<string, { readonly volumes: Volumes; readonly reload?: unknown }>>) =>
  JSON.stringify({
    name: "shop",
    services: Object.fromEntries(
      Object.entries(services).map(([name, { volumes, reload }]) => [
        name,
        { image: `acme/${name}:1`, volumes, ...(reload === undefined ? {} : { "x-fairlead": { reload } }) },
      ]),
    ),
  });

async function untilInForce(one: Opened, commit: string): Promise<void> {
  one.tell();
  await one.until((_snapshot, { inForce }) => inForce?.id === commit);
}

function tended(one: Opened, service: string) {
  const found = one.snapshot().projects[0]?.services.find(({ name }) => name === service);
  return found?.reload;
}

describe("a read-only file of git with a reload", () => {
  it("keeps its path while its content changes, as a file and in a folder, with its rights and links", async () => {
    const { repository, data, open } = await gitStage();
    const web = { volumes: ["./app.conf:/app.conf:ro", "./conf:/conf:ro"], reload: { signal: "HUP" } };
    await mkdir(join(repository.work, "conf"));
    await writeFile(join(repository.work, "conf/run"), "1", { mode: 0o755 });
    await symlink("run", join(repository.work, "conf/link"));
    await repository.commit({ "compose.yaml": project({ web }), "app.conf": "a1", "conf/a": "c1", "conf/gone": "g" });
    const one = open();
    await one.load();
    const before = mounts(one.snapshot());
    const [file = "", folder = ""] = [before["/app.conf"], before["/conf"]];
    expect(file.startsWith(join(data, "git/fleet/tended/"))).toBe(true);
    const { ino } = await stat(file);
    one.watch();
    await untilInForce(
      one,
      await repository.commit({ "app.conf": "a2", "conf/a": "c2", "conf/gone": null, "conf/n/b": "b" }),
    );
    expect(mounts(one.snapshot())).toEqual(before);
    expect([await readFile(file, "utf8"), (await stat(file)).ino]).toEqual(["a2", ino]);
    expect((await readdir(folder)).sort()).toEqual(["a", "link", "n", "run"]);
    expect(await readFile(join(folder, "a"), "utf8")).toBe("c2");
    expect(await readlink(join(folder, "link"))).toBe("run");
    expect((await stat(join(folder, "run"))).mode & 0o111).not.toBe(0);
    // A commit elsewhere touches nothing.
    const { mtimeMs } = await stat(file);
    const { projects } = one.snapshot();
    await untilInForce(one, await repository.commit({ README: "elsewhere" }));
    expect(one.snapshot().projects).toEqual(projects);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
    // What is not in force is written by nobody.
    await repository.commit({ "compose.yaml": "name: shop\nservices: { web: { imgae: x } }\n", "app.conf": "a3" });
    one.tell();
    await one.until(({ problems }) => problems.length > 0);
    expect(await readFile(file, "utf8")).toBe("a2");
    await one.end();
    await writeFile(file, "by hand");
    await open().load();
    expect(await readFile(file, "utf8")).toBe("a2");
  });

  it("has a place for each service; without a reload, and outside of its paths, it stands by its content", async () => {
    const { repository, data, open } = await gitStage();
    const volumes = ["./app.conf:/app.conf:ro", "./other.conf:/other.conf:ro"];
    const files = project({
      web: { volumes, reload: { signal: "HUP", paths: ["./app.conf"] } },
      ignoring: { volumes, reload: "ignore" },
      plain: { volumes },
    });
    await repository.commit({ "compose.yaml": files, "app.conf": "same", "other.conf": "same" });
    const one = open();
    await one.load();
    const sources = (name: string) =>
      one
        .snapshot()
        .projects[0]?.services.find((service) => service.name === name)
        ?.container.mounts.map((mount) => mount.source ?? "") ?? [];
    const [web, ignoring, plain] = [sources("web"), sources("ignoring"), sources("plain")];
    const places = [web[0], ...ignoring].map((path) => path?.startsWith(join(data, "git/fleet/tended/")));
    expect(places).toEqual([true, true, true]);
    expect(new Set([web[0], ...ignoring]).size).toBe(3);
    for (const path of [web[1], ...plain]) expect(path).toContain("/contents/");
    expect(tended(one, "web")).toMatchObject({ paths: [web[0]], tended: [{ path: web[0] }] });
    expect(tended(one, "ignoring")).toMatchObject({
      kind: "ignore",
      tended: [{ path: ignoring[0] }, { path: ignoring[1] }],
    });
    // Of the same content and different names: each is there.
    for (const path of [...web, ...ignoring, ...plain]) expect(await readFile(path, "utf8"), path).toBe("same");
    one.watch();
    await untilInForce(one, await repository.commit({ "app.conf": "one", "other.conf": "two" }));
    expect(sources("ignoring")).toEqual(ignoring);
    // The other file makes another spec of it, and so another place: who runs with that one keeps what it has.
    expect(sources("web").filter((path) => web.includes(path))).toEqual([]);
    expect(await readFile(web[0] ?? "", "utf8")).toBe("same");
    const texts = await Promise.all([...ignoring, ...sources("web")].map((path) => readFile(path, "utf8")));
    expect(texts).toEqual(["one", "two", "one", "two"]);
    const kept = (await one.source.kept?.())?.filter(({ kind }) => kind === "tended") ?? [];
    expect(kept.map(({ bytes, projects }) => `${bytes} ${projects.join()}`).sort()).toEqual(["3 shop", "4 ", "6 shop"]);
  });

  it("is where it is written to, if another service does that", async () => {
    const { repository, data, open } = await gitStage();
    const files = project({
      web: { volumes: ["./conf:/conf:ro"], reload: { signal: "HUP", paths: ["./conf"] } },
      writer: { volumes: ["./conf:/conf"] },
    });
    await repository.commit({ "compose.yaml": files, "conf/a": "c1" });
    const one = open();
    await one.load();
    const place = join(data, "git/fleet/work/fleet/conf");
    expect(mounts(one.snapshot())["/conf"]).toBe(place);
    expect(tended(one, "web")).toEqual({ kind: "signal", signal: "HUP", paths: [place] });
    await writeFile(join(place, "a"), "of the container");
    one.watch();
    await untilInForce(one, await repository.commit({ "conf/a": "c2" }));
    expect(await readFile(join(place, "a"), "utf8")).toBe("of the container");
    expect(one.snapshot().localChanges?.get("shop")).toMatchObject([{ file: "conf/a" }]);
  });
});
