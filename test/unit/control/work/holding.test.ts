import { expect, it } from "vitest";
import { awaitOthers, holdAll } from "../../../../src/control/work/holding.js";
import { containerIn } from "../../plan/world.js";

const of = (service: string) => containerIn("active", "a", 1, { service, name: `shop-${service}-1` });

it("holds each service once and never its own, and lets all go", () => {
  const held: string[] = [];
  const hold = (key: string) => {
    held.push(key);
    return () => void held.splice(held.indexOf(key), 1);
  };
  const release = holdAll("shop/web", [of("app"), of("app"), of("web"), of("db")], hold);
  expect(held).toEqual(["shop/app", "shop/db"]);
  release?.();
  expect(held).toEqual([]);
});

it("holds nobody where one of them is being worked on", () => {
  const held = new Set<string>();
  const hold = (key: string) => {
    if (key === "shop/db") return undefined;
    held.add(key);
    return () => void held.delete(key);
  };
  expect(holdAll("shop/web", [of("app"), of("db")], hold)).toBeUndefined();
  expect(held).toEqual(new Set());
});

it("two that find each other at work come back at different moments", () => {
  const [web, app] = [awaitOthers("shop/web", [of("app")], 1_000), awaitOthers("shop/app", [of("web")], 1_000)];
  expect([app, web]).toMatchObject([
    { kind: "wait", reason: "WaitingForTurn", until: 1_400 },
    { because: "shop-app-1 has to make room, and is being worked on", until: 1_800 },
  ]);
});
