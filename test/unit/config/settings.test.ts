import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { formatYaml } from "../../../src/compose/document/yaml/yaml.js";
import { readConfig } from "../../../src/config/config.js";
import { data, list, secretFile, text } from "../../../src/config/kinds/kinds.js";
import { readTable, refuseFaults } from "../../../src/config/read.js";
import { attributeOf, defaultInWords, flagName, setting, type Setting } from "../../../src/config/kinds/setting.js";
import { readSettingsFile, schemaOf } from "../../../src/config/settings-file.js";
import { settings } from "../../../src/config/settings.js";
import { dockerSettings } from "../../../src/config/table/docker.js";
import { opened } from "../tools/opened.js";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "fairlead-settings-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(name: string, content: string): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

const rows = Object.entries<Setting>(settings);
/** They are said of what has a key of its own, `git` and `tls`: git.test.ts, tls.test.ts. */
const overKey = ["gitUrl", "gitRef", "gitPaths", "tlsCert", "tlsKey"];

/** What is written for a setting with the flag, in the variable and in the settings file: values that differ. */
function samplesOf(name: string): readonly [flag: unknown, variable: string, key: unknown] {
  const secret = (word: string) => write(`${name}-${word}`, `${word}\n`);
  const samples: Readonly<Record<string, readonly [unknown, string, unknown]>> = {
    files: [["a.yaml"], "b.yaml", "c.yaml"],
    profiles: [["a"], "b", ["c"]],
    engine: ["swarm", "docker", "swarm"],
    gateImage: ["a:1", "b:1", "c:1"],
    hookSecrets: [secret("a"), secret("b"), secret("c")],
    adminToken: [secret("a"), secret("b"), secret("c")],
    adminReadToken: [secret("a"), secret("b"), secret("c")],
    git: [undefined, "", { url: "https://forge.example/acme/fleet.git" }],
    policy: [undefined, "", { privileged: true }],
    ageKeys: [undefined, "AGE-SECRET-KEY-B", "AGE-SECRET-KEY-C"],
    signatures: [undefined, "", [{ unsigned: true }]],
    secretCommands: [undefined, "", { vault: { command: ["/bin/echo"] } }],
    resync: ["1 * * * *", "2 * * * *", "3 * * * *"],
    logLevel: ["debug", "warn", "error"],
    prune: [true, "no", true],
    standby: [true, "no", true],
    hooksListen: ["a:1", "b:1", "c:1"],
    adminListen: ["a:1", "b:1", "c:1"],
    adminHosts: [undefined, "", ["a.lan"]],
    concurrentPulls: [undefined, "", 7],
    externalUrl: [undefined, "https://b.example", "https://c.example"],
    receivers: [undefined, "", { hub: { type: "dockerhub", secretFile: secret("hub") } }],
    notify: [undefined, "", { team: { type: "webhook", url: "https://ops.example/hook" } }],
    trigger: [undefined, "", { generic: { url: "https://ci.example/x", on: ["promoted"] } }],
    handlers: [undefined, "", { reload: { command: ["/srv/reload.sh"], on: ["promoted"] } }],
    trustedProxies: [undefined, "10.0.0.1", ["10.0.0.0/8"]],
    registries: [undefined, "", { "a.lan": { insecure: true } }],
  };
  return samples[name] ?? ["aa", "bb", "cc"];
}

