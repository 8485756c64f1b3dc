import { describe, expect, it } from "vitest";
import { planRemoval } from "../../../src/plan/removal.js";
import { renderPlan } from "../../../src/plan/render.js";
import { viewOf } from "../../../src/plan/view.js";
import { containerIn, desire, hostWith, imageOf, planText, specOf, stopFirst } from "./world.js";

const self = containerIn("active", "a", 1, { lifeline: "controller" });
const line = containerIn("active", "a", 1, { lifeline: "line" });
const withB = { images: [imageOf("a", [1], [self.id]), imageOf("b")] };

describe("the container of the controller itself", () => {
  it("is not replaced under stop-first: nothing is begun", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([self], withB) })).toMatchInlineSnapshot(`
      "
      1. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot replace itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
  it("is not replaced under start-first either: nothing is made that could not take over", () => {
    expect(planText({ desired: desire("b"), host: hostWith([self], withB) })).toMatchInlineSnapshot(`
      "
      1. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot replace itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: rolling out sha256:bbbbbbbbbbbb, start-first: the service publishes no host port and writes to no shared volume)
      "
    `);
  });
  it("has its new image pulled", () => {
    expect(planText({ desired: desire("b"), host: hostWith([self]) })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
  });
  it("is not ended for what an earlier version of it has begun", () => {
    const next = containerIn("next", "b", 2);
    expect(planText({ desired: desire("b"), host: hostWith([self, next], withB) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot replace itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: shop-web-1 is about to leave: its successor takes over its names)
      "
    `);
  });
  it("is as good as any other while nothing is to be changed, and its policy is mended", () => {
    const bare = { ...self, restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;
    expect(planText({ desired: desire("a"), host: hostWith([bare]) })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged: Converged: shop-web-1 runs sha256:aaaaaaaaaaaa
      "
    `);
  });
  it("loses what it has outlived", () => {
    const previous = containerIn("previous", "a", 1, { id: "old" });
    const older = containerIn("previous", "a", 1, { id: "older", name: "shop-web-2", slot: 2, state: "exited" });
    expect(planText({ desired: desire("a"), host: hostWith([{ ...self, revision: 2 }, previous, older]) }))
      .toMatchInlineSnapshot(`
      "
      1. remove shop-web-2 (one replica is wanted)
      => continue: Removing: one replica is wanted
      "
    `);
  });
  it("stays when its service leaves the file", () => {
    const view = viewOf(hostWith([self]), specOf(), new Map());
    expect(renderPlan(planRemoval({ project: "shop", name: "web" }, true, 1_000, view))).toMatchInlineSnapshot(
      `"=> blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot replace itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: shop/web is in no services file any more)"`,
    );
  });
  it("is not one too many", () => {
    const second = { ...self, id: "second", slot: 2, name: "shop-web-2" };
    const first = containerIn("active", "a", 1);
    expect(planText({ desired: desire("a"), host: hostWith([first, second]) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-2 is the container of this very controller, which cannot replace itself: start a second controller with --standby, then \`docker stop shop-web-2\`: that one takes over and does it (wanted: shop-web-2 leaves before it is stopped)
      "
    `);
  });
  it("gets no other name on its network, which it would have to leave for that", () => {
    const nameless = { ...self, networks: [{ network: "shop_default", aliases: [] }] };
    expect(planText({ desired: desire("a"), host: hostWith([nameless]) })).toMatchInlineSnapshot(`
      "
      => blocked: OwnLifeline: shop-web-1 is the container of this very controller, which cannot replace itself: start a second controller with --standby, then \`docker stop shop-web-1\`: that one takes over and does it (wanted: shop-web-1 runs sha256:aaaaaaaaaaaa)
      "
    `);
  });
});

describe("the container through which the engine is reached", () => {
  it("is not replaced", () => {
    expect(planText({ desired: desire("b", stopFirst), host: hostWith([line], withB) })).toMatchInlineSnapshot(`
      "
      1. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      => blocked: OwnLifeline: this controller reaches the engine through shop-web-1, and would cut its own line: do it with a controller that reaches the engine in another way, or by hand and outside of the services file (wanted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service publishes 8080 and has no gate)
      "
    `);
  });
});
