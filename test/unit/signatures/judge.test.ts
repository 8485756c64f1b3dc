import { describe, expect, it } from "vitest";
import type { KeyRule } from "../../../src/compose/model/policy/signature-rule.js";
import type { Digest } from "../../../src/compose/values/image.js";
import { judgeFor } from "../../../src/signatures/judge.js";
import type { SignatureMaterial } from "../../../src/signatures/material.js";
import { imageNamed, keyNamed, materialsOf } from "./by-cosign/stored.js";

const keysOf = (...names: ("release" | "other")[]): KeyRule => ({
  kind: "keys",
  keys: names.map((name) => ({ name: `${name}.pub`, pem: keyNamed(name) })),
});

function faultsOf(image: string, rule: KeyRule, digest: Digest = imageNamed(image)): (string | undefined)[] {
  const judge = judgeFor(rule);
  return materialsOf(image).map((material) => judge(material, digest));
}

describe("what cosign has signed with a key", () => {
  it.each(["bundle", "simple", "part"])("is good: %s", (image) => {
    expect(faultsOf(image, keysOf("release"))).toEqual([undefined]);
  });

  it("is good in both forms at once", () => {
    expect(faultsOf("both", keysOf("release"))).toEqual([undefined, undefined]);
  });

  it.each(["bundle", "simple"])("is refused where the key is another: %s", (image) => {
    expect(faultsOf(image, keysOf("other"))).toEqual(["it is not by the key other.pub"]);
  });

  it("is good by any of several keys", () => {
    expect(faultsOf("bundle", keysOf("other", "release"))).toEqual([undefined]);
    expect(faultsOf("rotated", keysOf("other")).filter((fault) => fault === undefined)).toHaveLength(1);
  });

  it.each(["bundle", "simple"])("is refused for another image: %s", (image) => {
    expect(faultsOf(image, keysOf("release"), imageNamed("unsigned"))).toEqual(["it is of another image"]);
  });
});

describe("what was changed since", () => {
  const judge = judgeFor(keysOf("release"));
  const [bundle] = materialsOf("bundle");
  const [simple] = materialsOf("simple");

  it("is refused where the statement names another image", () => {
    const changed = withStatement(textOf(bundle), (statement) =>
      statement.replace(imageNamed("bundle").slice(7), imageNamed("unsigned").slice(7)),
    );
    expect(judge(changed, imageNamed("unsigned"))).toBe("it is not by the key release.pub");
  });

  it("is refused where the payload names another image", () => {
    if (simple?.kind !== "simple") throw new Error("it is no payload");
    const text = simple.payload.toString("utf8").replace(imageNamed("simple"), imageNamed("unsigned"));
    const changed = { ...simple, payload: Buffer.from(text) };
    expect(judge(changed, imageNamed("unsigned"))).toBe("it is not by the key release.pub");
  });

  it("is refused where an attestation is to stand for a signature", () => {
    const changed = withStatement(textOf(bundle), (statement) =>
      statement.replace("https://sigstore.dev/cosign/sign/v1", "https://slsa.dev/provenance/v1"),
    );
    expect(judge(changed, imageNamed("bundle"))).toContain("is an attestation");
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["nothing", "null"],
    ["of another kind", '{"mediaType":"application/vnd.dev.sigstore.bundle.v9+json"}'],
    ["large", " ".repeat(300_000)],
  ])("is refused where the bundle is %s", (_what, text) => {
    expect(judge({ kind: "bundle", text }, imageNamed("bundle"))).toEqual(expect.any(String));
  });

  it.each([
    ["without annotations", {}],
    ["with a signature that is none", { "dev.cosignproject.cosign/signature": "none" }],
    [
      "with a certificate that is none",
      { "dev.cosignproject.cosign/signature": "AAAA", "dev.sigstore.cosign/certificate": "x" },
    ],
    ["with a log that is none", { "dev.cosignproject.cosign/signature": "AAAA", "dev.sigstore.cosign/bundle": "{}" }],
  ])("is refused %s", (_what, annotations) => {
    if (simple?.kind !== "simple") throw new Error("it is no payload");
    expect(judge({ ...simple, annotations }, imageNamed("simple"))).toEqual(expect.any(String));
  });
});

function textOf(material: SignatureMaterial | undefined): string {
  if (material?.kind !== "bundle") throw new Error("it is no bundle");
  return material.text;
}

function withStatement(text: string, change: (statement: string) => string): SignatureMaterial {
  const bundle = JSON.parse(text) as { dsseEnvelope: { payload: string } };
  const { dsseEnvelope } = bundle;
  const statement = Buffer.from(dsseEnvelope.payload, "base64").toString("utf8");
  const payload = Buffer.from(change(statement)).toString("base64");
  return { kind: "bundle", text: JSON.stringify({ ...bundle, dsseEnvelope: { ...dsseEnvelope, payload } }) };
}
