import { variables } from "../../../src/compose/model/container/variables.js";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SourceSnapshot } from "../../../src/control/ports/source.js";
import { fileSource } from "../../../src/source/file.js";
import { eventually } from "../../eventually.js";

const valid = (image: string) => `name: shop\nservices:\n  web:\n    image: ${image}\n`;
let directory = "";
let file = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-source-"));
  file = join(directory, "services.yaml");
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function images(snapshot: SourceSnapshot): string[] {
  return snapshot.projects.flatMap(({ services }) =>
    services.map(({ image }) => `${image.repository}:${image.tag ?? ""}`),
  );
}

function open(files = [file]) {
  return fileSource({ files, environment: {}, pollMs: 20 });
}

describe("a services file", () => {
  it.each([
    ["broken", "name: shop\nservices:\n  web: [\n", /services\.yaml/],
    ["empty", "", /services\.yaml/],
    ["without services", "name: shop\nservices: {}\n", /services\.yaml/],
  ])("that becomes %s keeps its last good version in force", async (_what, text, place) => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    expect(images(await source.load())).toEqual(["acme/web:1"]);
    await writeFile(file, text);
    const after = await source.load();
    expect(images(after)).toEqual(["acme/web:1"]);
    expect(after.problems.length).toBeGreaterThan(0);
    expect(after.problems[0]?.file).toMatch(place);
    expect(after.files.get(file)).toEqual(after.problems);
    await writeFile(file, valid("acme/web:2"));
    const mended = await source.load();
    expect(images(mended)).toEqual(["acme/web:2"]);
    expect(mended.problems).toEqual([]);
  });

  it("that is deleted keeps its last good version in force", async () => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    await source.load();
    await rm(file);
    const after = await source.load();
    expect(images(after)).toEqual(["acme/web:1"]);
    expect(after.problems).toEqual([
      { file, path: "", message: "there is no such file", hint: "name another with --file" },
    ]);
  });

  it("counts a generation for each change of content and for nothing else", async () => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    expect((await source.load()).generation).toBe(1);
    expect((await source.load()).generation).toBe(1);
    await writeFile(file, valid("acme/web:1"));
    expect((await source.load()).generation).toBe(1);
    await writeFile(file, valid("acme/web:2"));
    expect((await source.load()).generation).toBe(2);
    await rm(file);
    expect((await source.load()).generation).toBe(3);
    expect((await source.load()).generation).toBe(3);
  });

  it("is read again when an editor replaces it, until nobody listens", async () => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    await source.load();
    const seen: string[][] = [];
    const abort = new AbortController();
    source.watch((snapshot) => seen.push(images(snapshot)), abort.signal);
    await writeFile(`${file}.new`, valid("acme/web:2"));
    await rename(`${file}.new`, file);
    await eventually(() => {
      expect(seen).toEqual([["acme/web:2"]]);
    });
    abort.abort();
    await writeFile(file, valid("acme/web:3"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(seen).toHaveLength(1);
  });
});

it("a services file that cannot be read says what to do", async () => {
  const { problems } = await open([directory]).load();
  expect(problems).toEqual([
    {
      file: directory,
      path: "",
      message: "this is a directory",
      hint: expect.stringContaining("compose.yaml") as string,
    },
  ]);
  await writeFile(join(directory, "plain"), "");
  expect((await open([join(directory, "plain", "services.yaml")]).load()).problems).toMatchObject([
    {
      message: "it leads through a file, as if that were a directory",
      hint: expect.stringContaining("--file") as string,
    },
  ]);
});

describe("warnings", () => {
  it("come with the snapshot, and go when they are mended", async () => {
    await writeFile(file, `version: "3"\n${valid("acme/web:1")}`);
    const source = open();
    expect((await source.load()).warnings).toMatchObject([{ file, line: 1, path: "version" }]);
    expect((await source.load()).warnings).toHaveLength(1);
    await writeFile(file, valid("acme/web:1"));
    expect((await source.load()).warnings).toEqual([]);
  });

  const shop = (name: string, profile: string) =>
    `name: ${name}\nservices: {web: {image: web}, tool: {image: tool, profiles: [${profile}]}}`;

  it("name a profile that no service of any project has", async () => {
    const other = join(directory, "other.yaml");
    await writeFile(file, shop("one", "debug"));
    await writeFile(other, shop("two", "extra"));
    const files = [join(directory, "*.yaml")];
    const warningsOf = async (...profiles: string[]) =>
      (await fileSource({ files, environment: {}, profiles }).load()).warnings.map(({ message, hint }) => [
        message,
        hint,
      ]);
    expect(await warningsOf("debug", "extra", "*")).toEqual([]);
    expect(await warningsOf("debgu")).toEqual([
      ['no service has the profile "debgu"', expect.stringMatching(/^did you mean "debug"\?/) as string],
    ]);
    await writeFile(other, "name: [");
    expect(await warningsOf("debgu")).toEqual([]);
  });

  it("name one of a project's own .env at that", async () => {
    await writeFile(file, shop("one", "debug"));
    await writeFile(join(directory, ".env"), "COMPOSE_PROFILES=debug,debgu");
    expect((await open().load()).warnings).toEqual([
      {
        ...{ file: join(directory, ".env"), path: "COMPOSE_PROFILES", hint: 'did you mean "debug"?' },
        message: 'no service has the profile "debgu"',
      },
    ]);
  });
});

