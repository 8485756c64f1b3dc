import { describe, expect, it } from "vitest";
import type { ReloadPolicy } from "../../../../src/compose/model/policy/reload-policy.js";
import type { Mount } from "../../../../src/compose/model/mount.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import type { Need } from "../../../../src/git/kept/contents.js";
import { withPlaces } from "../../../../src/git/tended/places.js";
import { specOf } from "../../plan/world.js";

const root = "/data/git/fleet/work/fleet";
const needOf = (path: string, id: string, kind: "file" | "folder" = "file"): Need => ({
  entry: { path, kind, id, executable: false },
  path: `/data/git/fleet/contents/${id}/${path.split("/").at(-1) ?? ""}`,
  modules: [],
});
const mountOf = (source: string, patch: Partial<Mount> = {}): Mount => ({
  ...{ type: "bind", source, target: `/in${source}`, readOnly: true, createHostPath: true },
  ...patch,
});
const hup: ReloadPolicy = { kind: "signal", signal: "SIGHUP" };

interface World {
  readonly reload?: ReloadPolicy;
  readonly conf?: string;
  readonly folder?: Need;
  readonly spec?: Parameters<typeof specOf>[0];
  readonly mounts?: readonly Mount[];
  readonly isTooLarge?: (need: Need) => boolean;
}

function placed({
  reload = hup,
  conf = "aa",
  folder = needOf("conf.d", "ff", "folder"),
  spec,
  mounts,
  isTooLarge = () => false,
}: World = {}) {
  const tended = new Map([
    [`${root}/nginx.conf`, needOf("nginx.conf", conf)],
    [`${root}/conf.d`, folder],
  ]);
  const own = specOf({
    ...{ reload },
    ...spec,
    container: { mounts: mounts ?? [mountOf(`${root}/nginx.conf`), mountOf(`${root}/conf.d`), mountOf("/srv/own")] },
  });
  const project = { name: "shop", file: "compose.yaml", services: [own] };
  const { project: result, places } = withPlaces(project, { folder: "/data/git/fleet/tended", tended, isTooLarge });
  const [service] = result.services as readonly [ServiceSpec];
  return { service, places, sources: service.container.mounts.map(({ source }) => source ?? "") };
}

describe("the place of a file of git that is brought up to date", () => {
  it("stays while its content changes, and what the content is stands beside it", () => {
    const [one, two] = [placed(), placed({ conf: "bb" })];
    expect(two.sources).toEqual(one.sources);
    expect(one.sources[0]).toMatch(/^\/data\/git\/fleet\/tended\/[0-9a-f]{16}\/nginx\.conf$/);
    expect(one.sources[2]).toBe("/srv/own");
    expect(two.places[0]).toEqual({
      path: two.sources[0],
      file: "nginx.conf",
      content: "/data/git/fleet/contents/bb/nginx.conf",
    });
    expect(two.service.reload?.tended?.map(({ content }) => content)).toEqual(["bb", "ff"]);
  });

  it.each([
    ["another environment", { spec: { name: "web2" } }],
    ["a folder where a file was", { folder: needOf("conf.d", "ff") }],
    ["another mount", { mounts: [mountOf(`${root}/nginx.conf`)] }],
  ])("is another one for %s: what was made before keeps what it has", (_what, world) => {
    expect(placed(world).sources[0]).not.toBe(placed().sources[0]);
  });

  it("is only that of what the reload names; the rest stands by its content", () => {
    const { sources, service } = placed({ reload: { ...hup, paths: [`${root}/conf.d/site.conf`, "/srv/own"] } });
    expect(sources[0]).toBe("/data/git/fleet/contents/aa/nginx.conf");
    expect(sources[1]).toContain("/tended/");
    // The folder as a whole: nothing in it makes a new container.
    expect(service.reload).toMatchObject({ paths: [sources[1], "/srv/own"] });
    const whole = placed({ reload: { ...hup, paths: [root] } });
    expect(whole.service.reload).toMatchObject({ paths: [root, ...whole.sources.slice(0, 2)] });
  });

  it("is there for one whose changes are ignored too, and not for what holds too much", () => {
    expect(placed({ reload: { kind: "ignore" } }).service.reload).toMatchObject({ kind: "ignore", tended: [{}, {}] });
    const { sources } = placed({ isTooLarge: ({ entry }) => entry.kind === "folder" });
    expect(sources[0]).toContain("/tended/");
    expect(sources[1]).toBe("/data/git/fleet/contents/ff/conf.d");
  });
});
