import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf, normalUrl } from "../../../../src/git/program/address.js";

describe("one repository has one normal address", () => {
  it.each([
    [
      "forge.example/acme/fleet",
      [
        "https://forge.example/acme/fleet.git",
        "http://Forge.Example:3000/acme/fleet",
        "https://user@forge.example/acme/fleet.git/",
        "ssh://git@forge.example:2222/acme/fleet.git",
        "git@forge.example:acme/fleet.git",
        "git@FORGE.example:/acme/fleet",
        "https://forge.example/Acme/Fleet",
        "git://forge.example/acme/fleet.git",
      ],
    ],
    [
      "bitbucket.example/ops/fleet",
      ["https://bitbucket.example/scm/ops/fleet.git", "ssh://git@bitbucket.example:7999/ops/fleet.git"],
    ],
    [
      "dev.azure.com/org/project/_git/fleet",
      ["https://org@dev.azure.com/org/project/_git/fleet", "git@ssh.dev.azure.com:v3/org/project/fleet"],
    ],
    ["/srv/git/fleet", ["/srv/git/fleet.git", "/srv/git/fleet/", "file:///srv/git/fleet.git", "/srv//git/fleet.git"]],
  ])("%s", (normal, urls) => {
    expect(urls.map(normalUrl)).toEqual(urls.map(() => normal));
  });

  it("and another one another", () => {
    const urls = ["https://forge.example/acme/fleet2", "https://forge.test/acme/fleet", "/forge.example/acme/fleet"];
    expect(urls.map(normalUrl)).not.toContain("forge.example/acme/fleet");
  });

  it("whatever strangers write", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
        const normal = normalUrl(text);
        expect(normal === undefined || typeof normal === "string").toBe(true);
      }),
    );
  });
});

describe("an address", () => {
  it.each([
    ["https://forge.example/acme/fleet.git", "https", "fleet"],
    ["http://127.0.0.1:3000/fleet.git", "http:https", "fleet"],
    ["ssh://git@forge.example/fleet", "ssh", "fleet"],
    ["git@forge.example:fleet.git", "ssh", "fleet"],
    ["/srv/git/fleet.git/", "file", "fleet"],
  ])("%s is spoken to by %s alone", (url, protocols, name) => {
    expect(addressOf(url)).toMatchObject({ address: { protocols, name } });
  });

  it.each([
    ["ext::sh -c 'touch x'", /not read over ext:|not a URL/],
    ["file:///srv/git/fleet.git", /not read over file:/],
    ["git://forge.example/fleet.git", /not read over git:/],
    ["--upload-pack=touch x", /not a URL/],
    ["https://user:token@forge.example/fleet.git", /a login has no place in the URL/],
    ["ssh://git:word@forge.example/fleet.git", /a password has no place/],
    ["https://forge.example/fleet.git?x=1", /a query or a fragment/],
    ["fleet", /not a URL/],
    ["https://forge.example/a\nb", /not a URL/],
  ])("%s is refused", (url, message) => {
    const found = addressOf(url);
    expect("wrong" in found ? found.wrong : "").toMatch(message);
  });
});