describe("a project of several files", () => {
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };

  it("merges the files that are named plainly", async () => {
    await writeFile(file, valid("acme/web:1"));
    const override = await write("more/override.yaml", "services: {web: {image: 'acme/web:2'}, db: {image: db}}");
    const snapshot = await open([file, override]).load();
    expect(images(snapshot)).toEqual(["acme/web:2", "library/db:latest"]);
    expect([...snapshot.files.keys()]).toEqual([file]);
    await writeFile(override, "services: {web: {imag: x}}");
    expect((await open([file, override]).load()).problems).toMatchObject([
      { file: override, path: "services.web.imag" },
    ]);
  });

  it("is read again when any of them changes, also one that was missing", async () => {
    await writeFile(
      file,
      "include: [parts/db.yaml]\nservices: {web: {image: '$IMAGE', env_file: [{path: web.env, required: false}]}}",
    );
    await write("parts/db.yaml", "services: {db: {image: 'db:1'}}");
    await write(".env", "IMAGE=acme/web:1");
    const source = open();
    expect(images(await source.load())).toEqual(["acme/web:1", "library/db:1"]);
    const seen: SourceSnapshot[] = [];
    const abort = new AbortController();
    source.watch((snapshot) => seen.push(snapshot), abort.signal);
    const sees = (expected: () => void) => eventually(expected);
    await write(".env", "IMAGE=acme/web:22");
    await sees(() => {
      expect(seen.flatMap(images)).toEqual(["acme/web:22", "library/db:1"]);
    });
    await write("parts/db.yaml", "services: {db: {image: 'db:22'}}");
    await sees(() => {
      expect(seen[1] && images(seen[1])).toEqual(["acme/web:22", "library/db:22"]);
    });
    await write("web.env", "A=1");
    await sees(() => {
      expect(seen[2]?.projects[0]?.services[0]?.container.environment).toEqual(variables({ A: "1" }));
    });
    await rm(join(directory, "parts/db.yaml"));
    await sees(() => {
      expect(seen[3]?.files.get(file)).toMatchObject([{ file, path: "include[0]" }]);
    });
    expect(seen[3] && images(seen[3]), "the last good version").toEqual(["acme/web:22", "library/db:22"]);
    abort.abort();
  });

  it("never waits for a file without an end", async () => {
    await writeFile(file, "services: {web: {image: nginx, env_file: [/dev/zero, /dev/null]}}");
    expect((await open().load()).problems.map(({ message }) => message)).toEqual([
      '"/dev/zero" cannot be read (a device, not a regular file)',
    ]);
  });
});

describe("a pattern", () => {
  const stack = async (name: string, text: string) => {
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, "compose.yaml"), text);
    return join(directory, name, "compose.yaml");
  };
  const project = (name: string, image = `acme/${name}:1`) => valid(image).replace("shop", name);
  const pattern = () => join(directory, "{a,b,c*}", "compose.yaml");

  it("makes a project of each match; one broken file never holds up the others", async () => {
    const broken = await stack("a", "services: [");
    await stack("b", project("two"));
    await stack("cc", project("three"));
    const snapshot = await open([pattern()]).load();
    expect(images(snapshot)).toEqual(["acme/two:1", "acme/three:1"]);
    expect(snapshot.problems.map((problem) => problem.file)).toEqual([broken]);
    expect([...snapshot.files.values()].map(({ length }) => length)).toEqual([1, 0, 0]);
  });

  it("may not find one project twice", async () => {
    await stack("a", project("same", "acme/web:1"));
    const other = await stack("b", project("same", "acme/web:2"));
    const snapshot = await open([pattern()]).load();
    expect(images(snapshot)).toEqual(["acme/web:1"]);
    expect(snapshot.problems).toMatchObject([{ file: other, path: "name" }]);
    expect(snapshot.files.get(other)).toEqual(snapshot.problems);
  });

  it("leaves alone what is named plainly, and what another pattern has found", async () => {
    const named = await stack("a", project("one"));
    await stack("b", project("two"));
    const snapshot = await open([pattern(), named, join(directory, "*/*.yaml")]).load();
    expect(images(snapshot)).toEqual(["acme/two:1", "acme/one:1"]);
    expect(snapshot.problems).toEqual([]);
  });

  it("that matches nothing is a problem, until it does", async () => {
    const source = open([pattern()]);
    const nothing = {
      file: pattern(),
      path: "",
      message: "no file matches this pattern",
      hint: "name another with --file",
    };
    expect((await source.load()).problems).toEqual([nothing]);
    await stack("a", project("one"));
    expect(await source.load()).toMatchObject({ generation: 2, problems: [] });
  });

  it("notices files that appear and vanish; what vanishes keeps its last good version in force", async () => {
    const gone = await stack("a", project("one"));
    await stack("b", "services: [");
    const source = open([pattern()]);
    await source.load();
    const seen: SourceSnapshot[] = [];
    const abort = new AbortController();
    source.watch((snapshot) => seen.push(snapshot), abort.signal);
    await stack("c", project("three"));
    await eventually(() => {
      expect(seen[0] && images(seen[0])).toEqual(["acme/one:1", "acme/three:1"]);
    });
    await rm(join(directory, "a"), { recursive: true });
    await rm(join(directory, "b"), { recursive: true });
    await eventually(() => {
      const last = seen.at(-1);
      expect(last && images(last)).toEqual(["acme/three:1", "acme/one:1"]);
      expect(last?.problems).toMatchObject([{ file: gone, message: expect.stringContaining("is gone") as string }]);
    });
    abort.abort();
    await stack("cc", project("one", "acme/moved:1"));
    const moved = await source.load();
    expect(images(moved)).toEqual(["acme/three:1", "acme/moved:1"]);
    expect(moved.problems).toEqual([]);
  });

  it.each(["a (copy)/compose.yaml", "a, b/compose.yaml"])("is not %s", async (name) => {
    await mkdir(join(directory, dirname(name)));
    await writeFile(join(directory, name), project("one"));
    expect(images(await open([join(directory, name)]).load())).toEqual(["acme/one:1"]);
  });
});
