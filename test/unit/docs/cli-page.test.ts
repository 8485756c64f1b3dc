import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readExits } from "../../../src/cli/exits.js";
import { cliPage, readCommands, renderCliPage } from "../../docs/cli-page.js";

it("is committed as `npm run docs` writes it", () => {
  expect(readFileSync(cliPage, "utf8")).toBe(renderCliPage());
});

it("has every verb, argument, flag and exit code, each with what it means", () => {
  const page = renderCliPage();
  const verbs = readCommands().commands.filter((verb) => !verb.name().startsWith("_"));
  expect(verbs.length).toBeGreaterThan(15);
  for (const verb of verbs) {
    const [, section = ""] = page.split(`## fairlead ${verb.name()}\n`);
    const [own = ""] = section.split("\n## ");
    const names = [
      ...verb.registeredArguments.map((argument) => argument.name()),
      ...verb.options.map((option) => option.flags),
      ...Object.keys(readExits(verb)),
    ];
    for (const name of names)
      expect(own).toMatch(new RegExp(`^\\| \`${name.replace(/[[\].]/g, "\\$&")}\` +\\| \\S`, "m"));
    expect(Object.keys(readExits(verb))).toEqual(expect.arrayContaining(["0", "1"]));
  }
});

it("fits a table", () => {
  const texts = readCommands()
    .commands.filter((verb) => !verb.name().startsWith("_"))
    .flatMap((verb) => [
      verb.description(),
      ...verb.registeredArguments.map(({ description }) => description),
      ...verb.options.map(({ description }) => description),
      ...Object.values(readExits(verb)),
    ]);
  expect(texts.filter((text) => /[|\n]/.test(text))).toEqual([]);
});
