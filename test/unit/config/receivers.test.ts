import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Guarded } from "../../../src/config/config.js";
import { folder, read as readWritten } from "./written.js";

function read(text: string, environment: Readonly<Record<string, string>> = {}, unread: readonly Guarded[] = []) {
  const directory = folder();
  const [secret, several, empty] = ["secret", "several", "empty"].map((name) => join(directory, name));
  writeFileSync(secret!, "one\n");
  writeFileSync(several!, "new\nold\n");
  writeFileSync(empty!, "\n");
  const named = text.replaceAll("$SECRET", secret!).replaceAll("$SEVERAL", several!).replaceAll("$EMPTY", empty!);
  return readWritten(named, {}, environment, { unread }, directory);
}

const revealed = (text: string) => read(text).receivers.map(({ secrets }) => secrets.map((one) => one.reveal()));
const hub = (more: string) => `receivers:\n  hub: {type: dockerhub, secretFile: $SECRET, ${more}}\n`;
const tokens = (more: string, type = "generic") =>
  `receivers:\n  ci: {type: ${type}, oidc: {issuer: https://id.example, audience: us, ${more}}}\n`;

describe("named receivers in the settings", () => {
  it("have their secrets from a file, several while one is replaced", () => {
    expect(revealed("{}")).toEqual([]);
    expect(revealed(hub("tags: [latest]"))).toEqual([["one"]]);
    expect(revealed("receivers: {a: {type: github, secretsFile: $SEVERAL}}")).toEqual([["new", "old"]]);
    expect(revealed("receivers: {a: {type: github, secretFile: $SECRET, secretsFile: $SEVERAL}}")).toEqual([
      ["one", "new", "old"],
    ]);
  });

  it("are read with their rules", () => {
    const [receiver] = read(
      hub("owners: [notarock], ignoreTags: ['*-dev'], allowFrom: [10.0.0.0/8], ratePerMinute: 6, registry: reg.lan"),
    ).receivers;
    expect(receiver).toMatchObject({
      ...{ name: "hub", type: "dockerhub", ratePerMinute: 6 },
      rules: { owners: ["notarock"], registry: "reg.lan", ignoreTags: [{ text: "*-dev" }] },
    });
    expect(receiver?.allowFrom?.check("10.9.9.9")).toBe(true);
    expect(read(tokens("claims: {repository: acme/*}")).receivers[0]).toMatchObject({
      oidc: { issuer: "https://id.example", audience: "us", claims: { repository: { text: "acme/*" } } },
    });
  });

  it.each([
    "registry: ghcr.io",
    "registry: 'reg.lan:5000'",
    "registry: localhost",
    "registry: '[::1]:5000'",
    "registry: docker.io",
    "owners: [acme, library, a_b-c.d]",
    "alias: {docker.io/acme: reg.lan/hub/acme}",
    "alias: {a.lan/b: docker.io/acme}",
  ])("may have %s", (more) => {
    expect(read(hub(more)).receivers).toHaveLength(1);
  });

  it("may have topics, where a sender names one", () => {
    const topics = "topics: ['arn:aws:sns:eu-west-1:123456789012:a', 'arn:aws-cn:sns:cn-north-1:123456789012:b.fifo']";
    for (const type of ["sns", "ecr"]) expect(read(hub(topics).replace("dockerhub", type)).receivers).toHaveLength(1);
  });

  it("are not read by verbs that need no secret of a hook", () => {
    const text = hub("tags: [a]").replace("$SECRET", "/nowhere");
    expect(() => read(text)).toThrow(/receivers\.hub\.secretFile/);
    expect(read(text, {}, ["hookSecrets"]).receivers).toEqual([]);
  });

  it.each([
    ["a pattern", hub("tags: ['/(/']"), /s\.yaml:2:\d+: receivers\.hub\.tags: "\/\(\/" is no pattern/],
    ["an address", hub("allowFrom: [10.0.0.0/33]"), /receivers\.hub\.allowFrom: "10\.0\.0\.0\/33" is no address/],
    ["tokens", tokens("claims: {a: b}", "quay"), /receivers\.ci\.oidc: quay sends no such tokens/],
    ["what opens it", "receivers:\n  hub: {type: github}\n", /receivers\.hub: nothing opens this/],
  ])("are checked by these verbs all the same: %s", (_what, text, message) => {
    expect(() => read(text.replace("$SECRET", "/nowhere"), {}, ["hookSecrets"])).toThrow(message);
  });

  it.each([
    [
      "an unknown type",
      "receivers:\n  hub: {type: dockerhubb, secretFile: $SECRET}\n",
      /s\.yaml:2:15: receivers\.hub\.type/,
    ],
    [
      "an unknown key",
      hub("owner: [a]"),
      /s\.yaml:2:\d+: receivers\.hub\.owner: unknown key \(did you mean "owners"\?\)/,
    ],
    ["nothing that opens it", "receivers:\n  hub: {type: github}\n", /s\.yaml:2:8: receivers\.hub: nothing opens this/],
    [
      "an empty file of secrets",
      "receivers:\n  hub: {type: github, secretFile: $EMPTY}\n",
      /receivers\.hub\.secretFile: .*holds no secret/,
    ],
    [
      "a name that no path has",
      "receivers:\n  'a/b': {type: github, secretFile: $SECRET}\n",
      /s\.yaml:2:3: receivers\.a\/b/,
    ],
    ["a pattern that is none", hub("tags: ['/(/']"), /receivers\.hub\.tags: "\/\(\/" is no pattern/],
    [
      "a block that is none",
      hub("allowFrom: [10.0.0.0/33]"),
      /receivers\.hub\.allowFrom: "10\.0\.0\.0\/33" is no address/,
    ],
    ["an alias without a registry", hub("alias: {a: b/c}"), /receivers\.hub\.alias: "a: b\/c" has to be two names/],
    ["an alias to no registry", hub("alias: {a.lan/b: acme/c}"), /receivers\.hub\.alias: .* has to be two names/],
    ["an alias to a URL", hub("alias: {a.lan/b: 'https://b.lan/c'}"), /receivers\.hub\.alias: .* has to be two names/],
    ...["https://ghcr.io/", "https://ghcr.io", "ghcr.io/acme", "ghcr", "GHCR IO", "index.docker.io"].map(
      (registry): [string, string, RegExp] => [
        `the registry ${registry}`,
        hub(`registry: '${registry}'`),
        /s\.yaml:2:\d+: receivers\.hub\.registry: ".*" is no registry as services files name it/,
      ],
    ),
    ["an owner in capitals", hub("owners: [acme, Acme]"), /receivers\.hub\.owners: "Acme" is the first part of no/],
    ["an owner that is a path", hub("owners: [acme/shop]"), /receivers\.hub\.owners: "acme\/shop" is the first part/],
    [
      "topics of a sender without any",
      hub("topics: ['arn:aws:sns:eu-west-1:123456789012:a']"),
      /receivers\.hub\.topics: dockerhub names no topic/,
    ],
    [
      "a topic that is no ARN",
      hub("topics: [pushes]").replace("dockerhub", "sns"),
      /receivers\.hub\.topics: "pushes" is no ARN of a topic/,
    ],
    [
      "a name that would be lost",
      "receivers:\n  __proto__: {type: github, secretFile: $SECRET}\n",
      /s\.yaml:2:3: receivers\.__proto__: nothing can be called __proto__/,
    ],
    [
      "a name that would be lost in the middle",
      "registries:\n  ghcr.io: {}\n  __proto__: {insecure: true}\n",
      /s\.yaml:3:3: registries\.__proto__: nothing can be called __proto__/,
    ],
    [
      "an issuer with a password",
      tokens("claims: {a: b}").replace("https://", "https://:x@"),
      /receivers\.ci\.oidc\.issuer/,
    ],
    ["tokens without claims", tokens("claims: {}"), /receivers\.ci\.oidc\.claims: any token of this issuer/],
    [
      "tokens of a registry that has none",
      tokens("claims: {a: b}", "quay"),
      /receivers\.ci\.oidc: quay sends no such tokens/,
    ],
    [
      "tokens of Google without an address",
      tokens("claims: {sub: x}", "gar"),
      /receivers\.ci\.oidc\.claims: any project's/,
    ],
    ["an issuer in the clear", tokens("claims: {a: b}").replace("https:", "http:"), /receivers\.ci\.oidc\.issuer/],
  ])("refuse %s, with the place", (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("trusted proxies", () => {
  it("are addresses and blocks, in the file or in a variable", () => {
    expect(read("trustedProxies: 10.0.0.0/8, ::1").trustedProxies).toEqual(["10.0.0.0/8", "::1"]);
    expect(read("{}", { FAIRLEAD_TRUSTED_PROXIES: "127.0.0.1" }).trustedProxies).toEqual(["127.0.0.1"]);
    expect(read("{}").trustedProxies).toEqual([]);
    expect(() => read("trustedProxies: [proxy]")).toThrow(/s\.yaml:1:17: trustedProxies: "proxy" is no address/);
  });
});
