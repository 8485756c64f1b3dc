import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { keyNamed, trustedRootText } from "../../signatures/by-cosign/stored.js";
import { complaints, serviceOf, surroundings } from "../read.js";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = (type: "spki" | "pkcs8") =>
  String(type === "spki" ? publicKey.export({ type, format: "pem" }) : privateKey.export({ type, format: "pem" }));
const release = keyNamed("release");
const files: Readonly<Record<string, string>> = {
  "/srv/shop/release.pub": release,
  "/srv/shop/keys/own.pub": pemOf("spki"),
  "/srv/shop/both.pub": `${release}${pemOf("spki")}`,
  "/srv/shop/own.key": pemOf("pkcs8"),
  "/srv/shop/cosign.key":
    "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
  "/srv/shop/x25519.pub": String(generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" })),
  "/srv/shop/note.txt": "hello",
  "/srv/shop/root.json": trustedRootText,
  "/srv/shop/bad.json": "{}",
};

function read(verify: unknown, service: object = {}, top: object = {}) {
  const web = { image: "acme/web:1.4", ...service, ...(verify === undefined ? {} : { "x-fairlead": { verify } }) };
  return readText(JSON.stringify({ name: "shop", services: { web }, ...top }));
}

function readText(text: string) {
  const readFile = (path: string) => {
    const found = files[path];
    return found === undefined ? { missing: "ENOENT" } : { text: found };
  };
  return readProject({ ...surroundings, text, environment: {}, readText: readFile });
}

const keys = (...list: unknown[]) => ({ cosign: { keys: list } });
const identity = { issuer: "https://forge.example", subject: "https://forge.example/acme/web" };
const identities = (...list: unknown[]) => ({ cosign: { identities: list, trustedRootFile: "root.json" } });

describe("verify", () => {
  it("reads keys from files beside the services file, and as they stand in it", () => {
    expect(serviceOf(read(keys("release.pub", "keys/own.pub", pemOf("spki")))).verify).toEqual({
      kind: "keys",
      keys: [
        { name: "release.pub", pem: release },
        { name: "keys/own.pub", pem: pemOf("spki") },
        { name: "number 3 of the file", pem: pemOf("spki") },
      ],
    });
  });

  it("reads identities", () => {
    const written = identities(identity, { issuer: identity.issuer, subjectPattern: "https://forge\\.example/.*" });
    expect(serviceOf(read(written)).verify).toEqual({
      kind: "identities",
      trustedRoot: trustedRootText,
      identities: [
        { issuer: identity.issuer, subject: { kind: "exact", text: identity.subject } },
        { issuer: identity.issuer, subject: { kind: "pattern", text: "https://forge\\.example/.*" } },
      ],
    });
  });

  it("is the file's for all services that do not say it themselves, and not of what is built", () => {
    const defaults = { "x-fairlead": { verify: keys("release.pub") } };
    expect(serviceOf(read(undefined, {}, defaults)).verify).toMatchObject({ keys: [{ name: "release.pub" }] });
    expect(serviceOf(read(keys("keys/own.pub"), {}, defaults)).verify).toMatchObject({
      keys: [{ name: "keys/own.pub" }],
    });
    expect(complaints(read(undefined, { build: "." }, defaults))).toEqual([]);
    expect(complaints(read(keys("release.pub"), { build: "." }))).toEqual(["what is built here is signed by nobody"]);
  });

  it("makes no other container", () => {
    expect(specHash(serviceOf(read(keys("release.pub"))))).toBe(specHash(serviceOf(read(undefined))));
  });

  it("tells the place of a bad key, and never what is in it", () => {
    const result = readText(
      [
        "name: shop",
        "services:",
        "  web:",
        "    image: acme/web",
        "    x-fairlead:",
        "      verify:",
        "        cosign:",
        "          keys:",
        "            - release.pub",
        "            - own.key",
      ].join("\n"),
    );
    const [problem] = result.ok ? [] : result.problems;
    if (problem === undefined) throw new Error("it was taken");
    expect(formatProblem(problem)).toMatch(
      /^services\.yaml:10:15: services\.web\.x-fairlead\.verify\.cosign\.keys\[1\]: it is a private key/,
    );
    expect(JSON.stringify(problem)).not.toContain(pemOf("pkcs8").split("\n")[1]);
    expect(problem.hint).toContain("cosign.pub");
  });

  it.each<[string, unknown, string]>([
    ["a word", "yes", "expected a mapping, found a string"],
    ["nothing of it", {}, "`cosign` is missing"],
    ["neither", { cosign: {} }, "neither `keys` nor `identities` is written"],
    ["both", { cosign: { keys: ["release.pub"], identities: [identity] } }, "it has both `keys` and `identities`"],
    ["another key", { cosign: { key: "release.pub" } }, "unknown key"],
    ["no list", { cosign: { keys: "release.pub" } }, "expected a list with a key in it, found a string"],
    ["no keys", keys(), "the list is empty: no image could be signed by anybody in it"],
    ["many keys", keys(...Array.from({ length: 21 }, () => "release.pub")), "there are more than 20"],
    ["a file that is not there", keys("none.pub"), 'there is no file "none.pub"'],
    ["a private key", keys("own.key"), "it is a private key, and to check signatures takes the public one"],
    [
      "a private key of cosign's",
      keys("cosign.key"),
      "it is a private key, and to check signatures takes the public one",
    ],
    [
      "a private key in the file",
      keys(pemOf("pkcs8")),
      "it is a private key, and to check signatures takes the public one",
    ],
    ["two in one file", keys("both.pub"), "it holds several keys"],
    ["a note", keys("note.txt"), "it is no public key in PEM"],
    ["a key of another use", keys("x25519.pub"), "it is a key of the kind x25519, which cosign signs nothing with"],
    ["one bad key of two", keys("release.pub", "note.txt"), "it is no public key in PEM"],
    [
      "keys with a root",
      { cosign: { keys: ["release.pub"], trustedRootFile: "root.json" } },
      "only identities have a trusted root",
    ],
    ["identities without a root", { cosign: { identities: [identity] } }, "`trustedRootFile` is missing"],
    ["an identity without an issuer", identities({ subject: "a" }), "`issuer` is missing"],
    ["an identity without a subject", identities({ issuer: "a" }), "one of `subject` and `subjectPattern` is needed"],
    [
      "both subjects",
      identities({ ...identity, subjectPattern: "a" }),
      "one of `subject` and `subjectPattern` is needed",
    ],
    ["no pattern", identities({ issuer: "a", subjectPattern: "(" }), '"(" is not a regular expression'],
    ["no root", { cosign: { identities: [identity], trustedRootFile: "bad.json" } }, "it is no trusted root"],
  ])("refuses %s", (_what, written, message) => {
    const found = complaints(read(written));
    expect(found.some((one) => one.startsWith(message))).toBe(true);
  });
});