describe("every setting", () => {
  it.each(rows.filter(([name]) => ![...overKey, "tls"].includes(name)))(
    "%s comes from its flag, else its variable, else its key, else the default",
    (name, row) => {
      const [flag, variable, key] = samplesOf(name);
      const file = row.key!.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), key);
      const config = write(`${name}.yaml`, formatYaml(file));
      const read = (flags: object, environment: Readonly<Record<string, string>>) => {
        const found = readConfig(flags, environment);
        // Beside it stands where its keys are written.
        const all = { ...found, notify: found.notify.written } as unknown as Readonly<Record<string, unknown>>;
        return opened(all[name]);
      };
      const flags = row.flag === undefined ? {} : { [attributeOf(row.flag)]: flag };
      const environment = row.variable === undefined ? {} : { [row.variable]: variable };
      const alone = [read(flags, {}), read({}, environment), read({ config }, {}), read({}, {})];
      expect(read({ config, ...flags }, environment)).toEqual(
        row.flag !== undefined ? alone[0] : row.variable === undefined ? alone[2] : alone[1],
      );
      expect(read({ config }, environment)).toEqual(row.variable === undefined ? alone[2] : alone[1]);
      expect(alone[2]).not.toEqual(alone[3]);
      if (row.flag !== undefined) expect(alone[0]).not.toEqual(alone[1]);
      if (row.variable !== undefined) expect(alone[1]).not.toEqual(alone[2]);
    },
  );

  it("has a key in the settings file, and shares no flag, variable or key with another", () => {
    expect(rows.flatMap(([name, { key }]) => (key === undefined ? [name] : []))).toEqual(overKey);
    const all = [...rows.map(([, row]) => row), ...Object.values<Setting>(dockerSettings)];
    for (const names of [
      all.flatMap(({ flag }) => (flag === undefined ? [] : [flagName(flag)])),
      all.flatMap(({ variable, plain }) => [variable, plain?.variable].filter((name) => name !== undefined)),
      all.flatMap(({ key, plain }) => [key, plain?.key].filter((name) => name !== undefined)),
    ]) {
      expect(names).toEqual([...new Set(names)]);
    }
  });

  it("says what its default is, and fits a table", () => {
    const all = Object.entries<Setting>({ ...settings, ...dockerSettings });
    expect(all.filter(([, row]) => row.default !== undefined && (defaultInWords(row) ?? "") === "")).toEqual([]);
    const texts = all.flatMap(([, { what, more = "", defaultText = "" }]) => [what, more, defaultText]);
    expect(texts.filter((line) => /[|\n]/.test(line))).toEqual([]);
  });
});

/** What no kind takes. */
const wrong: Readonly<Record<string, string>> = {
  ...{ data: "/proc/x", hooksListen: "abc", adminListen: "1.2.3.4", resync: "often", logLevel: "loud", lease: "a b" },
  ...{
    engine: "podman",
    gateImage: "A B",
    hookSecrets: "/none",
    adminToken: "/none",
    adminReadToken: "/none",
    files: " ",
  },
  ...{ externalUrl: "hooks.example.org", trustedProxies: "proxy.lan", tls: "perhaps" },
};
const wrongToggles = ["prune", "standby"];
/** Any text may be one: what it leads to shows later whether it does. */
const anyText = ["ageKeyFile", "ageKeys", "profiles"];

describe("a value that is wrong is told by the name of what has written it", () => {
  const written = rows.filter(([name, row]) => row.variable !== undefined && !overKey.includes(name));

  it("for every setting that a variable can hold", () => {
    const known = [...Object.keys(wrong), ...wrongToggles, ...anyText];
    expect(written.map(([name]) => name).sort()).toEqual(known.sort());
  });

  it.each(written.filter(([name]) => Object.hasOwn(wrong, name)))("%s", (name, row) => {
    const value = wrong[name]!;
    const several = row.kind.separator !== undefined;
    const key = row.key!.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
    const config = write(`wrong-${name}.yaml`, formatYaml(key));
    const column = row.key!.includes(".") ? "2:\\d+" : "1:\\d+";
    const flag = row.flag === undefined ? undefined : flagName(row.flag);
    if (flag !== undefined) {
      const flags = { [attributeOf(row.flag!)]: several ? [value, ""] : value };
      expect(() => readConfig(flags, {})).toThrow(new RegExp(`^${flag}: \\S`));
    }
    expect(() => readConfig({}, { [row.variable!]: value })).toThrow(new RegExp(`^${row.variable!}: \\S`));
    expect(() => readConfig({ config }, {})).toThrow(new RegExp(`^${config}:${column}: ${row.key!}: \\S`));
  });

  it.each(wrongToggles)("%s", (name) => {
    const { variable } = settings[name as "prune"];
    expect(() => readConfig({}, { [variable]: "perhaps" })).toThrow(`${variable}: "perhaps" is neither on nor off`);
  });

  it("and what is right and fails later has a name for that", () => {
    const config = write("places.yaml", "data: /srv/x\n");
    const environment = { FAIRLEAD_ADMIN_LISTEN: "127.0.0.1:1" };
    expect(readConfig({ config, hooksListen: "127.0.0.1:2" }, environment).places).toMatchObject({
      ...{ hooksListen: "--hooks-listen", adminListen: "FAIRLEAD_ADMIN_LISTEN", data: `${config}:1:7: data` },
      ...{ lease: "--lease", ageKeyFile: "SOPS_AGE_KEY_FILE", concurrentPulls: "concurrentPulls" },
    });
  });
});

