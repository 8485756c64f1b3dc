import { describe, expect, it } from "vitest";
import type { Flags } from "../../../src/config/config.js";
import { read } from "./written.js";

const one = "git:\n  url: https://x.example/a.git\n";

describe("repositories in the settings", () => {
  it("take the place of the usual file, and stand beside one that is named", () => {
    expect(read("{}")).toMatchObject({ files: ["services.yaml"], repositories: [] });
    expect(read(one)).toMatchObject({ files: [], repositories: [{ source: "https://x.example/a.git" }] });
    expect(read(one, { file: ["x.yaml"] }).files).toEqual(["x.yaml"]);
    expect(read(one, {}, { FAIRLEAD_FILE: "x.yaml" }).files).toEqual(["x.yaml"]);
  });

  it("are named by flags, over variables, over keys, of the same one", () => {
    expect(read(one, { gitRef: "next" }).repositories).toMatchObject([
      { source: "https://x.example/a.git", ref: "next", paths: ["compose.yaml"] },
    ]);
    expect(
      read(one, { git: "https://x.example/b.git", gitPath: ["s/*.yaml"] }, { FAIRLEAD_GIT: "https://x.example/c.git" })
        .repositories,
    ).toMatchObject([{ source: "https://x.example/b.git", paths: ["s/*.yaml"] }]);
    expect(
      read("{}", {}, { FAIRLEAD_GIT: "/srv/a.git", FAIRLEAD_GIT_PATH: "a.yaml:b.yaml" }).repositories,
    ).toMatchObject([{ source: "/srv/a.git", paths: ["a.yaml", "b.yaml"] }]);
  });

  it.each<[string, string, Flags, RegExp]>([
    [
      "an unknown key",
      `${one}  intervall: 3s\n`,
      {},
      /s\.yaml:3:3: git\.intervall: unknown key \(did you mean "interval"\?\)/,
    ],
    [
      "one in a list",
      "git:\n  - url: /a.git\n    auth: {tokenfile: x}\n",
      {},
      /s\.yaml:3:12: git\[0\]\.auth\.tokenfile/,
    ],
    ["another form", "git: 3\n", {}, /s\.yaml:1:6: git: it is a whole number, and should be a map of keys or a list$/],
    ["a value", `${one}  interval: 0s\n`, {}, /s\.yaml:3:13: git\.interval: "0s" is too short/],
    ["a flag", one, { gitRef: "a b" }, /^--git-ref: "a b" is not a reference/],
    ["flags for several", "git: [{url: /a.git}, {url: /b.git}]\n", { gitRef: "x" }, /`git` holds several/],
    ["a flag alone", "{}", { gitRef: "x" }, /^--git: there is no URL/],
    ["a flag without what the settings would add", "{}", { git: "ssh://git@x/y" }, /^--git: knownHostsFile is missing/],
  ])("are refused with the place: %s", (_what, text, flags, message) => {
    expect(() => read(text, flags)).toThrow(message);
  });

  it.each<[Readonly<Record<string, string>>, RegExp]>([
    [{ FAIRLEAD_GIT: "foo" }, /^FAIRLEAD_GIT: this is not a URL/],
    [
      { FAIRLEAD_GIT: "https://x.example/a.git", FAIRLEAD_GIT_REF: "a b" },
      /^FAIRLEAD_GIT_REF: "a b" is not a reference/,
    ],
    [{ FAIRLEAD_GIT: "https://x.example/a.git", FAIRLEAD_GIT_PATH: "../x" }, /^FAIRLEAD_GIT_PATH: "\.\.\/x" is not in/],
    [{ FAIRLEAD_GIT: "ssh://git@x.example/a.git" }, /^FAIRLEAD_GIT: knownHostsFile is missing/],
  ])("are refused by the name of the variable: %j", (environment, message) => {
    expect(() => read("{}", {}, environment)).toThrow(message);
  });
});
