import { describe, expect, it } from "vitest";
import { withoutOthers } from "../../../../src/plan/host/others.js";
import { orphanedServices, orphansOf } from "../../../../src/plan/host/orphans.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { renderPlan } from "../../../../src/plan/steps/render.js";
import { containerIn, desire, hostWith, networksNamed, specOf } from "../world.js";

const others = new Map([["edge", "process 7 on web1"]]);
const all = () => true;
const theirs = containerIn("active", "a", 1, {
  lease: "edge",
  networks: [{ network: "shop_old", aliases: [] }],
  ports: [{ protocol: "tcp", hostPort: 8080 }],
});
const host = hostWith([theirs], { networks: networksNamed("shop_old") });

describe("what another controller answers for", () => {
  it("blocks the service, says whose it is and what to do, and nothing is touched", () => {
    const seen = withoutOthers(host, others, all);
    expect(renderPlan(plan(desire("b"), viewOf(seen, specOf(), new Map()), emptyMemory))).toMatchInlineSnapshot(
      `"=> blocked: OtherController: shop-web-1 belongs to the controller with the lease edge (process 7 on web1): give project shop another name in the files of one of the two, or stop that controller: then this one takes over"`,
    );
  });

  it("is foreign: with its name, its ports and on its networks, and no orphan", () => {
    const seen = withoutOthers(host, others, all);
    expect(seen.containers).toEqual([]);
    expect(seen.foreign).toMatchObject([{ name: theirs.name, ports: [{ hostPort: 8080 }] }]);
    expect(seen.networks.get("shop_old")?.foreign).toEqual([theirs.name]);
    const project = { name: "shop", file: "services.yaml", services: [] };
    expect(orphanedServices([project], host)).toEqual(["shop/web"]);
    expect(orphanedServices([project], seen)).toEqual([]);
    expect(orphansOf([project], seen), "nor are the networks of the project").toEqual([]);
  });

  it("is what bears its lease; the rest is ours", () => {
    const ours = containerIn("active", "a", 1, { lease: "default" });
    const unsaid = containerIn("active", "a", 1);
    for (const one of [ours, unsaid]) expect(withoutOthers(hostWith([one]), others, all).containers).toEqual([one]);
    expect(withoutOthers(hostWith([unsaid]), new Map([["default", "x"]]), all).containers).toEqual([]);
    expect(withoutOthers(host, others, () => false)).toBe(host);
    expect(withoutOthers(host, new Map(), all)).toBe(host);
  });
});
