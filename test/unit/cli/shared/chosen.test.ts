import { describe, expect, it } from "vitest";
import { chosenFrom, meaning } from "../../../../src/cli/shared/chosen.js";

const services = ["shop/web-eu", "shop/web-us", "shop/db", "blog/db"].map((name) => {
  const [project = "", service = ""] = name.split("/");
  return { project, service };
});

describe("which services are meant", () => {
  it.each([
    [["shop/db"], "shop/db"],
    [["web-*"], "shop/web-eu shop/web-us"],
    [["shop/*", "web-eu"], "shop/web-eu shop/web-us shop/db"],
    [["*/db"], "shop/db blog/db"],
    [["web-{us,asia}", "blog/db"], "shop/web-us blog/db"],
    [["db*"], "shop/db blog/db"],
  ])("%j: %s", (words, expected) => {
    const found = chosenFrom(services, words).map(({ project, service }) => `${project}/${service}`);
    expect(found.join(" ")).toBe(expected);
    const isMeant = meaning(services, words);
    expect(services.filter(isMeant).map(({ project, service }) => `${project}/${service}`)).toEqual(
      expect.arrayContaining(found),
    );
    expect(services.filter(isMeant)).toHaveLength(found.length);
  });

  it.each([
    [["web"], "no service is called web"],
    [["db"], "several services are called db"],
    [["mail/*"], "no service fits mail/*"],
  ])("%j means nothing that is known", (words, message) => {
    expect(() => chosenFrom(services, words)).toThrow(message);
    expect(() => meaning(services, words)).toThrow(message);
  });

  it("takes in what comes later where a pattern fits, and all without a word", () => {
    const isMeant = meaning(services, ["web-*"]);
    expect(isMeant({ project: "shop", service: "web-asia" })).toBe(true);
    expect(isMeant({ project: "shop", service: "mail" })).toBe(false);
    expect(isMeant({})).toBe(false);
    expect(meaning(services, [])({})).toBe(true);
  });
});
