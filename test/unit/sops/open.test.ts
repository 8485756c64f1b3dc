import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatYaml, parseYaml } from "../../../src/compose/document/yaml/yaml.js";
import { openFile } from "../../../src/sops/open.js";
import { Secret } from "../../../src/tools/secret.js";
import { dotenv, encrypt, encryptValue, json, type Plain, type Rules } from "./encoder.js";
import { binaryFile, identity, otherIdentity, recipient, wholeFile } from "./vectors.js";

const keys =
  (...lines: readonly string[]) =>
  () =>
    Promise.resolve([new Secret(lines.join("\n"))]);
const ours = keys("# created: today", `# public key: ${recipient}`, identity, "");

async function opened(path: string, file: string | Buffer, by = ours): Promise<string | undefined> {
  const found = await openFile(path, Buffer.from(file), by);
  if (found === undefined) return undefined;
  return "fault" in found ? `fault: ${found.fault} (${found.hint})` : found.bytes.toString("utf8");
}

const yaml = (plain: { [key: string]: Plain }, rules: Rules = {}) => {
  const { values, sops } = encrypt(plain, rules);
  return formatYaml({ ...values, sops });
};

const plain = {
  z: "last first",
  "10": "ten",
  nested: { list: ["a", { deep: "b: c" }, 3], empty: "", none: null, float: 0.25, yes: true, no: false },
  text: 'two\nlines, and "quotes" # no comment',
  open_unencrypted: { a: "seen", n: 7, f: 1e21, b: true },
};

