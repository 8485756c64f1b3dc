import { variables } from "../../../../../src/compose/model/container/variables.js";
import { afterEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../../../src/control/ports/engine.js";
import { FairleadError } from "../../../../../src/errors.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../../lives/stage.js";
import type { Stage } from "../../lives/stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const spec = specOf({
  update: { monitorMs: 500 },
  postStart: [{ command: ["warm"], user: "root", environment: variables({ DEPTH: "2" }) }, { command: ["seed"] }],
});
const well: Behaviour = { commands: { warm: { lastsMs: 300 }, seed: {} } };

type Told = Parameters<Engine["exec"]>;

/** A stage with a record of the commands that its engine was asked for. */
async function open() {
  const stage = await openStage([spec]);
  stages.push(stage);
  const asked: Told[] = [];
  const exec = stage.engine.exec.bind(stage.engine);
  stage.engine.exec = (id, ...rest) => {
    asked.push([id, ...rest]);
    return exec(id, ...rest);
  };
  return { stage, asked };
}

const active = (stage: Stage) => stage.engine.world.host.containers.find(({ role }) => role === "active");
const serves = (stage: Stage, letter: string) =>
  active(stage)?.digest === digestOf(letter) && active(stage)?.state === "running";
const commandsIn = (asked: readonly Told[], id: string | undefined) =>
  asked.filter(([container]) => container === id).map(([, command]) => command.join(" "));

describe("post_start", () => {
  it("runs in order in each new container, as the file says, and once", async () => {
    const { stage, asked } = await open();
    stage.push("a", well);
    await stage.start();
    await stage.until("a serves", () => serves(stage, "a"));
    await stage.pass(60_000);
    expect(commandsIn(asked, active(stage)?.id)).toEqual(["warm", "seed"]);
    expect(asked[0]?.slice(1)).toEqual([["warm"], 60_000, { user: "root", environment: variables({ DEPTH: "2" }) }]);
  });

  it.each<[string, Behaviour, RegExp]>([
    [
      "fails",
      { commands: { warm: { exitCode: 3, output: "no disk" }, seed: {} } },
      /post_start ended with exit code 3: no disk/,
    ],
    [
      "hangs",
      { commands: { warm: {}, seed: { lastsMs: 90_000 } } },
      /command 2 of its post_start did not end within 60s/,
    ],
  ])("that %s holds the digest, and what served serves", async (_what, behaviour, message) => {
    const { stage, asked } = await open();
    stage.push("a", well);
    const controller = await stage.start();
    await stage.until("a serves", () => serves(stage, "a"));
    stage.push("b", behaviour);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(serves(stage, "a")).toBe(true);
    expect(JSON.stringify(controller.surface.service("shop/web"))).toMatch(message);
    const failed = stage.engine.world.host.containers.find(({ role }) => role === "failed");
    if (_what === "fails") expect(commandsIn(asked, failed?.id), "no further one").toEqual(["warm"]);
  });

  it("that the engine refuses is one that fails", async () => {
    const { stage } = await open();
    stage.push("a", well);
    const controller = await stage.start();
    await stage.until("a serves", () => serves(stage, "a"));
    const exec = stage.engine.exec.bind(stage.engine);
    stage.engine.exec = (id, ...rest) => {
      const found = stage.engine.world.find(id);
      return found?.digest === digestOf("b") ? exec("0".repeat(64), ...rest).catch(() => refuse()) : exec(id, ...rest);
    };
    stage.push("b", well);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(JSON.stringify(controller.surface.service("shop/web"))).toContain("was refused: no such user");
  });

  it("runs again after each further start, also one that happened while nobody watched", async () => {
    const { stage, asked } = await open();
    stage.push("a", well);
    const first = await stage.start();
    await stage.until("a serves", () => serves(stage, "a"));
    const id = active(stage)?.id ?? "";
    stage.engine.stopByHand(id);
    await stage.until("it serves again", () => serves(stage, "a") && commandsIn(asked, id).length === 4);
    await first.stop();
    stage.engine.kill(id);
    await stage.pass(1_000);
    await stage.start();
    await stage.until("it has caught up", () => commandsIn(asked, id).length === 6);
    await stage.pass(30_000);
    expect(commandsIn(asked, id)).toEqual(["warm", "seed", "warm", "seed", "warm", "seed"]);
  });

  it("is not run again because the journal is lost", async () => {
    const { stage, asked } = await open();
    stage.push("a", well);
    const first = await stage.start();
    await stage.until("a serves", () => serves(stage, "a"));
    await first.stop();
    await stage.start({ forgetful: true });
    await stage.pass(30_000);
    expect(commandsIn(asked, active(stage)?.id)).toEqual(["warm", "seed"]);
  });
});

function refuse(): never {
  throw new FairleadError("EngineRefused", "no such user");
}
