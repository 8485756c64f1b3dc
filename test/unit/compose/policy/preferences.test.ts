import { describe, expect, it } from "vitest";
import { readService, serviceOf } from "../read.js";

const defaults = [
  "x-fairlead:",
  "  adopt: true",
  "  keep: 3",
  "  drain: 5s",
  "  pre_stop: {command: [/app, leave]}",
  "  probe: {tcp: {port: 80}}",
  "  paused: true",
  "  renew: true",
].join("\n");

describe("x-fairlead at the top level", () => {
  it("holds for a service that writes nothing of it", () => {
    expect(serviceOf(readService("restart: always", {}, defaults))).toMatchObject({
      adopt: true,
      keep: 3,
      leave: { drainMs: 5_000, preStop: [{ command: ["/app", "leave"] }] },
      probe: { check: { kind: "tcp", port: 80 } },
      release: { paused: true },
      renew: true,
    });
  });

  it("gives way, key by key, to what a service writes", () => {
    const own = "x-fairlead: {adopt: false, keep: 0, drain: 0s, probe: {tcp: {port: 81}}, min_age: 1h, renew: false}";
    const service = serviceOf(readService(own, {}, defaults));
    expect(service.adopt).toBeUndefined();
    expect(service).toMatchObject({
      keep: 0,
      leave: { drainMs: 0, preStop: [{ command: ["/app", "leave"] }] },
      probe: { check: { kind: "tcp", port: 81 } },
      release: { minAgeMs: 3_600_000, paused: true },
      renew: false,
    });
  });

  it.each<[string, string, string]>([
    ["keep: -1", "x-fairlead.keep", "between 0 and 100"],
    ["drain: soon", "x-fairlead.drain", "is not a duration"],
    ["pre_stop: {}", "x-fairlead.pre_stop", "`command` is missing"],
    ["probe: {}", "x-fairlead.probe", "exactly one of"],
    ["gate: http", "x-fairlead.gate", "not supported"],
    ["before: []", "x-fairlead.before", "not supported"],
  ])("is told once where it is wrong: %s", (line, path, complaint) => {
    const result = readService("restart: always", {}, `x-fairlead: {${line}}`);
    const problems = result.ok ? [] : result.problems;
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe(path);
    expect(problems[0]?.message).toContain(complaint);
  });
});
