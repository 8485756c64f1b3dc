import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { readConfig } from "../../../src/config/config.js";
import { opened } from "../tools/opened.js";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "fairlead-config-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

it("a helper stands by, and listens where nobody comes by, whatever it was told as the controller that it was made of", () => {
  const flags = { hooksListen: "0.0.0.0:8420", adminListen: "0.0.0.0:8421" };
  expect(readConfig(flags, { FAIRLEAD_HELPER: "home/fairlead" })).toMatchObject({
    ...{ helps: "home/fairlead", standby: true, hooksListen: "127.0.0.1:0", adminListen: "127.0.0.1:0" },
  });
  expect(readConfig(flags, { FAIRLEAD_HELPER: "" })).toMatchObject({ ...flags, helps: undefined, standby: false });
});

describe("where a setting comes from", () => {
  it("the flag, else the environment, else the settings file, else the default", () => {
    const config = write("fairlead.yaml", "resync: '0 * * * *'\n");
    expect(readConfig({ config, resync: "1 * * * *" }, { FAIRLEAD_RESYNC: "2 * * * *" }).resync).toBe("1 * * * *");
    expect(readConfig({ config }, { FAIRLEAD_RESYNC: "2 * * * *" }).resync).toBe("2 * * * *");
    expect(readConfig({ config }, {}).resync).toBe("0 * * * *");
    expect(readConfig({}, {}).resync).toBe("*/5 * * * *");
  });

  it.each([
    ["0 0 L-29 2 *", "does not fit the field of the day of the month"],
    ["0 0 30 2 *", "fits no day of any year"],
    ["every day", "is not a cron expression of five fields"],
  ])("a resync that never comes, `%s`, is refused wherever it is written, with its place", (cron, why) => {
    const config = write("fairlead.yaml", `resync: '${cron}'\n`);
    for (const [place, read] of [
      ["--resync", () => readConfig({ resync: cron }, {})],
      ["FAIRLEAD_RESYNC", () => readConfig({}, { FAIRLEAD_RESYNC: cron })],
      [`${config}:1:9: resync`, () => readConfig({ config }, {})],
    ] as const) {
      expect(read).toThrow(new RegExp(`^${place}: .*${why}`));
    }
  });

  it("defaults that are safe", () => {
    expect(readConfig({}, {})).toMatchObject({
      files: ["services.yaml"],
      hooksListen: "0.0.0.0:8420",
      adminListen: "127.0.0.1:8421",
      hookSecrets: [],
      adminToken: undefined,
      prune: false,
      logLevel: "info",
    });
  });

  it("several files in one variable, as COMPOSE_FILE has them", () => {
    expect(readConfig({}, { FAIRLEAD_FILE: "a.yaml:b.yaml" }).files).toEqual(["a.yaml", "b.yaml"]);
    expect(readConfig({ file: ["c.yaml"] }, { FAIRLEAD_FILE: "a.yaml" }).files).toEqual(["c.yaml"]);
    expect(readConfig({ config: write("fairlead.yaml", "file: a:b.yaml\n") }, {}).files).toEqual(["a:b.yaml"]);
  });

  it.each([
    ["1", true],
    ["TRUE", true],
    ["yes", true],
    ["0", false],
    ["No", false],
  ])("a variable that is %j switches on: %s", (text, on) => {
    expect(readConfig({}, { FAIRLEAD_PRUNE: text }).prune).toBe(on);
  });

  it.each(["on", "ture", "2"])("a variable that is neither on nor off, %j, is refused", (word) => {
    expect(() => readConfig({}, { FAIRLEAD_PRUNE: word })).toThrow(`FAIRLEAD_PRUNE: "${word}" is neither on nor off`);
  });

  it("the data directory of a user is in that user's own", () => {
    const uid = vi.spyOn(process, "getuid");
    onTestFinished(() => {
      uid.mockRestore();
    });
    uid.mockReturnValue(0);
    expect(readConfig({}, { XDG_STATE_HOME: "/state" }).data).toBe("/var/lib/fairlead");
    uid.mockReturnValue(1000);
    expect(readConfig({}, { XDG_STATE_HOME: "/state" }).data).toBe("/state/fairlead");
    expect(readConfig({}, {}).data).toBe(join(homedir(), ".local/state/fairlead"));
  });

  it("the image of gates, which must be one", () => {
    const config = write("fairlead.yaml", "gate: {image: registry.example/haproxy:3}\n");
    expect(readConfig({}, {}).gateImage).toMatchObject({ repository: "library/haproxy", tag: "3.2-alpine" });
    expect(readConfig({ config }, {}).gateImage).toMatchObject({ registry: "registry.example" });
    expect(readConfig({ config }, { FAIRLEAD_GATE_IMAGE: "a:1" }).gateImage.tag).toBe("1");
    expect(readConfig({ gateImage: "b:2" }, { FAIRLEAD_GATE_IMAGE: "a:1" }).gateImage.tag).toBe("2");
    expect(() => readConfig({ gateImage: "A B" }, {})).toThrow(/^--gate-image: .*A B/);
  });

  it("profiles: --profile, else COMPOSE_PROFILES, else the settings file, else each project's own", () => {
    const config = write("fairlead.yaml", "profiles: [debug]\n");
    const environment = { COMPOSE_PROFILES: "a, b" };
    expect(readConfig({ config, profile: ["c"] }, environment).profiles).toEqual(["c"]);
    expect(readConfig({ config }, environment).profiles).toEqual(["a", "b"]);
    expect(readConfig({ config }, { COMPOSE_PROFILES: "" }).profiles).toEqual(["debug"]);
    expect(readConfig({ config: write("one.yaml", "profiles: a, b\n") }, {}).profiles).toEqual(["a", "b"]);
    expect(readConfig({}, {}).profiles).toBeUndefined();
  });

  it("Docker's own variables mean what they mean to Docker", () => {
    const { docker } = readConfig({}, { DOCKER_HOST: "", DOCKER_TLS_VERIFY: "1", DOCKER_CONFIG: "/creds" });
    expect(docker).toMatchObject({ host: undefined, tlsVerify: true, config: "/creds" });
  });
});

