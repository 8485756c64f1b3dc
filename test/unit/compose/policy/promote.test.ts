import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { readProject, type ReadResult } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { mayFollow, promotedTags } from "../../../../src/tags/promoted.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import { complaints, serviceOf, surroundings } from "../read.js";

function read(services: Readonly<Record<string, string>>, rest = "", environment = {}): ReadResult {
  const lines = Object.entries(services).map(([name, line]) => `  ${name}: ${line}\n`);
  return readProject({ ...surroundings, text: `name: shop\nservices:\n${lines.join("")}${rest}`, environment });
}

const webWith = (promote: string, image = "acme/web:1.4", more = "") =>
  read({ web: `{image: "${image}", x-fairlead: {promote: ${promote}${more}}}` });

describe("promote", () => {
  it.each<[string, unknown, string?]>([
    ["latest", [{ tag: "latest" }]],
    ["[latest, stable]", [{ tag: "latest" }, { tag: "stable" }]],
    ["{tag: latest, if: '1.*'}", [{ tag: "latest", from: "1.*" }]],
    ["[stable, {tag: v1, if: '/^1\\./'}]", [{ tag: "stable" }, { tag: "v1", from: "/^1\\./" }]],
    ["[{tag: latest}]", [{ tag: "latest" }]],
    ["[latest]", [{ tag: "latest" }], `acme/web@sha256:${"a".repeat(64)}`],
    ["[latest]", [{ tag: "latest" }], `acme/web:latest@sha256:${"a".repeat(64)}`],
  ])("is read: %s", (written, found, image) => {
    expect(serviceOf(webWith(written, image)).promote).toEqual(found);
  });

  it("is no property of the container", () => {
    expect(specHash(serviceOf(webWith("latest")))).toBe(specHash(serviceOf(read({ web: "{image: acme/web:1.4}" }))));
  });

  it.each<[string, string, string?, string?]>([
    ["[]", "must not be empty"],
    ["5", "expected a tag or a mapping, found a number"],
    ["[[latest]]", "expected a tag or a mapping, found a list"],
    ["''", "must not be empty"],
    ["ghcr.io/acme/web:latest", '"ghcr.io/acme/web:latest" is not a tag'],
    ["-x", '"-x" is not a tag'],
    ["[latest, latest]", '"latest" is given twice'],
    ["{if: '1.*'}", "`tag` is missing"],
    ["{tag: latest, when: x}", "unknown key"],
    ["{tag: latest, if: '/(/'}", '"/(/" is no pattern'],
    ["{tag: latest, if: ''}", "must not be empty"],
    ["'1.4'", '"1.4" is the tag that the service follows'],
    ["latest", '"latest" is the tag that the service follows', "acme/web"],
    ["'1.4'", '"1.4" is the tag that the service follows', "acme/web:1.4", ", policy: pinned"],
    ["'1.5'", '"1.5" is a tag that the service\'s policy may choose', "acme/web:1.4", ", policy: {semver: ^1.4}"],
    [
      "latest",
      '"latest" is a tag that the service\'s policy may',
      "acme/web:1.4",
      ", policy: {pattern: .*, order: newest}",
    ],
    ["{tag: latest, if: x}", "without a tag that could fit", `acme/web@sha256:${"a".repeat(64)}`],
  ])("is refused: %s: %s", (written, words, image, more) => {
    expect(complaints(webWith(written, image, more)).join("\n")).toContain(words);
  });

  it("goes with a policy that can never choose the tag", () => {
    expect(serviceOf(webWith("[latest, '1']", "acme/web:1.4", ", policy: {semver: ^1.4}")).promote).toHaveLength(2);
  });

  it("names the place of what is wrong", () => {
    const text =
      "name: shop\nservices:\n  web:\n    image: acme/web:1.4\n    x-fairlead:\n      promote: [latest, -x]\n";
    const file = readProject({ ...surroundings, text, environment: {} });
    expect(file.ok ? [] : file.problems.map(formatProblem)[0]).toContain("services.yaml:6:25");
  });

  it("needs a registry that has the image", () => {
    const built = read({ web: "{image: acme/web:1.4, build: ., x-fairlead: {promote: latest}}" });
    expect(complaints(built)).toEqual(["what is built here is in no registry, where a tag could be moved"]);
    const local = read({ web: "{image: acme/web:1.4, pull_policy: never, x-fairlead: {promote: latest}}" });
    expect(complaints(local)).toEqual(["`pull_policy` is never: no registry is asked"]);
  });

  it("belongs to a service", () => {
    expect(complaints(read({ web: "{image: acme/web}" }, "x-fairlead: {promote: [stable]}"))).toEqual([
      "not supported",
    ]);
  });

  it("shows no value of a variable", () => {
    const file = read({ web: '{image: acme/web:1, x-fairlead: {promote: "${TAG}"}}' }, "", { TAG: "hunter2 !" });
    expect(complaints(file).join()).toContain("is not a tag");
    expect(complaints(file).join()).not.toContain("hunter2");
  });
});

describe("services that promote to tags of one repository", () => {
  const twice = (one: string, other: string) => complaints(read({ one, other }));

  it("do not move one tag in turns", () => {
    const [one, other] = [
      "{image: acme/web:main, x-fairlead: {promote: latest}}",
      "{image: acme/web:beta, x-fairlead: {promote: latest}}",
    ];
    expect(twice(one, other)).toEqual([
      'service "one" moves "latest" as well, but follows another tag: the two would move it in turns',
    ]);
  });

  it.each<[string, string, string]>([
    [
      "both follow the same",
      "{image: acme/web:main, x-fairlead: {promote: latest}}",
      "{image: acme/web:main, x-fairlead: {promote: latest}}",
    ],
    [
      "the repositories differ",
      "{image: acme/web:main, x-fairlead: {promote: latest}}",
      "{image: acme/api:beta, x-fairlead: {promote: latest}}",
    ],
    [
      "a pattern never fits",
      "{image: acme/web:main, x-fairlead: {promote: latest}}",
      "{image: acme/web:beta, x-fairlead: {promote: {tag: latest, if: rc-*}}}",
    ],
    [
      "one follows what the other moves",
      "{image: acme/web:main, x-fairlead: {promote: staging}}",
      "{image: acme/web:staging, x-fairlead: {promote: latest}}",
    ],
  ])("are fine where %s", (_what, one, other) => {
    expect(twice(one, other)).toEqual([]);
  });

  it("do not follow each other in a circle", () => {
    const one = "{image: acme/web:main, x-fairlead: {promote: staging}}";
    const other = "{image: acme/web:staging, x-fairlead: {promote: main}}";
    expect(twice(one, other)).toEqual(['services follow in a circle what each other moves: "one" -> "other" -> "one"']);
  });
});

describe("the tags of a promotion", () => {
  it("are those whose pattern fits", () => {
    const all = [{ tag: "latest" }, { tag: "v1", from: "1.*" }, { tag: "v2", from: "/2\\..*/" }];
    expect(promotedTags(all, "1.4.2")).toEqual(["latest", "v1"]);
    expect(promotedTags(all, "2.0")).toEqual(["latest", "v2"]);
    expect(promotedTags(all, undefined)).toEqual(["latest"]);
  });

  it("are followed by nobody who has a digest", () => {
    expect(mayFollow({ image: parseImage(`acme/web:1@sha256:${"a".repeat(64)}`) }, "1")).toBe(false);
    expect(mayFollow({ image: parseImage("acme/web:1") }, "1")).toBe(true);
  });
});
