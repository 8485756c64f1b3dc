import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choiceOf, type WrittenChoice } from "../../../../src/notify/words/choice.js";
import { addressAt } from "../../../../src/notify/words/address.js";
import { jsonTemplateAt, templateAt } from "../../../../src/notify/words/template.js";
import { wordNames, wordsOf } from "../../../../src/notify/words/words.js";
import { delivery, digest, rollout, sha } from "./samples.js";

const place = (key: string) => `s.yaml:1:1: trigger.x.${key}`;

describe("the words of a notice", () => {
  it("are those of the image that was delivered, as services files have it", () => {
    expect(wordsOf(delivery(), digest)).toEqual({
      ...{ event: "hook:hub", project: "", service: "", receiver: "hub", commit: "" },
      ...{ image: "getto/psycher:1.2.0", repository: "getto/psycher", tag: "1.2.0", digest },
    });
  });

  it("are those of what is rolled out, not of what the file says", () => {
    expect(wordsOf(rollout())).toEqual({
      ...{ event: "promoted", project: "shop", service: "web", receiver: "", commit: sha },
      ...{ image: "ghcr.io/acme/web:1.4.3", repository: "ghcr.io/acme/web", tag: "1.4.3", digest },
    });
  });

  it.each([
    ["reg.lan:5000/app", "reg.lan:5000/app"],
    ["reg.lan:5000/app:1@sha256:00", "reg.lan:5000/app"],
    ["nginx", "nginx"],
  ])("the repository of %s is %s", (image, repository) => {
    const told = rollout("promoted", { change: { image, to: { digest } } });
    expect(wordsOf(told)).toMatchObject({ repository, tag: "", image: `${repository}@${digest}` });
  });

  it("each is one printable line that is not long, whatever strangers have written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (repository, tag) => {
        for (const word of Object.values(wordsOf(delivery({ repository, tag })))) {
          expect(word).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect(word.length).toBeLessThanOrEqual(301);
        }
      }),
    );
    expect(wordsOf(delivery({ tag: "x".repeat(1_000) })).tag).toHaveLength(301);
  });
});

describe("a template", () => {
  it("has the words in their places, and what looks like words in a word stays", () => {
    const template = templateAt("a {tag} {image} {", () => "here");
    expect(template(wordsOf(delivery({ tag: "{digest}" })))).toBe("a {digest} getto/psycher:{digest} {");
  });

  it("fills every text of a value of JSON", () => {
    const template = jsonTemplateAt({ a: ["{tag}", 1, null], b: { c: "{event}" } }, () => "here");
    expect(template(wordsOf(delivery()))).toEqual({ a: ["1.2.0", 1, null], b: { c: "hook:hub" } });
  });

  it("names a word that there is not, and what may be meant", () => {
    expect(() => templateAt("{imagee}", () => place("variables.A"))).toThrow(
      "s.yaml:1:1: trigger.x.variables.A: there is no word for {imagee} (did you mean {image}?)",
    );
    for (const name of wordNames) templateAt(`{${name}}`, () => "here");
  });
});

describe("a choice", () => {
  const chosen = (written: WrittenChoice, notice = delivery()) =>
    choiceOf(written, place, ["hub", "dockerhub"])(notice);
  const on = ["hook:hub"];

  it.each<readonly [WrittenChoice, boolean]>([
    [{ on }, true],
    [{ on: ["hook:*"] }, true],
    [{ on: ["promoted"] }, false],
    [{ on: ["hook:dockerhub"] }, false],
    [{ on, ignoreTags: ["latest"] }, true],
    [{ on, ignoreTags: ["1.*"] }, false],
    [{ on, tags: ["/v\\d+/"] }, false],
    [{ on, repositories: ["getto/*"] }, true],
    [{ on, repositories: ["docker.io/getto/psycher"] }, true],
    [{ on, repositories: ["acme/*"] }, false],
    [{ on, projects: ["*"] }, false],
    [{ on, services: ["*"] }, false],
  ])("%j: %s", (written, isWanted) => {
    expect(chosen(written)).toBe(isWanted);
  });

  it("knows Docker's own images by their short name", () => {
    const notice = delivery({ repository: "docker.io/library/nginx" });
    for (const name of ["nginx", "library/nginx", "docker.io/library/nginx"]) {
      expect(chosen({ on, repositories: [name] }, notice), name).toBe(true);
    }
  });

  it.each<readonly [WrittenChoice, boolean]>([
    [{ on: ["promoted"], projects: ["sh*"], services: ["web"] }, true],
    [{ on: ["promoted"], services: ["shop/*"] }, true],
    [{ on: ["promoted"], services: ["api"] }, false],
    [{ on: ["promoted"], tags: ["1.4.3"] }, true],
  ])("of a rollout %j: %s", (written, isWanted) => {
    expect(chosen(written, rollout())).toBe(isWanted);
  });

  it("takes a delivery without a tag, which may be any", () => {
    expect(
      chosen(
        { on, ignoreTags: ["*"] },
        { ...delivery(), delivery: { receiver: "hub", outcome: "ignored", services: [] } },
      ),
    ).toBe(true);
  });

  it.each([
    [{ on: ["promotd"] }, /trigger\.x\.on\.0: "promotd" is no event \(did you mean "promoted"\?\)/],
    [{ on: ["promoted", "hook:hup"] }, /trigger\.x\.on\.1: there is no receiver "hup" \(did you mean "hub"\?\)/],
    [{ on: ["promoted"], tags: ["1", "/(/"] }, /trigger\.x\.tags\.1: "\/\(\/" is no pattern/],
  ])("%j is refused with its place", (written, words) => {
    expect(() => chosen(written)).toThrow(words);
  });
});

describe("an address that gets a token", () => {
  it.each([
    "https://gitlab.example.org",
    "http://127.0.0.1:3000",
    "http://gitea:3000",
    "http://10.0.0.7",
    "http://nas.lan/x",
  ])("may be %s", (address) => {
    expect(addressAt(address, () => "here")).toBe(address);
  });

  it.each([
    ["http://gitlab.example.org", /here: its token would be sent in the clear/],
    ["https://user:geheim@gitlab.example.org/#x", /here: a login has no place in it/],
    ["gitlab.example.org", /here: it is no address/],
    ["ftp://gitlab.example.org", /here: it is no address/],
  ])("may not be %s", (address, words) => {
    const read = () => addressAt(address, () => "here");
    expect(read).toThrow(words);
    expect(read).not.toThrow(/geheim/);
  });
});
