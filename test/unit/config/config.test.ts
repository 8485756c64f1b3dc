import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.js";

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
      [`${config}: resync`, () => readConfig({ config }, {})],
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
  });

  it("the image of gates, which must be one", () => {
    const config = write("fairlead.yaml", "gate: {image: registry.example/haproxy:3}\n");
    expect(readConfig({}, {}).gateImage).toMatchObject({ repository: "library/haproxy", tag: "3.2-alpine" });
    expect(readConfig({ config }, {}).gateImage).toMatchObject({ registry: "registry.example" });
    expect(readConfig({ config }, { FAIRLEAD_GATE_IMAGE: "a:1" }).gateImage.tag).toBe("1");
    expect(readConfig({ gateImage: "b:2" }, { FAIRLEAD_GATE_IMAGE: "a:1" }).gateImage.tag).toBe("2");
    expect(() => readConfig({ gateImage: "A B" }, {})).toThrow(/the image of gates: /);
  });

  it("profiles: --profile, else COMPOSE_PROFILES, else the settings file, else each project's own", () => {
    const config = write("fairlead.yaml", "profiles: [debug]\n");
    const environment = { COMPOSE_PROFILES: "a, b" };
    expect(readConfig({ config, profile: ["c"] }, environment).profiles).toEqual(["c"]);
    expect(readConfig({ config }, environment).profiles).toEqual(["a", "b"]);
    expect(readConfig({ config }, { COMPOSE_PROFILES: "" }).profiles).toEqual(["debug"]);
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
    expect(readConfig({ hookSecretFile: file }, {}).hookSecrets).toEqual(["old", "new"]);
    expect(readConfig({}, { FAIRLEAD_HOOK_SECRET_FILE: file }).hookSecrets).toEqual(["old", "new"]);
    expect(readConfig({}, { FAIRLEAD_HOOK_SECRET: "one" }).hookSecrets).toEqual(["one"]);
    expect(readConfig({}, { FAIRLEAD_ADMIN_TOKEN_FILE: file }).adminToken).toBe("old");
    expect(readConfig({}, { FAIRLEAD_ADMIN_TOKEN: "" }).adminToken).toBeUndefined();
  });

  it("an empty file opens nothing", () => {
    expect(readConfig({ hookSecretFile: write("empty", "\n \n") }, {}).hookSecrets).toEqual([]);
  });
});

describe("what is wrong", () => {
  it.each([
    ["foo: 1\n", /fairlead\.yaml: Unrecognized key: "foo"/],
    ["registries: {docker.io: {mirorr: x}}\n", /fairlead\.yaml: registries\.docker\.io: Unrecognized key: "mirorr"/],
    ["concurrentPulls: 0\n", /fairlead\.yaml: concurrentPulls: /],
    ["a: [\n", /fairlead\.yaml:\d+:\d+: invalid YAML/],
  ])("in the settings file %j is named with its place", (text, message) => {
    expect(() => readConfig({ config: write("fairlead.yaml", text) }, {})).toThrow(message);
  });

  it("on the command line is named with what would be right", () => {
    expect(() => readConfig({ logLevel: "loud" }, {})).toThrow('"loud" is not a log level');
    expect(() => readConfig({ config: join(directory, "none.yaml") }, {})).toThrow("--config: ENOENT");
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
