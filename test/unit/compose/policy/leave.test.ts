import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { complaints, readService, serviceOf } from "../read.js";

const leaveOf = (lines: string) => serviceOf(readService(`x-fairlead: ${lines}`)).leave;

describe("how a service leaves", () => {
  it.each<[string, unknown]>([
    ["{drain: 1m30s}", { drainMs: 90_000 }],
    ["{drain: 0s}", { drainMs: 0 }],
    [
      "{pre_stop: {command: /app leave 'a b'}}",
      { preStop: [{ command: ["/app", "leave", "a b"], timeoutMs: 10_000 }] },
    ],
    [
      "{drain: 5s, pre_stop: {command: [/app, ''], timeout: 500ms}}",
      { drainMs: 5_000, preStop: [{ command: ["/app", ""], timeoutMs: 500 }] },
    ],
  ])("%s", (lines, wanted) => {
    expect(leaveOf(lines)).toEqual(wanted);
  });

  it("is nothing where nothing is written", () => {
    expect(leaveOf("{keep: 2}")).toBeUndefined();
  });

  it("is no property of the container", () => {
    const plain = serviceOf(readService("x-fairlead: {keep: 1}"));
    const leaving = serviceOf(readService("x-fairlead: {drain: 9s, pre_stop: {command: /leave}}"));
    expect(specHash(leaving)).toBe(specHash(plain));
  });

  it.each<[string, string]>([
    ["{drain: 10}", "duration"],
    ["{drain: soon}", "soon"],
    ["{pre_stop: /leave}", "mapping"],
    ["{pre_stop: {timeout: 1s}}", "`command` is missing"],
    ["{pre_stop: {command: []}}", "must not be empty"],
    ["{pre_stop: {command: }}", "must not be empty"],
    ["{pre_stop: {command: /leave, timeout: 0s}}", "must be longer than 0"],
    ["{pre_stop: {command: /leave, user: root}}", "unknown key"],
  ])("refuses %s", (lines, message) => {
    expect(complaints(readService(`x-fairlead: ${lines}`)).join("\n")).toContain(message);
  });
});
