import { describe, expect, it } from "vitest";
import type { ServiceKey, ServiceSpec } from "../../../../src/compose/model/service.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import { Catalog } from "../../../../src/control/desired/catalog.js";
import { Triggers } from "../../../../src/control/surface/triggers.js";
import { silentLog } from "../../../../src/console/log.js";
import type { Reason, ServiceStatus } from "../../../../src/plan/model/condition.js";
import { containerIn, hostWith, now, specOf } from "../../plan/world.js";
import { settle } from "../clock.js";

/** Services that stand as said, and which of them are looked at again: at once, or as soon as it suits. */
function open(
  standing: Readonly<Record<string, Reason | undefined>>,
  patches: Record<string, Partial<ServiceSpec>> = {},
) {
  const catalog = new Catalog();
  const services = Object.keys(standing).map((name) => specOf({ name, ...patches[name] }));
  catalog.adopt(
    { generation: 1, projects: [{ name: "shop", file: "f", services }], problems: [], warnings: [], files: new Map() },
    now,
  );
  const statusWith = (name: string, reason: Reason): ServiceStatus => {
    const known = catalog.statuses.get(`shop/${name}`)!;
    return { ...known, conditions: known.conditions.map((one) => (one.type === "Ready" ? { ...one, reason } : one)) };
  };
  for (const [name, reason] of Object.entries(standing))
    if (reason !== undefined) catalog.publish(`shop/${name}`, statusWith(name, reason), false);
  const told = { added: [] as string[], noticed: [] as string[], hosts: 0, leftovers: 0, targets: [] as string[] };
  const containers = [
    containerIn("active", "a", 1, { service: "web" }),
    containerIn("active", "a", 1, { service: "gone" }),
  ];
  const strange = containerIn("active", "a", 1, { project: "other", service: "strange" });
  const triggers = new Triggers({
    catalog,
    queue: {
      add: (key: ServiceKey) => void told.added.push(key),
      notice: (key: ServiceKey) => void told.noticed.push(key),
    },
    host: {
      get: () => Promise.resolve(hostWith([...containers, strange])),
      invalidate: () => void (told.hosts += 1),
    },
    targets: {
      invalidate: ({ name }) => void told.targets.push(name),
      invalidateAll: () => void told.targets.push("all"),
    },
    leftovers: {
      look: () => {
        told.leftovers += 1;
        return Promise.resolve();
      },
    },
    log: silentLog,
  });
  return { triggers, told, catalog, statusWith };
}

const subject = { id: "x", names: ["/x"] };
const happened = (action: string, service = "web") =>
  ({ kind: "container", project: "shop", service, action, subject }) as const;
const everybody = {
  web: "Converged",
  waits: "WaitingForTurn",
  contested: "PortConflict",
  refused: "StartFailed",
  dependant: "WaitingForDependency",
} as const;
const dependency = { service: "web", condition: "service_started", restart: false } as const;
const patches = { dependant: { dependsOn: [dependency] } };

describe("an event of a container", () => {
  it("concerns its service, and those that wait for what it has; its health only the former", () => {
    const { triggers, told } = open(everybody, patches);
    triggers.engineTold(happened("health_status: healthy"));
    expect(told.noticed).toEqual(["shop/web", "shop/dependant"]);
    told.noticed.length = 0;
    triggers.engineTold(happened("die"));
    expect(told.noticed).toEqual(["shop/web", "shop/dependant", "shop/waits", "shop/contested"]);
  });

  it("concerns no dependant that waits for nothing, unless that is bound to it", () => {
    const calm = { ...everybody, dependant: "Converged" } as const;
    for (const restart of [false, true]) {
      const { triggers, told } = open(calm, { dependant: { dependsOn: [{ ...dependency, restart }] } });
      triggers.engineTold(happened("health_status: healthy"));
      expect(told.noticed).toEqual(restart ? ["shop/web", "shop/dependant"] : ["shop/web"]);
    }
  });

  it("of a service that nobody declares concerns nobody", () => {
    const { triggers, told } = open({ web: "Converged" });
    triggers.engineTold(happened("die", "unknown"));
    expect(told.noticed).toEqual([]);
  });

  it("of others concerns those that something foreign stands in the way of, if that may be free now", () => {
    const { triggers, told } = open(everybody, patches);
    triggers.engineTold({ kind: "foreign", subject, unblocks: false });
    expect(told.noticed).toEqual([]);
    triggers.engineTold({ kind: "foreign", subject, unblocks: true });
    triggers.engineTold({ kind: "other" });
    expect(told.noticed).toEqual(["shop/contested", "shop/refused", "shop/contested", "shop/refused"]);
  });

  it("concerns whoever shares something of it by its name", () => {
    const guest = { networkMode: { kind: "container", container: "x" } } as const;
    const { triggers, told } = open({ web: "Converged", guest: "Converged" }, { guest });
    triggers.engineTold({ kind: "foreign", subject: { id: "x", names: ["x"] }, unblocks: false });
    triggers.engineTold({ kind: "foreign", subject: { id: "y", names: ["y"] }, unblocks: false });
    expect(told.noticed).toEqual(["shop/guest"]);
  });
});

