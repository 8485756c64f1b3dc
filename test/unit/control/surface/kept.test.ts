import { expect, it } from "vitest";
import { keptFor } from "../../../../src/control/surface/kept.js";
import { containerIn } from "../../plan/world.js";

const kept = (path: string) => ({
  source: "https://forge/fleet.git",
  kind: "content" as const,
  path,
  bytes: 3,
  projects: [],
});
const mounts = (source: string) => ({ mounts: [{ type: "bind" as const, source, target: "/conf", readOnly: true }] });

it("is for whoever has it mounted, also for one that is stopped and could be gone back to", () => {
  const containers = [
    containerIn("active", "b", 2, mounts("/data/contents/bb/conf")),
    containerIn("previous", "a", 1, { state: "exited", ...mounts("/data/contents/aa/conf") }),
  ];
  const all = keptFor(["/data/contents/aa", "/data/contents/bb", "/data/contents/b"].map(kept), { containers });
  expect(all.map((one) => one.containers)).toEqual([["shop-web-1.previous"], ["shop-web-1"], []]);
});
