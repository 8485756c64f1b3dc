import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";
import { silentLog } from "../../../src/console/log.js";
import { resolveProjects, sourceOf } from "../../../src/wiring.js";
import { opened } from "../tools/opened.js";

let folder = "";
const at = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-command-"));
  await writeFile(at("tell"), `#!/bin/sh\necho "$2 asked" >> ${at("log")}\ncat ${folder}/value-"$2"\n`);
  await chmod(at("tell"), 0o755);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const services = (secret: string) =>
  `name: shop\nservices:\n  web:\n    image: acme/web\n    secrets: [db]\nsecrets:\n  db: ${secret}\n`;

async function open(text: string, refresh = "1s") {
  await writeFile(at("services.yaml"), text);
  await writeFile(
    at("s.yaml"),
    `file: ${at("services.yaml")}\nsecretCommands:\n  vault: {command: [${at("tell")}, read], timeout: 60s, refresh: ${refresh}}\n`,
  );
  const config = readConfig({ config: at("s.yaml") }, {});
  return { config, source: sourceOf(config, {}, silentLog) };
}

describe("a secret that a program tells", () => {
  const told = services('{x-fairlead: {command: vault, argument: "db"}}');

  it("is written into the container, follows what the program says, and stays where that fails", async () => {
    await writeFile(at("value-db"), "hidden-one\n");
    const { source } = await open(told);
    const first = await source.load();
    expect(first.problems).toEqual([]);
    const file = { origin: "secrets.db", path: "/run/secrets/db", content: "hidden-one", mode: 0o444, uid: 0, gid: 0 };
    expect(opened(first.projects[0]?.services[0]?.files)).toEqual([file]);
    const end = new AbortController();
    const seen: (readonly unknown[])[] = [];
    source.watch(({ projects, problems }) => {
      seen.push([projects[0]?.services[0]?.files?.[0]?.content.reveal(), problems.map(({ message }) => message)]);
    }, end.signal);
    await writeFile(at("value-db"), "hidden-two\n");
    await expect.poll(() => seen.at(-1)).toEqual(["hidden-two", []]);
    await rm(at("value-db"));
    const place = `${at("s.yaml")}:3:20: secretCommands.vault.command`;
    const fault = `"db" is not told: the secret command "vault" (${at("tell")}, ${place}): it ended with exit code 1`;
    await expect.poll(() => seen.at(-1)).toEqual(["hidden-two", [fault]]);
    await writeFile(at("value-db"), "hidden-three\n");
    await expect.poll(() => seen.at(-1)).toEqual(["hidden-three", []]);
    end.abort();
  }, 240_000);

  it("is asked for by nobody who only shows the file", async () => {
    const { config } = await open(told);
    const { projects, problems } = await resolveProjects(config, {});
    expect(problems).toEqual([]);
    expect(JSON.stringify(projects)).toMatch(/"command":"vault","argument":"db"/);
  });

  it.each([
    [
      "{x-fairlead: {command: vautl, argument: x}}",
      /5:15: services\.web\.secrets\[0\]: "db" is not told: the settings have no secret command "vautl": did you mean "vault"\?/,
    ],
    ["{x-fairlead: {command: vault}}", /7:20: secrets\.db\.x-fairlead: `argument` is missing/],
    ["{x-fairlead: {command: vault, argument: '--out=/etc/x'}}", /the argument would be an option/],
    ['{x-fairlead: {command: vault, argument: "a\\nb"}}', /more than a line/],
    ["{x-fairlead: {command: [/bin/sh], argument: x}}", /secrets\.db\.x-fairlead\.command/],
    ["{x-fairlead: {command: vault, argument: x}, file: y}", /it has a source already/],
  ])("is refused with its place: %s", async (secret, message) => {
    const { problems } = await (await open(services(secret))).source.load();
    expect(
      problems.map(({ line, column, path, message: said }) => `${line}:${column}: ${path}: ${said}`).join("\n"),
    ).toMatch(message);
  });
});

describe("secret commands in the settings", () => {
  it.each([
    ["{vault: {command: [op]}}", /s\.yaml:1:35: secretCommands\.vault\.command: "op" is no whole path/],
    ["{vault: {command: []}}", /secretCommands\.vault\.command/],
    ["{vault: {command: [/bin/x], timeout: 1000h}}", /secretCommands\.vault\.timeout: "1000h" is too long/],
    ["{vault: {command: [/bin/x], refresh: 0s}}", /secretCommands\.vault\.refresh: "0s" is too short/],
    ["{vault: {command: [/bin/x], refesh: 1s}}", /unknown key \(did you mean "refresh"\?\)/],
  ])("%s is refused with its place", async (written, message) => {
    await writeFile(at("s.yaml"), `secretCommands: ${written}\n`);
    expect(() => readConfig({ config: at("s.yaml") }, {})).toThrow(message);
  });
});

describe("a settings file that nobody has named", () => {
  it("is taken where it is one's own, and nobody else may write to it", async () => {
    const before = process.cwd();
    const read = () => readConfig({}, {}, { usualFiles: ["fairlead.yaml"] }).logLevel;
    process.chdir(folder);
    try {
      await writeFile("fairlead.yaml", "logLevel: warn\n");
      await chmod("fairlead.yaml", 0o644);
      expect(read()).toBe("warn");
      await chmod("fairlead.yaml", 0o666);
      expect(read).toThrow(/^fairlead\.yaml: it is here, and others may write to it/);
      await chmod("fairlead.yaml", 0o644);
      expect(readConfig({ config: "fairlead.yaml" }, {}).logLevel).toBe("warn");
      if (process.getuid?.() === 0) {
        const { chown, lchown } = await import("node:fs/promises");
        await chown("fairlead.yaml", 12_345, 0);
        expect(read).toThrow(/^fairlead\.yaml: it is here, and belongs to another user/);
        expect(readConfig({ config: "fairlead.yaml" }, {}).logLevel).toBe("warn");
        await chown("fairlead.yaml", 0, 0);
        await rm("fairlead.yaml");
        await writeFile("real.yaml", "logLevel: warn\n");
        await symlink("real.yaml", "fairlead.yaml");
        await lchown("fairlead.yaml", 12_345, 0);
        expect(read).toThrow(/belongs to another user/);
      }
    } finally {
      process.chdir(before);
    }
  });
});
