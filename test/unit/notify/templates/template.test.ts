import { describe, expect, it } from "vitest";
import { sampleOf } from "../../../../src/notify/notices/samples.js";
import { templateOf } from "../../../../src/notify/templates/template.js";

const place = () => "fairlead.yaml:3:5: notify.team.template";
const render = (text: string) =>
  templateOf(text, place)(sampleOf("rolled-back", 0, "https://fairlead.example/#shop/web"));

describe("a template", () => {
  it("has the fields of a notice, sections for what may be missing, and lists", () => {
    expect(render("{{severity}} {{project}}/{{service}}: {{change.from.tag}} -> {{change.to.tag}}")).toBe(
      "error shop/web: 1.4.0 -> 1.4.3",
    );
    expect(render("{{#logs}}> {{.}}\n{{/logs}}{{^commit}}no commit{{/commit}}{{#commit}}{{author}}{{/commit}}")).toBe(
      "> connecting to the database\n> Error: connection refused\nAda",
    );
    expect(render("{{#change}}{{to.digest}}{{/change}}")).toBe(`sha256:${"2".repeat(64)}`);
    expect(render("{{labels.anything}}")).toBe("");
  });

  it("changes no character: escaping is the sender's", () => {
    expect(render("<{{link}}> & {{{link}}}")).toBe(
      "<https://fairlead.example/#shop/web> & https://fairlead.example/#shop/web",
    );
  });

  it.each([
    ["{{#logs}}", "it is no template: "],
    ["{{title", "it is no template: "],
    ["{{titel}}", 'no notice has a field "titel" (did you mean "title"?)'],
    ["{{change.too}}", 'no notice has a field "change.too"'],
    ["{{#change}}{{auther}}{{/change}}", 'no notice has a field "auther"'],
    ["{{constructor}}", 'no notice has a field "constructor"'],
    ["{{title.length}}", 'no notice has a field "title.length"'],
    ["{{> other}}", "{{>other}} is not to be had in a template"],
  ])("%s is one error with its place", (text, message) => {
    expect(() => templateOf(text, place)).toThrow(`fairlead.yaml:3:5: notify.team.template: ${message}`);
  });

  it("runs nothing, whatever stands in a notice", () => {
    const notice = { ...sampleOf("promoted", 0), title: "{{link}} {{constructor.constructor}}" };
    expect(templateOf("{{title}}", place)(notice)).toBe("{{link}} {{constructor.constructor}}");
  });
});