describe("an engine that comes and goes", () => {
  it("is followed by a look at everything once it is back, what no file declares any more included", async () => {
    const { triggers, told } = open({ web: "Converged", db: "Converged" });
    triggers.engineTold({ kind: "lost", message: "no answer" });
    await settle();
    expect(told).toMatchObject({ added: [], noticed: [], hosts: 0 });
    triggers.engineTold({ kind: "resync" });
    await settle();
    expect(told).toMatchObject({ targets: ["all"], hosts: 1, leftovers: 1 });
    expect(told.added).toEqual(["shop/web", "shop/db", "shop/gone"]);
  });
});

describe("a pull that has ended", () => {
  it("concerns the services of that image, as their own or a job's", () => {
    const image = parseImage("acme/tool:1");
    const before = [{ command: ["migrate"], timeoutMs: 1_000, image }];
    const { triggers, told } = open(
      { web: undefined, like: undefined, tool: undefined },
      { like: { image: parseImage("acme/web-extra:1") }, tool: { image: parseImage("acme/db:1"), before } },
    );
    triggers.pullEnded(`acme/web@sha256:${"a".repeat(64)}`);
    expect(told).toMatchObject({ added: ["shop/web"], hosts: 1 });
    triggers.pullEnded(`acme/tool@sha256:${"a".repeat(64)}`);
    expect(told.added).toEqual(["shop/web", "shop/tool"]);
  });
});

describe("a service that stands otherwise than before", () => {
  it("concerns those that wait for it; one that stands as before does not", () => {
    const { triggers, told, statusWith } = open(everybody, patches);
    const [before, after] = [statusWith("web", "RolloutStarted"), statusWith("web", "Converged")];
    triggers.statusChanged("shop/web", before, before);
    expect(told.noticed).toEqual([]);
    triggers.statusChanged("shop/web", before, after);
    expect(told.noticed).toEqual(["shop/dependant", "shop/waits", "shop/contested"]);
    told.noticed.length = 0;
    triggers.statusChanged("shop/waits", before, after);
    expect(told.noticed, "not itself").toEqual(["shop/contested"]);
    expect(told.leftovers).toBe(0);
    triggers.statusChanged("shop/web", after, undefined);
    expect(told.leftovers, "its networks may go").toBe(1);
  });
});

it("a build or a probe of a service that is not declared any more concerns nobody", () => {
  const { triggers, told } = open(everybody, patches);
  triggers.buildEnded("shop/gone");
  triggers.probeAnswered("shop/gone");
  expect(told.added).toEqual([]);
  triggers.buildEnded("shop/web");
  expect(told).toMatchObject({ added: ["shop/web"], hosts: 2, noticed: [] });
  triggers.probeAnswered("shop/web");
  expect(told).toMatchObject({ added: ["shop/web", "shop/web"], noticed: ["shop/dependant"] });
});

it("who asks wants nothing that was known of the host or the tag", () => {
  const { triggers, told } = open({ web: "Converged" });
  triggers.asked("shop/web");
  expect(told).toMatchObject({ targets: ["web"], hosts: 1, added: ["shop/web"] });
});
