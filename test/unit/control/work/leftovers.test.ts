import { describe, expect, it } from "vitest";
import type { VolumeSpec } from "../../../../src/compose/model/mount.js";
import type { ProjectSpec } from "../../../../src/compose/model/service.js";
import type { Log } from "../../../../src/control/ports/log.js";
import type { SourceSnapshot } from "../../../../src/control/ports/source.js";
import { Leftovers } from "../../../../src/control/work/leftovers.js";
import { silentLog } from "../../../../src/console/log.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import { Cached } from "../../../../src/tools/sharing/cached.js";
import { SimulatedEngine } from "../../../simulator/engine.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, defaultNetwork, specOf } from "../../plan/world.js";

const because = "a test";
const volume: VolumeSpec = {
  key: "data",
  name: "shop_data",
  external: false,
  driver: undefined,
  driverOpts: {},
  labels: {},
};
const project: ProjectSpec = { name: "shop", file: "services.yaml", services: [specOf({ volumes: [volume] })] };

async function open({
  prune = false,
  problems = 0,
  projects = [project],
  containers,
}: {
  readonly prune?: boolean;
  readonly problems?: number;
  readonly projects?: readonly ProjectSpec[];
  readonly containers?: readonly ObservedContainer[];
} = {}) {
  const engine = new SimulatedEngine();
  for (const name of ["shop_default", "shop_old"]) {
    const network = { ...defaultNetwork, name };
    await engine.createNetwork({ kind: "create-network", network, project: "shop", because });
  }
  const drifted = { ...volume, driverOpts: { o: "password=hunter2" } };
  for (const made of [drifted, { ...volume, name: "shop_gone" }]) {
    await engine.createVolume({ kind: "create-volume", volume: made, project: "shop", because });
  }
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (_, text) => said.push(text) };
  const problem = { file: "services.yaml", path: "", message: "broken" };
  const snapshot: SourceSnapshot = {
    generation: 1,
    projects,
    problems: Array.from({ length: problems }, () => problem),
    warnings: [],
    files: new Map(),
  };
  const host = new Cached(async () => ({ ...(await engine.snapshot()), ...(containers && { containers }) }));
  const tidied: string[][] = [];
  const leftovers = new Leftovers({
    tidy: (mounted) => {
      tidied.push([...mounted]);
      return Promise.resolve();
    },
    engine,
    host,
    source: () => snapshot,
    telemetry: new Metrics("0"),
    clock: engine.clock,
    log,
    prune,
  });
  const look = async () => {
    host.invalidate();
    await leftovers.look();
  };
  return { engine, said, tidied, look, networks: () => [...engine.world.host.networks.keys()].slice(3) };
}

describe("what is left over", () => {
  it("is said once, without a value, and nothing is removed", async () => {
    const { said, look, networks, engine } = await open();
    await look();
    await look();
    expect(said).toMatchInlineSnapshot(`
      [
        "network shop_old of project shop stands in no services file any more; --prune removes it",
        "volume shop_gone of project shop stands in no services file any more; it is kept until somebody removes it (docker volume rm shop_gone)",
        "volume shop_data differs from the file in driver_opts and is kept as it is",
      ]
    `);
    expect(said.join()).not.toContain("hunter2");
    expect(networks()).toEqual(["shop_default", "shop_old"]);
    expect([...engine.world.host.volumes.keys()]).toEqual(["shop_data", "shop_gone"]);
  });

  it("is removed with prune where it is a network that nobody uses; a volume never", async () => {
    const { engine, look, networks } = await open({ prune: true });
    const leave = engine.addForeign("adminer", "shop_old");
    await look();
    expect(networks()).toEqual(["shop_default", "shop_old"]);
    leave();
    await look();
    expect(networks()).toEqual(["shop_default"]);
    expect([...engine.world.host.volumes.keys()]).toEqual(["shop_data", "shop_gone"]);
  });

  it.each([
    ["while a file is broken", { problems: 1 }],
    ["where no file is in force", { projects: [] }],
  ])("stays %s", async (_, how) => {
    const { look, networks } = await open({ prune: true, ...how });
    await look();
    expect(networks()).toEqual(["shop_default", "shop_old"]);
  });

  it("of repositories is what no container mounts: one that is stopped and could be gone back to does", async () => {
    const mounts = (source: string) => ({ mounts: [{ type: "bind" as const, source, target: "/c", readOnly: true }] });
    const containers = [
      containerIn("active", "b", 2, mounts("/data/tended/b/conf")),
      containerIn("previous", "a", 1, { state: "exited", ...mounts("/data/contents/a/conf") }),
      containerIn("failed", "c", 3, { state: "created", ...mounts("/data/contents/c/conf") }),
    ];
    const { look, tidied } = await open({ containers });
    await look();
    expect(tidied).toEqual([["/data/tended/b/conf", "/data/contents/a/conf", "/data/contents/c/conf"]]);
  });

  it("does not mind an engine that is away", async () => {
    const { engine, said, look } = await open({ prune: true });
    engine.interrupt(1_000);
    await look();
    expect(said).toEqual(["what is left over could not be looked at"]);
  });
});
