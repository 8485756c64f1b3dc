import { expect, it } from "vitest";
import type { Mount } from "../../../../src/compose/model/service.js";
import { localChangesIn } from "../../../../src/control/desired/local-changes.js";
import { specOf } from "../../plan/world.js";

const bind = (source: string): Mount => ({ type: "bind", source, target: "/x", readOnly: false, createHostPath: true });
const change = (file: string) => ({ file, path: `/work/${file}`, what: "changed here and by a commit" });

function told(sources: readonly string[], files: readonly string[]): string | undefined {
  const { container } = specOf();
  const spec = { project: "shop", container: { ...container, mounts: sources.map(bind) } };
  return localChangesIn(spec, { localChanges: new Map([["shop", files.map(change)]]) });
}

it("a service is told of the files that it mounts, and of no others", () => {
  expect(told(["/work/conf"], ["conf/a", "config/b", "single"])).toBe(
    "left as the container has it: conf/a (changed here and by a commit); `fairlead sync --ours shop` keeps what is here, `--theirs` takes what git has",
  );
  expect(told(["/work/single"], ["single"])).toContain("single (changed");
  expect(told(["/work/other"], ["conf/a"])).toBeUndefined();
  expect(localChangesIn(specOf(), {})).toBeUndefined();
  expect(
    told(
      ["/work/conf"],
      Array.from({ length: 25 }, (_, index) => `conf/${index}`),
    ),
  ).toContain(", and 5 more; ");
});
