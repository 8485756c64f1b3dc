import { describe, expect, it } from "vitest";
import type { ProjectSpec } from "../../../src/compose/model/service.js";
import type { Push, Source, SourceSnapshot } from "../../../src/control/ports/source.js";
import { together } from "../../../src/source/together.js";

const project = (name: string, file: string): ProjectSpec => ({ name, file, services: [] });

function sourceOf(projects: readonly ProjectSpec[], follows?: string) {
  const changes: ((snapshot: SourceSnapshot) => void)[] = [];
  const snapshot = (now: readonly ProjectSpec[]): SourceSnapshot => ({
    generation: 1,
    projects: now,
    problems: [],
    warnings: [],
    files: new Map(now.map(({ file }) => [file, []])),
  });
  const source: Source = {
    load: () => Promise.resolve(snapshot(projects)),
    watch: (onChange) => void changes.push(onChange),
    ...(follows === undefined
      ? {}
      : {
          told: ({ repositories }: Push) =>
            repositories.includes(follows)
              ? { looking: [follows], reason: undefined }
              : { looking: [], reason: "nobody follows that repository" },
        }),
  };
  const change = (now: readonly ProjectSpec[]) => {
    for (const onChange of changes) onChange(snapshot(now));
  };
  return { source, change };
}

describe("several sources", () => {
  it("are one: of two projects of a name the first counts, and the other's file says so", async () => {
    const files = sourceOf([project("a", "a.yaml")]);
    const git = sourceOf([project("a", "fleet//a.yaml"), project("b", "fleet//b.yaml")], "fleet");
    const snapshot = await together([files.source, git.source]).load();
    expect(snapshot.projects.map(({ file }) => file)).toEqual(["a.yaml", "fleet//b.yaml"]);
    expect(snapshot.files.get("fleet//a.yaml")).toMatchObject([{ path: "name" }]);
    expect(snapshot.problems.length).toBe(1);
  });

  it("change one by one, and the rest stays", async () => {
    const files = sourceOf([project("a", "a.yaml")]);
    const git = sourceOf([project("b", "fleet//b.yaml")], "fleet");
    const source = together([files.source, git.source]);
    const before = await source.load();
    const seen: SourceSnapshot[] = [];
    source.watch((snapshot) => void seen.push(snapshot), new AbortController().signal);
    git.change([project("c", "fleet//c.yaml")]);
    expect(seen.map(({ projects }) => projects.map(({ name }) => name))).toEqual([["a", "c"]]);
    expect(seen[0]?.generation).toBeGreaterThan(before.generation);
  });

  it("are told of news, whichever of them follows", () => {
    const source = together([sourceOf([]).source, sourceOf([], "fleet").source]);
    expect(source.told?.({ repositories: ["fleet"], ref: undefined })).toEqual({
      looking: ["fleet"],
      reason: undefined,
    });
    expect(source.told?.({ repositories: ["x"], ref: undefined })).toMatchObject({ looking: [] });
    const none = together([sourceOf([]).source, sourceOf([]).source]);
    expect(none.told?.({ repositories: ["x"], ref: undefined }).reason).toBe("no repository is followed");
  });

  it("are told of what has proved itself, and tell of what was written, whichever of them it is", () => {
    const told: string[] = [];
    const writing = (name: string): Source => ({
      ...sourceOf([], name).source,
      proved: ({ source, project, service }) => void told.push(`${name}: ${source} ${project}/${service}`),
      watchRecords: (onRecorded) => {
        onRecorded({ source: name, branch: "main", commit: "1", services: [] });
      },
    });
    const source = together([sourceOf([]).source, writing("fleet"), writing("other")]);
    source.proved?.({ source: "fleet", project: "shop", service: "web" }, undefined);
    expect(told).toEqual(["fleet: fleet shop/web", "other: fleet shop/web"]);
    const seen: string[] = [];
    source.watchRecords?.((recorded) => void seen.push(recorded.source), new AbortController().signal);
    expect(seen).toEqual(["fleet", "other"]);
  });
});
