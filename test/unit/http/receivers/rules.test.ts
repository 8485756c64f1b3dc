import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import { parsePattern } from "../../../../src/patterns/pattern.js";
import type { Rules } from "../../../../src/http/receivers/receiver.js";
import { ruled, senderName } from "../../../../src/http/receivers/rules.js";

const patterns = (...texts: string[]) => texts.map(parsePattern);
const hint = (text: string) => {
  const { registry, repository, tag } = parseImage(text);
  return { registry, repository, tag };
};
const shop = hint("ghcr.io/acme/shop:v1");

describe("a receiver's rules", () => {
  test.each<[string, Rules, boolean]>([
    ["none", {}, true],
    ["its owner", { owners: ["acme"] }, true],
    ["another owner", { owners: ["notarock"] }, false],
    ["the beginning of an owner", { owners: ["acm"] }, false],
    ["its repository", { repositories: patterns("acme/shop") }, true],
    ["its repository with the registry", { repositories: patterns("ghcr.io/acme/*") }, true],
    ["a folder that holds folders", { repositories: patterns("ghcr.io/*") }, false],
    ["all below", { repositories: patterns("ghcr.io/**") }, true],
    ["an expression", { repositories: patterns("/acme/(shop|web)/") }, true],
    ["an expression that fits a part", { repositories: patterns("/cme/") }, false],
    ["its tag", { tags: patterns("v?") }, true],
    ["other tags", { tags: patterns("latest", "/\\d+/") }, false],
    ["a tag to ignore", { ignoreTags: patterns("v*") }, false],
    ["a tag to take and to ignore", { tags: patterns("v1"), ignoreTags: patterns("v1") }, false],
    ["a topic, where none is named", { topics: ["arn:aws:sns:x"] }, false],
  ])("%s", (_what, rules, isTaken) => {
    const { images, reason } = ruled({ images: [shop], services: [] }, rules);
    expect(images).toEqual(isTaken ? [shop] : []);
    expect(reason).toEqual(isTaken ? undefined : expect.stringMatching(/^this receiver does not listen to /));
  });

  test("a push without a tag may be of one that counts", () => {
    const any = { ...shop, tag: undefined };
    expect(ruled({ images: [any], services: [] }, { tags: patterns("v9") }).images).toEqual([any]);
  });

  test("of several images those are left that count", () => {
    const other = hint("ghcr.io/acme/shop:latest");
    const left = ruled({ images: [shop, other], services: ["a"] }, { ignoreTags: patterns("latest") });
    expect(left).toEqual({ images: [shop], services: ["a"] });
  });

  test.each([
    [{ registry: "reg.lan:5000" }, "reg.lan:5000/acme/shop:v1"],
    [{ alias: { "ghcr.io/acme": "mirror.lan/hub/acme" } }, "mirror.lan/hub/acme/shop:v1"],
    [{ alias: { "ghcr.io/acm": "mirror.lan/x" } }, "ghcr.io/acme/shop:v1"],
    [{ alias: { "ghcr.io/acme": "a.lan/x", "ghcr.io/acme/shop": "b.lan/y" } }, "b.lan/y:v1"],
    [{ registry: "reg.lan", alias: { "reg.lan/acme": "c.lan/z" } }, "c.lan/z/shop:v1"],
  ] satisfies [Rules, string][])("%j call it %s", (rules, name) => {
    expect(ruled({ images: [shop], services: [] }, rules).images).toEqual([hint(name)]);
  });
});

describe("what a sender has to call an image", () => {
  test.each<[Rules, string | undefined]>([
    [{}, "ghcr.io/acme/shop:v1"],
    [{ registry: "ghcr.io" }, "ghcr.io/acme/shop:v1"],
    [{ registry: "reg.lan" }, undefined],
    [{ owners: ["notarock"] }, undefined],
    [{ repositories: patterns("acme/web") }, undefined],
    [{ tags: patterns("latest") }, undefined],
    [{ topics: ["arn:aws:sns:x"] }, "ghcr.io/acme/shop:v1"],
    [{ alias: { "hub.lan/local": "ghcr.io/acme" } }, "ghcr.io/acme/shop:v1"],
    [{ owners: ["local"], alias: { "hub.lan/local": "ghcr.io/acme" } }, "hub.lan/local/shop:v1"],
    [{ alias: { "ghcr.io/acme": "reg.lan/x", "hub.lan/x": "ghcr.io/acme/shop" } }, "hub.lan/x:v1"],
  ])("by %j it is %s", (rules, name) => {
    expect(senderName(shop, rules)).toEqual(name === undefined ? undefined : hint(name));
  });
});

describe("a pattern", () => {
  test("takes what it says, and only the whole of it", () => {
    const segment = fc.stringMatching(/^[a-z0-9.]{1,8}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.nat(3), (segments, at) => {
        const text = segments.join("/");
        const starred = segments.map((one, index) => (index === at % segments.length ? "*" : one)).join("/");
        expect(parsePattern(text).fits(text)).toBe(true);
        expect(parsePattern(starred).fits(text)).toBe(true);
        expect(parsePattern(starred).fits(`${text}/more`)).toBe(false);
        expect(parsePattern("**").fits(text)).toBe(true);
        expect(parsePattern(text).fits(text.replaceAll(".", "x"))).toBe(!text.includes("."));
      }),
    );
  });

  test.each(["/(/", "/(?=a)/", "/a\\1/"])("%s is none", (text) => {
    expect(() => parsePattern(text)).toThrow();
  });

  test("takes no longer for a text that is nearly one", () => {
    // An engine that goes back would not end within the life of this machine.
    const pattern = parsePattern("/(a+)+b/");
    expect(pattern.fits("a".repeat(50_000))).toBe(false);
  });
});
