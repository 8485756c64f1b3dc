import { expect, it, onTestFinished } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import type { Engine } from "../../../../src/control/ports/engine.js";
import { withGates } from "../../../../src/gate/derive.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { digestOf, port8080, specOf } from "../../plan/world.js";
import { openStage } from "./stage.js";
import type { Stage } from "./stage.js";

/*
 * What each kind of rollout costs the engine. A number that grows is a call more in each rollout of everybody;
 * docs/benchmarks.md has the least that each of them takes.
 */

const good: Behaviour = { check: "none" };
const ending: Behaviour = { check: "none", exitsAfterMs: 100 };

const short: Readonly<Partial<Record<keyof Engine, string>>> = {
  createNetwork: "network",
  createContainer: "create",
  tagImage: "tag",
  startContainer: "start",
  stopContainer: "stop",
  removeContainer: "remove",
  removeImage: "untag",
  renameContainer: "rename",
  setRestartPolicy: "policy",
  connectNetwork: "connect",
  disconnectNetwork: "disconnect",
};
/** How often the containers are listed, and how many inspected, depends on who looks at the same time. */
const most = { lists: 20, inspections: 16 };
/** They change nothing. */
const questions: ReadonlySet<string> = new Set(["snapshot", "platform"]);

async function cost(stage: Stage, doing: () => Promise<void>): Promise<string> {
  const { gates } = stage;
  const { counts } = stage.engine;
  const before = { ...counts, calls: new Map(counts.calls), told: gates.told };
  await doing();
  await stage.pass(60_000);
  const calls = [...counts.calls]
    .map(([name, count]) => [short[name] ?? name, count - (before.calls.get(name) ?? 0)] as const)
    .concat([["gate told", gates.told - before.told]])
    .filter(([name, count]) => count > 0 && !questions.has(name))
    .sort(([one], [other]) => one.localeCompare(other));
  for (const read of ["lists", "inspections"] as const) {
    expect(counts[read] - before[read], read).toBeLessThanOrEqual(most[read]);
  }
  return calls.map(([name, count]) => (count === 1 ? name : `${count} ${name}`)).join(", ");
}

interface Costs {
  readonly first: string;
  readonly next: string;
}

/** Of the first start, and of a rollout onto another image. */
async function costs(specs: readonly ServiceSpec[], next: Behaviour = good): Promise<Costs> {
  const stage = await openStage([...specs]);
  onTestFinished(() => stage.close());
  const [spec, gate] = specs;
  if (gate !== undefined) stage.push("e", good, gate);
  stage.push("a", good, spec);
  let controller: Awaited<ReturnType<Stage["start"]>> | undefined;
  const status = () => controller?.surface.service("shop/web");
  const first = await cost(stage, async () => {
    controller = await stage.start();
    await stage.until("it serves", () => status()?.health === "Healthy");
  });
  stage.push("b", next, spec);
  const second = await cost(stage, async () => {
    controller?.surface.reconcile(["shop/web"], "hook");
    await stage.until("the rollout ends", () => {
      const rollout = status()?.lastRollout;
      return rollout?.to === digestOf("b") && rollout.finishedAt !== undefined;
    });
  });
  void controller?.stop();
  return { first, next: second };
}

it("is counted for each kind of rollout", async () => {
  const published = { container: { ports: [port8080] } };
  const gated = specOf({ ...published, gate: { mode: "http", holdMs: 30_000, proxyProtocol: false } });
  const { services } = withGates(
    { name: "shop", file: "services.yaml", services: [gated] },
    parseImage("haproxy:latest"),
  );
  expect({
    "start-first": await costs([specOf()]),
    "stop-first": await costs([specOf(published)]),
    "start-first, the new one is bad": await costs([specOf()], ending),
    "stop-first, the new one is bad": await costs([specOf(published)], ending),
    "behind a gate": await costs(services),
  }).toMatchInlineSnapshot(`
    {
      "behind a gate": {
        "first": "2 create, 3 gate told, 2 network, 2 policy, 2 pull, 2 rename, 2 start, 3 tag, writeFiles",
        "next": "create, 2 gate told, 2 policy, pull, 2 rename, start, stop, tag",
      },
      "start-first": {
        "first": "create, network, policy, pull, rename, start, tag",
        "next": "2 connect, create, 2 disconnect, 2 policy, pull, 2 rename, start, stop, tag",
      },
      "start-first, the new one is bad": {
        "first": "create, network, policy, pull, rename, start, tag",
        "next": "create, logTail, pull, rename, start, tag",
      },
      "stop-first": {
        "first": "create, network, policy, pull, rename, start, tag",
        "next": "create, 2 policy, pull, 2 rename, start, stop, tag",
      },
      "stop-first, the new one is bad": {
        "first": "create, network, policy, pull, rename, start, tag",
        "next": "create, logTail, 2 policy, pull, rename, 2 start, stop, tag",
      },
    }
  `);
});