describe("secrets", () => {
  it("come from files too, several for a rotation", () => {
    const file = write("secrets", "old\nnew\n\n");
    expect(opened(readConfig({ hookSecretFile: file }, {}).hookSecrets)).toEqual(["old", "new"]);
    expect(opened(readConfig({}, { FAIRLEAD_HOOK_SECRET_FILE: file }).hookSecrets)).toEqual(["old", "new"]);
    expect(opened(readConfig({}, { FAIRLEAD_HOOK_SECRET: "one" }).hookSecrets)).toEqual(["one"]);
    expect(opened(readConfig({}, { FAIRLEAD_ADMIN_TOKEN_FILE: file }).adminToken)).toBe("old");
    expect(readConfig({}, { FAIRLEAD_ADMIN_TOKEN: "" }).adminToken).toBeUndefined();
  });

  it("come from the file that the flag names, else the variables, else the settings file; a file before a text", () => {
    const [a, b, c] = ["a", "b", "c"].map((word) => write(word, word)) as [string, string, string];
    const config = write("fairlead.yaml", `hookSecretFile: ${c}\nhookSecret: d\n`);
    const texts = { FAIRLEAD_HOOK_SECRET: "e" };
    const environment = { ...texts, FAIRLEAD_HOOK_SECRET_FILE: b };
    expect(opened(readConfig({ config, hookSecretFile: a }, environment).hookSecrets)).toEqual(["a"]);
    expect(opened(readConfig({ config }, environment).hookSecrets)).toEqual(["b"]);
    expect(opened(readConfig({ config }, texts).hookSecrets)).toEqual(["e"]);
    expect(opened(readConfig({ config }, {}).hookSecrets)).toEqual(["c"]);
    const list = readConfig({ config: write("list.yaml", "hookSecret: [d, e]\nadminToken: f\n") }, {});
    expect([opened(list.hookSecrets), opened(list.adminToken)]).toEqual([["d", "e"], "f"]);
  });

  it("are not in the configuration's own words", () => {
    const config = readConfig({}, { FAIRLEAD_HOOK_SECRET: "hunter2", FAIRLEAD_ADMIN_TOKEN: "hunter3" });
    expect(`${JSON.stringify(config)} ${inspect(config, { depth: 9, showHidden: true })}`).not.toMatch(/hunter/);
  });

  it("an empty one in the settings file is none", () => {
    expect(readConfig({ config: write("settings.yaml", "adminToken: ''\nhookSecret: ''\n") }, {})).toMatchObject({
      adminToken: undefined,
      hookSecrets: [],
    });
  });

  it("a file with none in it is an error", () => {
    expect(() => readConfig({ hookSecretFile: write("empty", "\n \n") }, {})).toThrow(
      /--hook-secret-file: .*holds no secret/,
    );
  });
});

