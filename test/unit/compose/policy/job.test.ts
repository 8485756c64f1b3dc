import { describe, expect, it } from "vitest";
import { jobHash, specHash } from "../../../../src/compose/model/hash.js";
import { complaints, readService, serviceOf } from "../read.js";

const serviceWith = (lines: string, environment: Record<string, string> = {}) =>
  serviceOf(readService(`x-fairlead: ${lines}`, environment));

describe("jobs", () => {
  it("run a command, in the order of the list, within ten minutes unless they say otherwise", () => {
    expect(
      serviceWith("{before: [{command: /app migrate 'a b'}, {command: [/app, seed], timeout: 90s}]}").before,
    ).toEqual([
      { command: ["/app", "migrate", "a b"], timeoutMs: 600_000 },
      { command: ["/app", "seed"], timeoutMs: 90_000 },
    ]);
  });

  it("may follow a rollout that failed, and belong to one service", () => {
    const restore = [{ command: ["/restore"], timeoutMs: 300_000 }];
    expect(serviceWith("{on_rollback: [{command: [/restore], timeout: 5m}]}").onRollback).toEqual(restore);
    expect(jobHash("on_rollback", 1, restore[0]!)).not.toBe(jobHash("before", 1, restore[0]!));
  });

  it("may name an image of their own", () => {
    expect(serviceWith("{after: [{command: [purge], image: 'registry.example/cdn-tool:2'}]}").after).toEqual([
      {
        command: ["purge"],
        image: { registry: "registry.example", repository: "cdn-tool", tag: "2", digest: undefined },
        timeoutMs: 600_000,
      },
    ]);
  });

  it("take variables", () => {
    expect(serviceWith("{before: [{command: [/app, $WHAT]}]}", { WHAT: "migrate" }).before?.[0]?.command).toEqual([
      "/app",
      "migrate",
    ]);
  });

  it("are no part of the container's identity", () => {
    const plain = specHash(serviceWith("{keep: 1}"));
    expect(specHash(serviceWith("{keep: 1, before: [{command: a}], after: [{command: b}]}"))).toBe(plain);
  });

  it("are told from each other by all that is said of them, and by their place", () => {
    const job = { command: ["a"], timeoutMs: 1 };
    const hashes = [
      jobHash("before", 1, job),
      jobHash("after", 1, job),
      jobHash("before", 2, job),
      jobHash("before", 1, { ...job, command: ["b"] }),
      jobHash("before", 1, { ...job, timeoutMs: 2 }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(jobHash("before", 1, { timeoutMs: 1, command: ["a"] })).toBe(hashes[0]);
  });

  it.each<[string, RegExp]>([
    ["{before: {command: a}}", /expected a list of jobs, found a mapping/],
    ["{before: [migrate]}", /expected a mapping, found a string/],
    ["{before: [{timeout: 1s}]}", /`command` is missing/],
    ["{before: [{command: []}]}", /must not be empty/],
    ["{before: [{command: ''}]}", /must not be empty/],
    ["{before: [{command: null}]}", /must not be empty/],
    ["{after: [{command: a, timeout: 0s}]}", /must be longer than 0/],
    ["{after: [{command: a, timeout: soon}]}", /duration/],
    ["{after: [{command: a, image: 'No Image'}]}", /is not an image reference/],
    ["{after: [{command: a, user: root}]}", /unknown key/],
  ])("%s is refused", (lines, problem) => {
    expect(complaints(readService(`x-fairlead: ${lines}`))).toEqual([expect.stringMatching(problem)]);
  });

  it("leave their containers' names to themselves", () => {
    expect(complaints(readService("container_name: web.before.1"))).toEqual([expect.stringMatching(/Fairlead's own/)]);
  });
});
