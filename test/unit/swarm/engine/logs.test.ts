import { expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import { openSwarmLife, serves, webOf } from "./lives.js";

const speaking = (words: string) => ({ output: [words] });

async function read(controller: Controller, tail?: number): Promise<readonly string[]> {
  const wish = { of: ["shop/web" as const], follow: false, tail };
  const { entries } = await controller.surface.logs(wish, new AbortController().signal);
  const lines: string[] = [];
  for await (const entry of entries) if ("text" in entry) lines.push(`${entry.container}: ${entry.text}`);
  return lines;
}

it("reads the tasks of what serves alone, and says of each line whose it is where there are several", async () => {
  const life = await openSwarmLife([webOf({ replicas: 2 })]);
  life.push("a", speaking("I am a"));
  const controller = await life.start();
  await life.stage.until("a serves", () => serves(controller, "a"));
  life.push("b", speaking("I am b"));
  controller.surface.reconcile(["shop/web"], "hook");
  await life.stage.until("b serves", () => serves(controller, "b"));
  const lines = await read(controller);
  expect(lines.map((line) => line.replace(/[a-z0-9]{12}@/, "ID@")).sort()).toEqual([
    "shop-web-1: shop_web.1.ID@node1 | I am b",
    "shop-web-1: shop_web.2.ID@node1 | I am b",
  ]);
  await controller.stop();
});

it("reads one task as a container", async () => {
  const life = await openSwarmLife([webOf()]);
  life.push("a", { output: ["one", "two"] });
  const controller = await life.start();
  await life.stage.until("a serves", () => serves(controller, "a"));
  expect(await read(controller)).toEqual(["shop-web-1: one", "shop-web-1: two"]);
  expect(await read(controller, 1)).toEqual(["shop-web-1: two"]);
  await controller.stop();
});

it("follows tasks that come later", async () => {
  const life = await openSwarmLife([webOf()]);
  life.push("a", speaking("here I am"));
  const controller = await life.start();
  await life.stage.until("a serves", () => serves(controller, "a"));
  const hangUp = new AbortController();
  const { entries } = await controller.surface.logs({ of: ["shop/web"], follow: true }, hangUp.signal);
  let heard = 0;
  const reading = (async () => {
    for await (const entry of entries) if ("text" in entry) heard += 1;
  })();
  await life.stage.until("the first", () => heard === 1);
  for (const task of life.swarm.tasks("shop_web")) if (task.state === "running") life.swarm.crash(task);
  await life.stage.until("the second", () => heard === 2);
  hangUp.abort();
  await life.stage.pass(1_000);
  await reading;
  await controller.stop();
});
