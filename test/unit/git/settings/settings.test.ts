import { describe, expect, it } from "vitest";
import { repositoriesOf, type WrittenRepositories } from "../../../../src/git/settings/settings.js";

const url = "https://forge.example/acme/fleet.git";

describe("a repository in the settings", () => {
  it("needs a URL, and has defaults for the rest", () => {
    expect(repositoriesOf({ url })).toMatchObject([
      { source: url, name: "fleet", ref: "HEAD", paths: ["compose.yaml"], intervalMs: 60_000, login: { kind: "none" } },
    ]);
  });

  it("has a login that fits its URL", () => {
    const [https] = repositoriesOf({ url, auth: { tokenFile: "/t" } });
    expect(https?.login).toEqual({ kind: "token", username: "git", tokenFile: "/t" });
    const [ssh] = repositoriesOf({
      url: "git@forge.example:a/b.git",
      auth: { sshKeyFile: "/k", knownHostsFile: "/h" },
    });
    expect(ssh?.login).toEqual({ kind: "ssh", sshKeyFile: "/k", knownHostsFile: "/h" });
    const [own] = repositoriesOf({ url: "http://127.0.0.1:3000/a.git", auth: { tokenFile: "/t" } });
    expect(own?.login.kind).toBe("token");
  });

  it("is written to where that is asked for", () => {
    const author = { name: "Fairlead", email: "fairlead@localhost" };
    const of = (more: object) => repositoriesOf({ url, ...more })[0]?.writeBack;
    expect(of({})).toBeUndefined();
    expect(of({ writeBack: {} })).toEqual({ branch: undefined, author, what: "digest" });
    expect(of({ ref: "refs/heads/main", writeBack: { what: "digest" } })).toEqual({
      branch: undefined,
      author,
      what: "digest",
    });
    expect(of({ ref: "refs/tags/v1", writeBack: { branch: "refs/heads/deployed" } })).toEqual({
      branch: "deployed",
      author,
      what: "digest",
    });
    const verify = { allowedSignersFile: "/a" };
    expect(of({ ref: "main", verify, writeBack: { branch: "deployed", author: "Ann B <a@b.example>" } })).toEqual({
      branch: "deployed",
      author: { name: "Ann B", email: "a@b.example" },
      what: "digest",
    });
  });

  it("is told from another one at the same URL by its reference", () => {
    const all = repositoriesOf([
      { url, ref: "main" },
      { url, ref: "next", name: "next" },
    ]);
    expect(all.map(({ source }) => source)).toEqual([`${url}#main`, `${url}#next`]);
  });

  it.each<[string, WrittenRepositories, string]>([
    ["no URL", {}, "url: there is no URL"],
    ["ext", { url: "ext::sh" }, "url: "],
    [
      "plain HTTP",
      { url: "http://forge.example/a.git", auth: { tokenFile: "/t" } },
      "auth: a login is sent over plain",
    ],
    ["a key over HTTPS", { url, auth: { sshKeyFile: "/k" } }, "auth: an ssh key is of no use"],
    ["a token over ssh", { url: "git@x.example:a", auth: { tokenFile: "/t" } }, "auth: a token is of no use"],
    ["no known hosts", { url: "git@x.example:a", auth: { sshKeyFile: "/k" } }, "auth: knownHostsFile is missing"],
    ["a name alone", { url, auth: { username: "u" } }, "auth: username has no tokenFile"],
    ["both kinds of keys", { url, verify: { allowedSignersFile: "/a", gpgKeyringFile: "/b" } }, "verify: "],
    ["no keys", { url, verify: {} }, "verify: "],
    ["an odd reference", { url, ref: "--upload-pack=x" }, "ref: "],
    ["a reference with spaces", { url, ref: "a b" }, "ref: "],
    ["a path out of it", { url, path: "../compose.yaml" }, "path: "],
    ["an absolute path", { url, path: ["/compose.yaml"] }, "path: "],
    ["no time", { url, interval: "0" }, "interval: "],
    ["no duration", { url, interval: "often" }, "interval: "],
    [
      "two of one name",
      [{ url }, { url: "https://other.example/fleet.git" }],
      '1.name: two repositories are called "fleet"',
    ],
    ["the same twice", [{ url }, { url }], "1.url: "],
    ["a commit to a tag", { url, ref: "refs/tags/v1", writeBack: {} }, 'writeBack: "refs/tags/v1" is no branch'],
    ["an odd branch", { url, writeBack: { branch: "a..b" } }, 'writeBack.branch: "a..b" is not a branch'],
    ["a tag as branch", { url, writeBack: { branch: "refs/tags/a" } }, "writeBack.branch: "],
    ["an author without an address", { url, writeBack: { author: "Ann" } }, 'writeBack.author: "Ann" is no author'],
    ["an author of two lines", { url, writeBack: { author: "Ann\nB <a@b>" } }, "writeBack.author: "],
    ...[
      { ref: "main", writeBack: {} },
      { ref: "main", writeBack: { branch: "main" } },
      { ref: "refs/heads/main", writeBack: { branch: "main" } },
      { writeBack: { branch: "deployed" } },
    ].map((more): [string, WrittenRepositories, string] => [
      `signatures that what is written has not: ${JSON.stringify(more)}`,
      { url, verify: { allowedSignersFile: "/a" }, ...more },
      "writeBack: what is written is not signed",
    ]),
    ["a list's second", [{ url }, { url, name: "b", path: "" }], "1.path: "],
  ])("is refused with %s", (_what, written, message) => {
    expect(() => repositoriesOf(written)).toThrow(message);
  });
});