describe("an empty variable", () => {
  it("is as good as none where the table says so, and else what it is: no door opens by it", () => {
    const empty = { FAIRLEAD_LEASE: "", FAIRLEAD_PRUNE: "", FAIRLEAD_HOOK_SECRET: "" };
    const config = write("empty.yaml", "prune: true\nlease: mine\nhookSecret: s3cret\n");
    expect(readConfig({ config }, empty)).toMatchObject({
      ...{ lease: "mine", prune: true, hookSecrets: [] },
    });
    const refused = rows.filter(([, row]) => row.variable !== undefined && row.emptyIsUnset !== true);
    for (const [, { variable = "" }] of refused) {
      expect(() => readConfig({}, { [variable]: "" }), variable).toThrow(
        new RegExp(`^${variable}: (it is empty|"" is)`),
      );
    }
    expect(() => readConfig({}, { FAIRLEAD_LOG_LEVEL: "" })).toThrow('FAIRLEAD_LOG_LEVEL: "" is not a log level');
  });
});

describe("a table with more than today's settings", () => {
  const target = z.strictObject({ url: z.string(), events: z.array(z.string()).optional() });
  const table = {
    url: setting(text, { flag: "--git-url <url>", variable: "GIT_URL", key: "git.url", what: "the repository" }),
    branch: setting(text, { key: "git.branch", default: "main", what: "its branch" }),
    key: setting(secretFile, { variable: "GIT_KEY_FILE", key: "git.auth.keyFile", what: "file with the key" }),
    targets: setting(data(z.array(target)), { key: "notify.targets", default: [], what: "who is told" }),
    names: setting(list(":"), { key: "names", what: "names" }),
  };
  const read = (content: string, environment: Readonly<Record<string, string>> = {}) => {
    const file = readSettingsFile(write("more.yaml", content), schemaOf(table));
    const faults = [...file.faults];
    const values = readTable(table, { flags: {}, environment, file }, faults);
    refuseFaults(faults);
    return values;
  };

  it("has groups in groups, lists of groups, and secrets that come from files only", () => {
    const key = write("key", "s3cret\n");
    const content = `git: {url: u, auth: {keyFile: ${key}}}\nnotify: {targets: [{url: a, events: [failed]}]}\nnames: [a, b]\n`;
    expect(opened(read(content))).toEqual({
      ...{ url: "u", branch: "main", key: ["s3cret"], names: ["a", "b"] },
      targets: [{ url: "a", events: ["failed"] }],
    });
    expect(read(content, { GIT_URL: "v" }).url).toBe("v");
    expect(read("{}")).toEqual({ url: undefined, branch: "main", key: undefined, targets: [], names: undefined });
  });

  it.each([
    ["git: {auth: {key: s3cret}}\n", /^.*more\.yaml:1:14: git\.auth\.key: unknown key$/],
    ["git: {brunch: a}\n", /more\.yaml:1:7: git\.brunch: unknown key \(did you mean "branch"\?\)$/],
    [
      "notify:\n  targets:\n    - url: a\n    - url: b\n      event: []\n",
      /more\.yaml:5:7: notify\.targets\[1\]\.event: unknown key \(did you mean "events"\?\)$/,
    ],
    ["notify: {targets: [{}]}\n", /more\.yaml:1:20: notify\.targets\[0\]\.url: it is missing, and should be a text/],
    ["git: {auth: {keyFile: /no/such}}\n", /^.*more\.yaml:1:23: git\.auth\.keyFile: there is no file \/no\/such$/],
  ])("tells the place in %j", (content, message) => {
    expect(() => read(content)).toThrow(message);
  });
});