describe("what is encrypted", () => {
  it("with age as a whole is opened, armored or not, as text or not", async () => {
    expect(await opened("key.age", wholeFile)).toBe("whole\nfile\n");
    const found = await openFile("key.age", binaryFile, ours);
    expect(found).toEqual({ bytes: Buffer.from([0, 255, 254, 10, 128]) });
  });

  it("with SOPS as JSON is that JSON again", async () => {
    const text = await opened("a.json", json(plain));
    expect(JSON.parse(text ?? "")).toEqual(plain);
    expect(JSON.parse((await opened("a.json", json(plain).replaceAll("\t", "").replaceAll("\n", " "))) ?? "")).toEqual(
      plain,
    );
  });

  it("with SOPS as YAML is that YAML again, line by line, with its comments", async () => {
    const comment = `#${encryptValue(" a secret remark", "comment", "nested:")}`;
    const file = `# open\n${yaml(plain).replace("nested:\n", `nested:\n  ${comment}\n`)}`;
    const text = (await opened("a.yaml", file)) ?? "";
    const document = parseYaml(text);
    expect(document.ok && document.value).toEqual(plain);
    expect(text).toMatch(/^# open\n/);
    expect(text).toContain("\n  # a secret remark\n");
    expect(text).not.toMatch(/sops|ENC\[/);
    expect(text.split("\n").findIndex((line) => line.startsWith("text:"))).toBe(
      file.split("\n").findIndex((line) => line.startsWith("text:")),
    );
  });

  it("with SOPS as variables is those lines again, quotes and all", async () => {
    const variables = { A: "1", B: "two\nlines", C: "'quoted $X #'", D: "", E_unencrypted: "seen" };
    expect(await opened("x", dotenv(variables))).toBe("A=1\nB=two\\nlines\nC='quoted $X #'\nD=\nE_unencrypted=seen\n");
    const comment = `#${encryptValue(" remark", "comment", ":")}\n`;
    expect(await opened("x", comment + dotenv({ A: "1" }))).toBe("# remark\nA=1\n");
  });

  it("with SOPS in one piece is that piece, unless its name says JSON", async () => {
    const file = json({ data: "-----BEGIN KEY-----\nabc\n" });
    expect(await opened("server.enc.key", file)).toBe("-----BEGIN KEY-----\nabc\n");
    expect(JSON.parse((await opened("a.json", file)) ?? "")).toEqual({ data: "-----BEGIN KEY-----\nabc\n" });
  });

  it.each<Rules>([
    { unencrypted_suffix: "_open" },
    { encrypted_suffix: "_enc" },
    { unencrypted_regex: "^(a|o)" },
    { encrypted_regex: "^(db|deep)$" },
    { encrypted_regex: "^(db|deep)$", mac_only_encrypted: true },
    { mac_only_encrypted: true },
  ])("by its own rule is opened by that: %j", async (rules) => {
    const some = { a: "x", a_open: "y", db_enc: { deep: ["z", 1] }, db: { n: 1.5, deep_open: true } };
    expect(JSON.parse((await opened("a.json", json(some, rules))) ?? "")).toEqual(some);
    const document = parseYaml((await opened("a.yaml", yaml(some, rules))) ?? "");
    expect(document.ok && document.value).toEqual(some);
  });

  it("whatever it says, comes out as it went in", async () => {
    const texts = fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replace(/\p{Cs}|\p{Cc}/gu, "x"));
    const leaf = fc.oneof(
      texts,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom("a\nb", "yes", "~", "1", "#x"),
    );
    const key = fc.stringMatching(/^[a-z_0-9]{1,6}$/).filter((name) => name !== "sops" && name !== "__proto__");
    const tree = fc.dictionary(
      key,
      fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(key, leaf, { maxKeys: 3 })),
      {
        minKeys: 1,
        maxKeys: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(tree, async (some) => {
        const value = { ...some, always: "x" } as { [key: string]: Plain };
        expect(JSON.parse((await opened("a.json", json(value))) ?? "")).toEqual(value);
        const document = parseYaml((await opened("a.yaml", yaml(value))) ?? "");
        expect(document.ok && document.value).toEqual(value);
      }),
      { numRuns: 40 },
    );
  });
});

describe("what is not encrypted", () => {
  it.each(["", "A=1\n", "sops: true\n", "{}", '{"sops": "x"}', "age: -----BEGIN AGE", "x: [\n"])(
    "is left alone: %j",
    async (text) => {
      expect(await opened("x.yaml", text)).toBeUndefined();
    },
  );
});

describe("an encrypted file that cannot be opened", () => {
  it("names whom it is for, and what is missing", async () => {
    const none = keys("# nothing");
    const file = dotenv({ A: "1" });
    expect(await opened("a", file, none)).toBe(
      `fault: it is encrypted with SOPS for ${recipient}, and no age key is given (name the file with the private key: SOPS_AGE_KEY_FILE, or ageKeyFile in the settings)`,
    );
    expect(await opened("a", file, keys(otherIdentity))).toMatch(
      /none of the age keys opens it \(.*`sops rotate -i --add-age age1\w{58}`; or give .*SOPS_AGE_KEY_FILE/,
    );
    expect(await opened("a", wholeFile, keys(otherIdentity))).toMatch(
      /none of the age keys opens it \(encrypt it for this host too: `age -r age1\w{58}`; or give/,
    );
    expect(await opened("a", file, keys("AGE-SECRET-KEY-1XYZ"))).toMatch(/one of the age keys is no age key/);
    expect(await opened("a", file, keys(otherIdentity, identity))).toBe("A=1\n");
  });

  const said = async (change: (text: string) => string, text = dotenv({ A: "one", B: "two" })) =>
    opened("a", change(text));

  it("was changed by hand", async () => {
    expect(await said((text) => text.replace(/^A=/m, "C="))).toMatch(
      /^fault: C cannot be decrypted: it was changed, or moved/,
    );
    expect(await said((text) => text.replace(/^A=(.*)\nB=(.*)$/m, "A=$2\nB=$1"))).toMatch(/^fault: A cannot be/);
    expect(await said((text) => text.replace(/^A=.*\n/m, ""))).toMatch(/its code \(mac\) is another one/);
    expect(await said((text) => text.replace(/^(A=.*\n)(B=.*\n)/m, "$2$1"))).toMatch(/its code \(mac\) is another one/);
    expect(await said((text) => text.replace(/^A=.*$/m, "A=plain"))).toMatch(
      /^fault: A is not encrypted, and should be/,
    );
    expect(await said((text) => `${text}N_unencrypted=new\n`)).toMatch(/its code \(mac\) is another one/);
    expect(await said((text) => text.replace(/^sops_mac=.*\n/m, ""))).toMatch(/its code \(mac\) cannot be decrypted/);
    expect(await said((text) => text.replace("20:15:29", "20:15:30"))).toMatch(/its code \(mac\) cannot be decrypted/);
    expect(await said((text) => text.replace(/^sops_.*\n/gm, ""))).toMatch(/no metadata of SOPS/);
    expect(await said((text) => text.replace("\\n", "\\nA"))).toMatch(/damaged/);
    expect(await said((text) => text.replace("ENC[", "ENK["))).toMatch(/A is not encrypted, and should be/);
  });

  it("was changed by hand in YAML and JSON too", async () => {
    const file = json({ a: "one", b: ["x", "y"], n_unencrypted: 1 });
    expect(await said((text) => text.replace('"n_unencrypted": 1', '"n_unencrypted": 2'), file)).toMatch(
      /is another one/,
    );
    const [x = "", y = ""] = file.match(/ENC\[[^\]]*\](?=",?\n\t\t["\n]|"\n\t\])/g) ?? [];
    expect(x === y).toBe(false);
    expect(await said((text) => text.replace(x, "#").replace(y, x).replace("#", y), file)).toMatch(/is another one/);
    expect(await said((text) => text.replace(/"a": "ENC\[.*?\]"/, '"a": 1'), file)).toMatch(
      /a is not encrypted, and should be/,
    );
    expect(await said((text) => `${text}\n---\nb: 1\n`, yaml({ a: "x" }))).toMatch(
      /no metadata of SOPS that can be read/,
    );
  });

  it("is for others, in a form of others, or has an expression without end", async () => {
    const pgp = (text: string) => text.replaceAll("sops_age_", "sops_pgp_");
    expect(await said(pgp)).toMatch(/encrypted with SOPS for pgp, and not for an age key/);
    const groups = (text: string) => text.replaceAll("sops_age__list_0__map_", "sops_key_groups__list_0__map_");
    expect(await said(groups)).toMatch(/divided among groups of keys/);
    expect(await said(() => "[a]\nb = ENC[AES256_GCM,data:x]\n[sops]\nmac = x\n")).toMatch(
      /in the form ini, which is not supported \(use dotenv/,
    );
    const rules = dotenv({ [`${"a".repeat(40)}b`]: "1" }).replace(
      /^sops_version/m,
      "sops_encrypted_regex=^(a+)+$\nsops_version",
    );
    expect(await said(() => rules)).toMatch(/the regular expression in its metadata cannot be used/);
  });

  it("says nothing of what is in it", async () => {
    const file = dotenv({ A: "hidden-word" });
    for (const change of [
      (text: string) => `${text}B_unencrypted=other-word\n`,
      (text: string) => text.replace(/^A=/m, "B="),
    ]) {
      expect(await said(change, file)).not.toMatch(/hidden-word|other-word|AGE-SECRET/);
    }
  });
});
