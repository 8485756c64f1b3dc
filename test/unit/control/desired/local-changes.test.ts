import { expect, it } from "vitest";
import type { Mount } from "../../../../src/compose/model/mount.js";
import { localChangesIn, takenBackIn } from "../../../../src/control/desired/local-changes.js";
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

it("says which files hold again what they held before, and why", () => {
  const container = { ...specOf().container, mounts: [bind("/srv/shop/app.conf")] };
  const takenBack = new Map([["shop", [{ file: "app.conf", path: "/srv/shop/app.conf" }]]]);
  const web = { project: "shop", name: "web", container };
  expect(takenBackIn(web, { takenBack })).toBe(
    "app.conf has its earlier content again, because the process failed with git's version; it stays so until a commit changes it, or `fairlead retry shop/web`",
  );
  expect(takenBackIn({ ...web, project: "other" }, { takenBack })).toBeUndefined();
});
