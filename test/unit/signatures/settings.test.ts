import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { parseImage } from "../../../src/compose/values/image.js";
import { FairleadError } from "../../../src/errors.js";
import { rulesFor } from "../../../src/signatures/demand.js";
import { demandsOf, signaturesSchema } from "../../../src/signatures/settings.js";
import { specOf } from "../plan/world.js";
import { keyNamed, trustedRootText } from "./by-cosign/stored.js";

const files: Readonly<Record<string, string>> = {
  "/etc/release.pub": keyNamed("release"),
  "/etc/other.pub": keyNamed("other"),
  "/etc/root.json": trustedRootText,
  "/etc/note": "hello",
};

function read(path: string): string {
  const text = files[path];
  if (text === undefined) throw new FairleadError("ConfigInvalid", `${path}: there is no such file`);
  return text;
}

const demands = (written: unknown) => demandsOf(signaturesSchema.parse(written), (key) => `signatures.${key}`, read);
const cosign = { keys: ["/etc/release.pub"] };

describe("the settings' signatures", () => {
  const found = demands([
    { images: ["ghcr.io/acme/*", "nginx"], cosign },
    { images: ["ghcr.io"], unsigned: true },
    { cosign: { keys: [keyNamed("other")] } },
  ]);
  const namesFor = (name: string, spec: ServiceSpec = specOf()) =>
    rulesFor(parseImage(name), spec, found).map((rule) => (rule.kind === "keys" ? rule.keys[0]?.name : "identities"));

  it.each([
    ["ghcr.io/acme/web:1", ["/etc/release.pub"]],
    ["nginx", ["/etc/release.pub"]],
    ["ghcr.io/acmes/web", []],
    ["ghcr.io/other/web", []],
    ["quay.io/acme/web", ["keys.0 of the settings"]],
  ])("ask for the first entry that fits %s", (name, names) => {
    expect(namesFor(name)).toEqual(names);
  });

  it("hold beside what a file asks for", () => {
    const verify = { kind: "keys", keys: [{ name: "own.pub", pem: "" }] } as const;
    expect(namesFor("nginx", { ...specOf(), verify })).toEqual(["/etc/release.pub", "own.pub"]);
    expect(namesFor("ghcr.io/other/web", { ...specOf(), verify })).toEqual(["own.pub"]);
  });

  it("ask for nothing of what is built here, and for what its jobs run", () => {
    const build = { context: { kind: "path", path: "/srv" } } as unknown as NonNullable<ServiceSpec["build"]>;
    const spec = { ...specOf(), build };
    expect(rulesFor(spec.image, spec, found)).toEqual([]);
    expect(namesFor("nginx", spec)).toEqual(["/etc/release.pub"]);
  });

  it("take identities", () => {
    const identity = { issuer: "https://forge.example", subjectPattern: "https://forge.example/.*" };
    const [demand] = demands([{ cosign: { identities: [identity], trustedRootFile: "/etc/root.json" } }]);
    expect(demand?.rule).toMatchObject({ kind: "identities", identities: [{ subject: { kind: "pattern" } }] });
  });

  it.each<[string, unknown, string]>([
    ["a file that is not there", { keys: ["/none"] }, "signatures.0.cosign.keys.0: /none: there is no such file"],
    [
      "what is no key",
      { keys: ["/etc/release.pub", "/etc/note"] },
      "signatures.0.cosign.keys.1: it is no public key in PEM",
    ],
    [
      "what is no root",
      { identities: [{ issuer: "a", subject: "b" }], trustedRootFile: "/etc/note" },
      "signatures.0.cosign.trustedRootFile: it is no trusted root",
    ],
    [
      "what is no pattern",
      { identities: [{ issuer: "a", subjectPattern: "(" }], trustedRootFile: "/etc/root.json" },
      "signatures.0.cosign.identities.0.subjectPattern: ",
    ],
  ])("refuse %s with its place", (_what, written, message) => {
    expect(() => demands([{ cosign: written }])).toThrow(message);
  });

  it.each<[string, unknown]>([
    ["an entry that says nothing", {}],
    ["an entry that says both", { cosign, unsigned: true }],
    ["unsigned: false", { unsigned: false }],
    ["keys and identities", { cosign: { ...cosign, identities: [{ issuer: "a", subject: "b" }] } }],
    ["a root without identities", { cosign: { ...cosign, trustedRootFile: "/etc/root.json" } }],
    ["no keys", { cosign: { keys: [] } }],
    ["an image with a tag", { images: ["ghcr.io/acme/web:1"], cosign }],
    ["an unknown key", { image: ["nginx"], cosign }],
  ])("refuse %s", (_what, entry) => {
    expect(signaturesSchema.safeParse([entry]).success).toBe(false);
  });
});
