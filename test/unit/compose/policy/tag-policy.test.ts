import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { formatPolicy } from "../../../../src/compose/model/policy/tag-policy.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { complaints, serviceOf, surroundings } from "../read.js";

function read(service: string, environment: Readonly<Record<string, string>> = {}, rest = "") {
  const lines = service.split("\n").map((line) => `    ${line}`);
  const text = `name: shop\nservices:\n  web:\n${lines.join("\n")}\n${rest}`;
  return readProject({ ...surroundings, text, environment });
}

const serviceWith = (policy: string, image = "image: acme/web:1.4") =>
  read(`${image}\nx-fairlead:\n  policy: ${policy}`);

describe("policy", () => {
  it.each(["tag", undefined])("is none where %s is written", (word) => {
    const file = word === undefined ? read("image: acme/web:1.4") : serviceWith(word);
    expect(serviceOf(file).policy).toBeUndefined();
  });

  it.each<[string, string, string?]>([
    ["pinned", "pinned"],
    ["digest", "pinned"],
    ['{semver: "^1.4"}', "semver ^1.4"],
    ["{semver: ^1.4}", "semver ^1.4"],
    ["{semver: '>=1.4 <3'}", "semver >=1.4 <3", "image: acme/web"],
    ["{semver: ^1.4}", "semver ^1.4", "image: acme/web:latest"],
    ["{semver: ^1.4}", "semver ^1.4", "image: acme/web:v1.4-alpine"],
    ["{pattern: '^release-(?<version>.*)$'}", "pattern ^release-(?<version>.*)$ by semver"],
    ["{pattern: '^r-(?<version>.*)$', semver: ^2}", "pattern ^r-(?<version>.*)$ by semver ^2"],
    ["{pattern: 'b-(?<n>\\d+)', order: numeric}", "pattern b-(?<n>\\d+) by numeric", "image: acme/web:main"],
    ["{pattern: main-.*, order: newest}", "pattern main-.* by newest", "image: acme/web:main"],
  ])("is read: %s", (written, policy, image) => {
    const spec = serviceOf(serviceWith(written, image));
    expect(spec.policy === undefined ? undefined : formatPolicy(spec.policy)).toBe(policy);
  });

  it("makes no other container", () => {
    const bare = specHash(serviceOf(read("image: acme/web:1.4")));
    expect(specHash(serviceOf(serviceWith("{semver: ^1.4}")))).toBe(bare);
  });

  it.each<[string, string, string?]>([
    ["semver", '"semver" is no policy'],
    ["[]", "expected a policy, found a list"],
    ["{}", "neither `semver` nor `pattern` is written"],
    ["{order: newest}", "neither `semver` nor `pattern` is written"],
    ["{semver: lots}", '"lots" is not a range of versions'],
    ["{semver: 1.4}", "expected a string, found a number"],
    ["{semver: ''}", "must not be empty"],
    ["{semver: ^1.4, order: numeric}", "without `pattern` there is nothing to put in order"],
    ["{semver: ^1.4, pattern: v.*, order: newest}", "beside `semver` the order is that of versions"],
    ["{pattern: '(', order: newest}", '"(" is not a regular expression'],
    ["{pattern: '(?=x)'}", '"(?=x)" is not a regular expression'],
    ["{pattern: a, order: oldest}", '"oldest" is not one of semver, numeric, alphabetical, newest'],
    ["{range: ^1}", "unknown key"],
    ["{semver: ^1.4}", "the image is written with a digest", `image: acme/web:1.4@sha256:${"a".repeat(64)}`],
    ["{semver: ^1.4}", "`pull_policy` is never", "image: acme/web:1.4\npull_policy: never"],
    ["{semver: ^1.4}", 'the written tag "stable" is no version', "image: acme/web:stable"],
    ["{semver: ^1.4}", "what is built here has no tags", "build: ."],
    ["pinned", "what is built here has no tags", "build: ."],
  ])("is refused: %s: %s", (written, words, image) => {
    expect(complaints(serviceWith(written, image)).join("\n")).toContain(words);
  });

  it("belongs to a service", () => {
    const file = read("image: acme/web:1.4", {}, "x-fairlead: {policy: {semver: ^1.4}}");
    expect(complaints(file)).toEqual(["not supported"]);
  });

  it("takes variables, and shows none of their values", () => {
    expect(
      serviceOf(read("image: acme/web:1.4\nx-fairlead: {policy: {semver: '${RANGE}'}}", { RANGE: "~1.4" })).policy,
    ).toEqual({
      kind: "semver",
      range: "~1.4",
    });
    const wrong = read("image: acme/web:1.4\nx-fairlead: {policy: {semver: '${RANGE}'}}", { RANGE: "hunter2" });
    expect(complaints(wrong).join()).not.toContain("hunter2");
  });
});
