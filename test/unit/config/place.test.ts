import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "fairlead-place-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

describe("the settings file", () => {
  const leaseOf = (flags: object, environment: Readonly<Record<string, string>>, usualFiles: readonly string[]) =>
    readConfig(flags, environment, { usualFiles }).lease;

  it("is the one of --config, else of FAIRLEAD_CONFIG, else the first usual one that is there", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => write(`${name}.yaml`, `lease: ${name}\n`));
    const usual = [join(directory, "none.yaml"), c!, d!];
    expect(leaseOf({ config: a }, { FAIRLEAD_CONFIG: b! }, usual)).toBe("a");
    expect(leaseOf({}, { FAIRLEAD_CONFIG: b! }, usual)).toBe("b");
    expect(leaseOf({}, { FAIRLEAD_CONFIG: "" }, usual)).toBe("c");
    expect(leaseOf({}, {}, [usual[0]!])).toBe("default");
  });

  it("that is named has to be there", () => {
    const none = join(directory, "none.yaml");
    expect(() => readConfig({}, { FAIRLEAD_CONFIG: none })).toThrow(/^FAIRLEAD_CONFIG: there is no file/);
  });

  it("that is found is not skipped where it is wrong", () => {
    const wrong = write("wrong.yaml", "lese: x\n");
    expect(() => readConfig({}, {}, { usualFiles: [wrong] })).toThrow(`${wrong}:1:1: lese: unknown key`);
  });
});

describe("a secret's file", () => {
  it("is not read for a verb that has no use for it", () => {
    const config = write("secret.yaml", `hookSecretFile: ${directory}/none\nadminTokenFile: ${directory}/none\n`);
    expect(() => readConfig({ config }, {})).toThrow(/hookSecretFile: there is no file/);
    expect(() => readConfig({ config }, {}, { unread: ["hookSecrets"] })).toThrow(/adminTokenFile: there is no file/);
    expect(readConfig({ config }, {}, { unread: ["hookSecrets", "adminToken"] })).toMatchObject({
      hookSecrets: [],
      adminToken: undefined,
    });
  });
});