describe("what is wrong", () => {
  it.each([
    ["foo: 1\n", /fairlead\.yaml:1:1: foo: unknown key$/],
    [
      "notify: {team: {type: slack, urlFile: /x, url: 'https://x.example'}}\n",
      /fairlead\.yaml:1:\d+: notify\.team\.url: unknown key$/,
    ],
    ["lease: a\nadminListn: x\n", /fairlead\.yaml:2:1: adminListn: unknown key \(did you mean "adminListen"\?\)$/],
    [
      "registries: {docker.io: {mirorr: x}}\n",
      /fairlead\.yaml:1:26: registries\.docker\.io\.mirorr: unknown key \(did you mean "mirror"\?\)$/,
    ],
    ["registries: {'a b': {}}\n", /fairlead\.yaml:1:14: registries\.a b: a registry is named by its host/],
    [
      "registries: {a.lan: {realms: [b, 1]}}\n",
      /fairlead\.yaml:1:34: registries\.a\.lan\.realms\[1\]: it is a whole number, and should be a text: put it in quotes$/,
    ],
    ["concurrentPulls: 0\n", /fairlead\.yaml:1:18: concurrentPulls: /],
    ["prune: 'yes'\n", /fairlead\.yaml:1:8: prune: it is a text, and should be true or false$/],
    ["gate:\n  imag: a\n", /fairlead\.yaml:2:3: gate\.imag: unknown key \(did you mean "image"\?\)$/],
    ["gate:\n  image: a b\n", /fairlead\.yaml:2:10: gate\.image: .*a b/],
    ["logLevel: loud\n", /fairlead\.yaml:1:11: logLevel: "loud" is not a log level$/],
    ["file: 3\n", /fairlead\.yaml:1:7: file: it is a whole number, and should be a text or a list: put it in quotes$/],
    ["adminTokenFile: /no/such\n", /fairlead\.yaml:1:17: adminTokenFile: there is no file \/no\/such$/],
    ["- a\n", /fairlead\.yaml:1:1: it is a list, and should be a map of keys$/],
    ["a: [\n", /fairlead\.yaml:\d+:\d+: invalid YAML/],
  ])("in the settings file %j is named with its place", (text, message) => {
    expect(() => readConfig({ config: write("fairlead.yaml", text) }, {})).toThrow(message);
  });

  it("in the settings file is told all at once, with where the keys are listed", () => {
    const config = write("fairlead.yaml", "foo: 1\nprune: maybe\n");
    expect(() => readConfig({ config }, {})).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/:1:1: foo: .*\n.*:2:8: prune: /s) as string,
        remedy: "docs/configuration.md lists every key",
      }),
    );
  });

  it("what is unknown hides no bad value, and a flag and a variable are told with it", () => {
    const config = write("fairlead.yaml", "resync: never\nfoo: 1\nlogLevel: loud\ngate:\n  image: a b\n");
    const read = () => readConfig({ config, adminTokenFile: "/no/such" }, { FAIRLEAD_LEASE: "a b" });
    expect(read).toThrow(/:1:9: resync: .*\n.*:2:1: foo: .*\n.*:3:11: logLevel: .*\n.*:5:10: gate\.image: /s);
    expect(read).toThrow(
      /gate\.image: .*\n--admin-token-file: there is no file .*\nFAIRLEAD_LEASE: .*\(write up to 64 letters/s,
    );
    expect(read).toThrow(/foo: unknown key \(docs\/configuration\.md lists every key\)\n/);
  });

  it.each([
    [() => join(directory, "none.yaml"), /^--config: there is no file .*none\.yaml$/, /name a file that is there/],
    [() => directory, /^--config: .* is a directory$/, /name the file in it/],
  ])("a settings file that cannot be read comes with a remedy", (config, message, remedy) => {
    const error = expect.objectContaining({
      message: expect.stringMatching(message) as string,
      remedy: expect.stringMatching(remedy) as string,
    }) as Error;
    expect(() => readConfig({ config: config() }, {})).toThrow(error);
  });

  it("on the command line is named with what would be right", () => {
    expect(() => readConfig({ logLevel: "loud" }, {})).toThrow('"loud" is not a log level');
    expect(() => readConfig({ config: join(directory, "none.yaml") }, {})).toThrow("--config: there is no file");
  });

  it("never shows a secret", () => {
    const config = write("fairlead.yaml", "hookSecret: {oops: s3cret}\n");
    expect(() => readConfig({ config }, {})).toThrow(/hookSecret/);
    try {
      readConfig({ config }, {});
    } catch (error) {
      expect(String(error)).not.toContain("s3cret");
    }
  });
});
