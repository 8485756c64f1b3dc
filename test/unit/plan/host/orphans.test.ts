import { describe, expect, it } from "vitest";
import type { ProjectSpec } from "../../../../src/compose/model/service.js";
import { orphanedServices, orphansOf } from "../../../../src/plan/host/orphans.js";
import type { ObservedNetwork } from "../../../../src/plan/model/host/host-snapshot.js";
import { containerIn, defaultNetwork, hostWith, networksNamed, specOf, volumesNamed } from "../world.js";

const volume = { key: "data", name: "shop_data", external: false, driver: undefined, driverOpts: {}, labels: {} };
const project: ProjectSpec = { name: "shop", file: "services.yaml", services: [specOf({ volumes: [volume] })] };
const networks = networksNamed("shop_default", "shop_old", "shop_spare");
const volumes = volumesNamed("shop_data", "shop_old");

describe("what no file declares any more", () => {
  it("is told by the project's label, with who uses it and what becomes of it", () => {
    const old: ObservedNetwork = { ...networks.get("shop_old")!, foreign: ["adminer"] };
    const previous = containerIn("previous", "a", 1, { networks: [{ network: "shop_old", aliases: [] }] });
    const host = hostWith([previous], { networks: new Map([...networks, ["shop_old", old]]), volumes });
    expect(orphansOf([project], host).map(({ text }) => text)).toMatchInlineSnapshot(`
      [
        "network shop_old of project shop stands in no services file any more; it is still used by adminer, shop-web-1.previous",
        "network shop_spare of project shop stands in no services file any more; --prune removes it",
        "volume shop_old of project shop stands in no services file any more; it is kept until somebody removes it (docker volume rm shop_old)",
      ]
    `);
  });

  it("is nothing that is declared and not used, and nothing of others", () => {
    const declared = {
      ...project,
      networks: ["shop_old", "shop_spare"].map((name) => ({ ...defaultNetwork, name })),
      volumes: [{ ...volume, name: "shop_old" }],
    };
    expect(orphansOf([declared], hostWith([], { networks, volumes }))).toEqual([]);
    expect(orphansOf([{ ...project, name: "blog", services: [] }], hostWith([], { networks, volumes }))).toEqual([]);
    const unlabelled = new Map([...networks].map(([name, found]) => [name, { ...found, project: undefined }]));
    expect(orphansOf([project], hostWith([], { networks: unlabelled }))).toEqual([]);
  });

  it("is a service too, of which something is there: never one of a project that no file has in force", () => {
    const left = [
      containerIn("active", "a", 1),
      containerIn("previous", "a", 1),
      containerIn("active", "a", 1, { service: "db" }),
    ];
    const host = hostWith(left);
    expect(orphanedServices([project], host)).toEqual(["shop/db"]);
    expect(orphanedServices([{ ...project, services: [] }], host)).toEqual(["shop/db", "shop/web"]);
    expect(orphanedServices([], host)).toEqual([]);
    expect(orphanedServices([{ ...project, name: "blog" }], host)).toEqual([]);
  });
});
