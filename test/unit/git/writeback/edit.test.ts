import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProject } from "../../../../src/compose/project/compose.js";
import { familiarImage, parseImage, type Digest } from "../../../../src/compose/values/image.js";
import { edited, editFor, isEdit } from "../../../../src/git/writeback/edit.js";

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const [one, two] = [digest("1"), digest("2")];

function read(text: string) {
  return readProject({ file: "compose.yaml", text, directory: "/srv/shop", environment: { TAG: "9" } });
}

/** The text with a digest written for a service, by our own way of finding it; else why not. */
function write(text: string, service: string, to: Digest): string {
  const result = read(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { line = 0, column = 0 } = result.locate([["services", service, "image"]]);
  const edit = editFor(text, { line, column }, { what: "digest", digest: to, image: parseImage("acme/web") });
  return isEdit(edit) ? edited(text, [edit]) : `(${edit.message})`;
}

function imagesOf(text: string): Record<string, string> {
  const result = read(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return Object.fromEntries(result.project.services.map(({ name, image }) => [name, familiarImage(image)]));
}

const service = (image: string) => `services:\n  web:\n    image: ${image}\n`;

describe("a tag written in place of another", () => {
  it.each([
    ["plain", service("app:1.4.2 # c"), service("app:1.4.3 # c")],
    ["quoted", service("'reg.example:5000/app:1.4.2'"), service("'reg.example:5000/app:1.4.3'")],
    ["without one", service("reg.example:5000/app"), service("reg.example:5000/app:1.4.3")],
    ["before a digest", service(`app:1.4.2@${one}`), service("app:1.4.3")],
  ])("%s", (_what, text, expected) => {
    const result = read(text);
    if (!result.ok) throw new Error("it cannot be read");
    const { line = 0, column = 0 } = result.locate([["services", "web", "image"]]);
    const edit = editFor(text, { line, column }, { what: "tag", digest: two, image: parseImage("app:1.4.3") });
    expect(isEdit(edit) && edited(text, [edit])).toBe(expected);
  });
});

describe("a digest written behind a tag", () => {
  it.each<[string, string, string]>([
    ["plain", service("app:1 # c"), service(`app:1@${one} # c`)],
    ["quoted", service("'app:1'"), service(`'app:1@${one}'`)],
    ["double-quoted", service('"app:1"   # c'), service(`"app:1@${one}"   # c`)],
    ["another digest", service(`app:1@${two}`), service(`app:1@${one}`)],
    ["without a tag", service("app"), service(`app:latest@${one}`)],
    ["with a port and no tag", service("reg.example:5000/app"), service(`reg.example:5000/app:latest@${one}`)],
    ["folded", service(">-\n      app:1\n\n"), service(`>-\n      app:1@${one}\n\n`)],
    ["literal", service("|-\n      app:1"), service(`|-\n      app:1@${one}`)],
    ["on a line of its own", service("\n      app:1"), service(`\n      app:1@${one}`)],
    ["anchored", service("&i app:1"), service(`&i app:1@${one}`)],
    ["tagged", service("!!str app:1"), service(`!!str app:1@${one}`)],
    ["in braces", "services: {web: {image: app:1,tty: true}}", `services: {web: {image: app:1@${one},tty: true}}`],
    ["in JSON", '{"services":{"web":{"image":"app:1"}}}', `{"services":{"web":{"image":"app:1@${one}"}}}`],
    ["after a mark of order", `\uFEFF${service("app:1")}`, `\uFEFF${service(`app:1@${one}`)}`],
    ["with CRLF", service("app:1").replaceAll("\n", "\r\n"), service(`app:1@${one}`).replaceAll("\n", "\r\n")],
    ["of an alias", `x-a: &i app:1\n${service("*i")}`, `x-a: &i app:1@${one}\n${service("*i")}`],
    [
      "of the nearest anchor of that name",
      `x-a: &i app:0\nx-b: &i app:1\n${service("*i")}x-c: &i app:2\n`,
      `x-a: &i app:0\nx-b: &i app:1@${one}\n${service("*i")}x-c: &i app:2\n`,
    ],
    [
      "of a merge key",
      "x-a: &b {image: app:1}\nservices:\n  web: {<<: *b}\n",
      `x-a: &b {image: app:1@${one}}\nservices:\n  web: {<<: *b}\n`,
    ],
    [
      "of a service that it extends",
      "services:\n  web: {extends: base}\n  base: {image: app:1}\n",
      `services:\n  web: {extends: base}\n  base: {image: app:1@${one}}\n`,
    ],
    [
      "behind lines that are indented too little",
      "services:\n  db:\n    image: db\n    ports: [\n  '1:1'\n  ]\n  web:\n    image: app:1\n",
      `services:\n  db:\n    image: db\n    ports: [\n  '1:1'\n  ]\n  web:\n    image: app:1@${one}\n`,
    ],
    [
      "in a line that is indented too little",
      "services:\n  web: {\n  image: 'app:1' }\n",
      `services:\n  web: {\n  image: 'app:1@${one}' }\n`,
    ],
  ])("%s", (_what, before, after) => {
    expect(write(before, "web", one)).toBe(after);
  });

  it.each(["${TAG}", "app:${TAG}", "app:${NONE:-1}", "'app:$TAG'"])("is refused behind %s", (image) => {
    const text = service(image).replace(image, image === "${TAG}" ? "app${NONE-:1}" : image);
    expect(write(text, "web", one)).toBe("(it comes from a variable)");
  });

  const name = fc.constantFrom("app", "acme/app", "reg.example:5000/a/b", "ghcr.io/acme/app");
  const tag = fc.constantFrom("", ":1", ":1.27-alpine", ":latest");
  const record = fc.constantFrom("", `@${two}`);
  const gap = fc.constantFrom(" ", "   ", "\n        ");
  const comment = fc.constantFrom("", ' # it\'s "kept"', "\t# app:1");
  const end = fc.constantFrom("\n", "\r\n");
  const style = fc.constantFrom("plain", "single", "double", "anchor", "flow", "folded");
  const noise = fc.array(
    fc.constantFrom("    # app:1", "", "    labels: {a: 'app:1', b: \"app:1\"}", "    environment: [A=app:1]"),
    { maxLength: 3 },
  );

  it("changes as little as can be of any layout, and reads as that image with nothing else changed", () => {
    fc.assert(
      fc.property(
        fc.record({ name, tag, record, gap, comment, end, style, above: noise, below: noise, mark: fc.boolean() }),
        (layout) => {
          const seen = new Set<string>();
          const once = (lines: readonly string[]) =>
            lines.filter((line) => {
              const key = line.split(":")[0] ?? "";
              return line.trim() === "" || line.includes("#") || (!seen.has(key) && seen.add(key));
            });
          const image = `${layout.name}${layout.tag}${layout.record === "" || layout.tag === "" ? "" : layout.record}`;
          const isFolded = layout.style === "folded";
          const value = {
            plain: image,
            single: `'${image}'`,
            double: `"${image}"`,
            anchor: `&image ${image}`,
            flow: `"${image}"`,
            folded: `>-\n      ${image}`,
          }[layout.style];
          const text = [
            "name: shop",
            "services:",
            "  web:",
            ...once(layout.above),
            `    image:${isFolded ? " " : layout.gap}${value}${isFolded ? "" : layout.comment}`,
            ...once(layout.below),
            "  other: {image: app:1, command: [app:1]}",
            "",
          ].join("\n");
          const before = (layout.mark ? "\uFEFF" : "") + text.replaceAll("\n", layout.end);
          const after = write(before, "web", one);
          // One piece is put in, or one digest takes another's place.
          const added = `${layout.tag === "" ? ":latest" : ""}@${one}`;
          const plain = layout.tag === "" ? before : before.replace(layout.record === "" ? "\0" : layout.record, "");
          const at = after.indexOf(added);
          expect(after.slice(0, at) + after.slice(at + added.length)).toBe(plain);
          const [was, is] = [read(before), read(after)];
          if (!was.ok || !is.ok) throw new Error(JSON.stringify([was, is]));
          const wanted = was.project.services.map((spec) =>
            spec.name === "web"
              ? { ...spec, image: { ...spec.image, tag: spec.image.tag ?? "latest", digest: one } }
              : spec,
          );
          expect(is.project).toEqual({ ...was.project, services: wanted });
          expect(imagesOf(after)["other"]).toBe("app:1");
          // Written once more it is the same.
          expect(write(after, "web", one)).toBe(after);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
