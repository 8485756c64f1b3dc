import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { IdentityRule, SigningIdentity } from "../../../src/compose/model/policy/signature-rule.js";
import { trustedRootFault } from "../../../src/signatures/identity-check.js";
import { judgeFor } from "../../../src/signatures/judge.js";
import type { SignatureMaterial } from "../../../src/signatures/material.js";
import { imageNamed, keyNamed, materialsOf } from "./by-cosign/stored.js";

const read = (name: string) => readFileSync(new URL(`keyless/${name}`, import.meta.url), "utf8");
const trustedRoot = read("trusted_root.json");
const made = JSON.parse(read("signatures.json")) as {
  readonly subject: string;
  readonly issuer: string;
  readonly bundles: Readonly<Record<"good" | "expired" | "stranger", string>>;
  readonly simple: { readonly payload: string; readonly annotations: Readonly<Record<string, string>> };
};
const { issuer } = made;
const exact = (text: string): SigningIdentity => ({ issuer, subject: { kind: "exact", text } });
const pattern = (text: string): SigningIdentity => ({ issuer, subject: { kind: "pattern", text } });
const by = (...identities: SigningIdentity[]): IdentityRule => ({ kind: "identities", identities, trustedRoot });
const bundle = (text: string): SignatureMaterial => ({ kind: "bundle", text });
const simple: SignatureMaterial = { ...made.simple, kind: "simple", payload: Buffer.from(made.simple.payload) };
const digest = imageNamed("bundle");
const own = judgeFor(by(exact(made.subject)));

describe("what an identity has signed", () => {
  it("is good in both forms", () => {
    expect(own(bundle(made.bundles.good), digest)).toBeUndefined();
    expect(own(simple, digest)).toBeUndefined();
  });

  it("is good where a pattern fits the whole subject, and one of several is enough", () => {
    const judge = judgeFor(by(exact("somebody"), pattern("https://forge\\.example/acme/.*@refs/heads/main")));
    expect(judge(bundle(made.bundles.good), digest)).toBeUndefined();
  });

  it.each<[string, SigningIdentity]>([
    ["another subject", exact("https://forge.example/other")],
    ["the beginning of the subject", exact(made.subject.slice(0, -1))],
    ["a pattern that fits a part", pattern("https://forge.example/acme")],
    ["another issuer", { ...exact(made.subject), issuer: "https://other.example" }],
    ["the issuer with a path", { ...exact(made.subject), issuer: `${issuer}/` }],
  ])("is refused for %s", (_what, identity) => {
    const why = judgeFor(by(identity))(bundle(made.bundles.good), digest);
    expect(why).toBe(`it is by ${made.subject} of ${issuer}`);
    expect(judgeFor(by(identity))(simple, digest)).toBe(why);
  });

  it("is refused for another image", () => {
    expect(own(bundle(made.bundles.good), imageNamed("unsigned"))).toBe("it is of another image");
    expect(own(simple, imageNamed("unsigned"))).toBe("it is of another image");
  });

  it("is refused where the certificate had expired by the time of the log", () => {
    expect(own(bundle(made.bundles.expired), digest)).toMatch(/verify certificate chain/);
  });

  it("is refused where another authority has vouched", () => {
    expect(own(bundle(made.bundles.stranger), digest)).toMatch(/verify certificate chain/);
  });

  it("is refused where the log's word is changed or missing", () => {
    const later = made.bundles.good.replace(
      /"integratedTime":"(\d+)"/,
      (_all, at: string) => `"integratedTime":"${Number(at) + 1}"`,
    );
    expect(own(bundle(later), digest)).toMatch(/inclusion promise/);
    const parsed = JSON.parse(made.bundles.good) as { verificationMaterial: object };
    const silent = { ...parsed, verificationMaterial: { ...parsed.verificationMaterial, tlogEntries: [] } };
    expect(own(bundle(JSON.stringify(silent)), digest)).toMatch(/timestamp/);
    expect(
      own({ ...simple, annotations: { ...made.simple.annotations, "dev.sigstore.cosign/bundle": "{}" } }, digest),
    ).toBeDefined();
  });

  it("is refused where only a key has signed, and is no signature of a key", () => {
    const [keyed] = materialsOf("bundle");
    if (keyed === undefined) throw new Error("there is none");
    expect(own(keyed, digest)).toBe("it is by a key, and not by an identity");
    const judge = judgeFor({ kind: "keys", keys: [{ name: "release.pub", pem: keyNamed("release") }] });
    expect(judge(bundle(made.bundles.good), digest)).toBe("it is not by the key release.pub");
  });
});

describe("a trusted root", () => {
  it.each([
    ["it is one", trustedRoot, undefined],
    ["it is no JSON", "{", /JSON/],
    ["it is a list", "[]", /certificate authority|undefined|map/],
    [
      "it names no authority",
      JSON.stringify({ ...JSON.parse(trustedRoot), certificateAuthorities: [] }),
      /no certificate authority/,
    ],
    [
      "it names nobody who knows the time",
      JSON.stringify({ ...JSON.parse(trustedRoot), tlogs: [] }),
      /nobody could tell when/,
    ],
  ])("is looked at: %s", (_what, text, fault) => {
    if (fault === undefined) expect(trustedRootFault(text)).toBeUndefined();
    else expect(trustedRootFault(text)).toMatch(fault);
  });
});
