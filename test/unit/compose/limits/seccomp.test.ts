import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { complaints, serviceOf, surroundings } from "../read.js";

const profile = '{\n  "defaultAction": "SCMP_ACT_ERRNO",\n  "a \\\\\\" b": [ 18446744073709551615, "x  y" ]\n}\n';

function read(option: string, files: Readonly<Record<string, string>> = { "/srv/shop/deep/p.json": profile }) {
  const text = `name: shop\nservices:\n  web:\n    image: w\n    security_opt: ["${option}"]\n`;
  const readText = (path: string) => {
    const found = files[path];
    return found === undefined ? { missing: "ENOENT" } : { text: found };
  };
  return readProject({ ...surroundings, text, environment: { WHERE: "deep" }, readText });
}

const optionsOf = (option: string) => serviceOf(read(option)).container.security?.securityOptions;

describe("a seccomp profile", () => {
  it.each([
    "seccomp:deep/p.json",
    "seccomp=./deep/p.json",
    "seccomp:/srv/shop/deep/p.json",
    "seccomp:./${WHERE}/p.json",
  ])("is read from %s, and nothing but space is taken from it", (option) => {
    expect(optionsOf(option)).toEqual([
      'seccomp={"defaultAction":"SCMP_ACT_ERRNO","a \\\\\\" b":[18446744073709551615,"x  y"]}',
    ]);
  });

  it.each(["seccomp:unconfined", "seccomp=builtin"])("is none in %s", (option) => {
    expect(optionsOf(option)).toEqual([option]);
  });

  it("is part of what a container is: by what it says, not by how it is laid out", () => {
    const hash = (text: string) => specHash(serviceOf(read("seccomp:p.json", { "/srv/shop/p.json": text })));
    expect(hash('{"a": 1}')).toBe(hash('{ "a":1 }\n'));
    expect(hash('{"a": 1}')).not.toBe(hash('{"a": 2}'));
  });

  it.each([
    ["seccomp:nowhere.json", 'there is no file "seccomp:nowhere.json": looked for at nowhere.json'],
    ["seccomp:list.json", "the file is not a seccomp profile"],
    ["seccomp:text.json", "the file is not a seccomp profile"],
    ["seccomp:long.json", "the seccomp profile is larger than 1 MiB"],
  ])("%s is wrong", (option, message) => {
    const long = `{"a": "${"x".repeat(1_048_576)}"}`;
    const files = { "/srv/shop/list.json": "[]", "/srv/shop/text.json": "{", "/srv/shop/long.json": long };
    expect(complaints(read(option, files))).toEqual([message]);
  });
});
