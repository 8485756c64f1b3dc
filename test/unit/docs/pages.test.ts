import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatYaml } from "../../../src/compose/document/yaml/yaml.js";
import { readProject } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { readConfig } from "../../../src/config/config.js";
import { readCommands } from "../../docs/cli-page.js";
import { anchorsOf, existsInRepository, linksOf, readPages, snippetsOf } from "../../docs/pages.js";
import type { Page, Snippet } from "../../docs/pages.js";
import { keyNamed } from "../signatures/by-cosign/stored.js";

const pages = readPages();
const snippets = pages.flatMap(snippetsOf);
const root = new URL("../../../", import.meta.url);

describe("the pages", () => {
  it.each(pages.map((page) => [page.name, page] as const))("%s: every link leads somewhere", (_name, page) => {
    expect(linksOf(page).filter((link) => isDead(page, link))).toEqual([]);
  });

  it("name no file of the program that does not exist", () => {
    const named = pages.flatMap(({ name, text }) =>
      [...text.matchAll(/`((?:src\/)?[a-z-]+(?:\/[a-z-]+)+\.ts)`/g)].map(([, path = ""]) => [name, path] as const),
    );
    expect(named.length).toBeGreaterThan(20);
    const exists = (path: string) =>
      existsInRepository(new URL(path, root)) || existsInRepository(new URL(`src/${path}`, root));
    expect(named.filter(([, path]) => !exists(path))).toEqual([]);
  });

  it("are all in the index", () => {
    const index = pages.find(({ name }) => name === "docs/README.md")!;
    const listed = new Set(linksOf(index));
    const missing = pages
      .map(({ name }) => name)
      .filter((name) => name.startsWith("docs/") && name !== index.name && !listed.has(name.slice("docs/".length)));
    expect(missing).toEqual([]);
  });
});

function isDead(page: Page, link: string): boolean {
  if (/^(https?|mailto):/.test(link)) return false;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? new URL(page.name, root) : new URL(path, new URL(page.name, root));
  if (!existsInRepository(target)) return true;
  if (anchor === undefined) return false;
  const there = pages.find(({ name }) => new URL(name, root).href === target.href);
  return there === undefined || !anchorsOf(there).has(anchor);
}

/** `fairlead …` as it is typed, without a prompt, what stands before it, comments and redirections. */
function commandsIn({ language, text }: Snippet): readonly string[] {
  if (!["", "sh", "bash", "console"].includes(language)) return [];
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => line.split(/&&|;|\|(?=\s)/))
    .flatMap((part) => {
      const found = /^\s*(?:\$ )?(?:\w+=\S+ )*(?:sudo |npx |docker compose exec fairlead )*fairlead( .*)?$/.exec(part);
      return found === null
        ? []
        : [
            (found[1] ?? "")
              .replace(/\s#.*$/, "")
              .replace(/\s>.*$/, "")
              .trim(),
          ];
    });
}

/** What the command line says against it; undefined: nothing. */
async function objection(command: string): Promise<string | undefined> {
  const said: string[] = [];
  const tree = readCommands();
  const quiet = (one: Command) => {
    one.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: (text) => said.push(text) });
    one.action(() => undefined);
  };
  tree.commands.forEach(quiet);
  tree.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: (text) => said.push(text) });
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
  try {
    await tree.parseAsync(["node", "fairlead", ...words]);
    return undefined;
  } catch (error) {
    return (error as { exitCode?: number }).exitCode === 0 ? undefined : said.join() || String(error);
  }
}

describe("what the pages have one type", () => {
  const commands = snippets.flatMap((snippet) =>
    commandsIn(snippet).map((command) => [snippet.place, command] as const),
  );

  it("is found", () => {
    expect(commands.length).toBeGreaterThan(30);
  });

  it.each(commands)("%s: fairlead %s", async (_place, command) => {
    expect(await objection(command)).toBeUndefined();
  });
});

describe("what the pages have one write", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "fairlead-pages-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const yaml = snippets.filter(({ language }) => language === "yaml");

  it.each(yaml.map((snippet) => [snippet.place, snippet] as const))("%s is YAML", (_place, { text }) => {
    expect(() => {
      loadAll(text);
    }).not.toThrow();
  });

  const settings = yaml.filter(({ text }) => text.startsWith("# fairlead.yaml") || /^registries:/m.test(text));

  it.each(settings.map((snippet) => [snippet.place, snippet] as const))("%s are settings", (_place, { text }) => {
    const config = join(directory, "fairlead.yaml");
    writeFileSync(config, text);
    expect(() => readConfig({ config }, {}, { unread: ["hookSecrets", "adminToken"] })).not.toThrow();
  });

  const services = yaml.filter(({ text }) => /^(services|x-fairlead):/m.test(text));

  it.each(services.map((snippet) => [snippet.place, snippet] as const))(
    "%s is a services file without problems",
    (place, { text }) => {
      expect(problemsIn(place, text)).toEqual([]);
    },
  );

  it("is read as what it is", () => {
    expect(services.length).toBeGreaterThan(15);
    expect(settings.length).toBeGreaterThan(1);
  });
});

/** A page shows what it is about: an image that it leaves out is added, and keys of one service are put into one. */
function problemsIn(file: string, text: string): readonly string[] {
  const [written] = loadAll(text) as [Readonly<Record<string, unknown>>];
  const { services, ...beside } = (written["services"] === undefined ? { services: { web: written } } : written) as {
    readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const whole = Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      "image" in service || "build" in service ? service : { image: "acme/app", ...service },
    ]),
  );
  const read = readProject({
    ...{ file, directory: "/srv/docs", environment: { DOCKER_GID: "999" } },
    text: formatYaml({ ...beside, services: whole }),
    readText: (path) => ({ text: path.endsWith(".pub") ? keyNamed("release") : "" }),
  });
  return read.ok ? [] : read.problems.map(formatProblem);
}
