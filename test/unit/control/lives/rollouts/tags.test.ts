import { describe, expect, it } from "vitest";
import { FairleadError } from "../../../../../src/errors.js";
import { digestOf } from "../../../plan/world.js";
import { active, following, key, minor, opened, push, remove, repository, runs } from "./tag-stage.js";

describe("a service with a range of versions", () => {
  it("runs the highest, and says so everywhere", async () => {
    const { stage, surface, status, condition, look, reason } = await opened(["1.4.2=a", "1.5.0-rc.1=b", "2.0.0=c"]);
    await runs(stage, "a");
    push(stage, "1.4.3=d");
    look();
    await runs(stage, "d");
    await reason("Converged");
    expect(active(stage)[0]?.image).toBe(`${repository}:1.4.3`);
    expect(status()).toMatchObject({
      image: `${repository}:1.4.3`,
      tag: "1.4.3",
      policy: "semver ^1.4",
      sync: "Synced",
    });
    expect(condition("DigestResolved")?.message).toBe(`${digestOf("d")}, 1.4.3 by policy semver ^1.4`);
    const { revisions } = await surface.history(key);
    expect(revisions[0]).toMatchObject({ image: `${repository}:1.4.3`, tag: { from: "1.4.2", tag: "1.4.3" } });
    const told: string[] = [];
    for await (const { message } of surface.events({ follow: false }, new AbortController().signal)) told.push(message);
    expect(told).toContain(`rollout of ${digestOf("d")} has begun, 1.4.2 -> 1.4.3 by policy semver ^1.4`);
  });

  it("keeps what runs when its tag vanishes, and goes on when a higher one comes", async () => {
    const { stage, condition, look, hook, reason } = await opened(["1.4.2=a", "1.4.3=b"]);
    await runs(stage, "b");
    remove(stage, "1.4.3");
    look();
    await stage.until("it is told", () => condition("DigestResolved")?.reason === "TagGone");
    await stage.pass(60_000);
    await runs(stage, "b");
    await reason("Converged");
    expect(active(stage)).toHaveLength(1);
    push(stage, "1.4.4=c");
    hook("1.4.4");
    await runs(stage, "c");
  });

  it("is told where none fits, and changes nothing", async () => {
    const { stage, condition, reason } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    stage.specs[0] = following({ kind: "semver", range: "^3" });
    stage.reload();
    await reason("NoTagMatches");
    expect(condition("DigestResolved")).toMatchObject({ status: "Unknown", reason: "NoTagMatches" });
    expect(condition("Ready")?.message).toBe(
      "the one tag of acme/web does not fit semver ^3 (`fairlead images shop/web` says why of each)",
    );
    await runs(stage, "a");
  });

  it("starts nothing where none fits and nothing runs", async () => {
    const { stage, reason } = await opened(["latest=a"]);
    await reason("NoTagMatches");
    expect(stage.engine.world.host.containers).toEqual([]);
  });

  it("says so where the registry lists no tags, and what runs is repaired", async () => {
    const { stage, look, reason } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    stage.registry.down = new FairleadError("TagsUnlisted", "the tags cannot be listed: 405");
    look();
    await reason("TagsUnlisted");
    stage.engine.removeByHand(active(stage)[0]?.id ?? "");
    expect(active(stage)).toEqual([]);
    await runs(stage, "a");
  });

  it("does not go down where its tag has vanished and somebody removes its container", async () => {
    const { stage, status } = await opened(["1.4.2=a", "1.4.3=b"]);
    await runs(stage, "b");
    remove(stage, "1.4.3");
    stage.engine.removeByHand(active(stage)[0]?.id ?? "");
    stage.engine.interrupt(1_000);
    await stage.pass(5_000);
    await runs(stage, "b");
    expect(status()?.tag).toBe("1.4.3");
  });

  it("creates no new container for another tag of the same digest", async () => {
    const { stage, status, look } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    const before = active(stage)[0]?.id;
    push(stage, "1.4.3=a");
    look();
    await stage.until("the other tag is followed", () => status()?.tag === "1.4.3");
    await stage.pass(30_000);
    expect(active(stage).map(({ id }) => id)).toEqual([before]);
    expect(status()).toMatchObject({ sync: "Synced", revision: 1 });
  });

  it("holds a bad one and stays, until a higher one comes", async () => {
    const { stage, status, look, reason } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    push(stage, "1.4.3=b", { healthyAfterMs: "never" });
    look();
    await reason("DigestHeld");
    expect(status()).toMatchObject({ sync: "Held", tag: "1.4.3" });
    await runs(stage, "a");
    push(stage, "1.4.4=c");
    look();
    await runs(stage, "c");
  });

  it("goes back by hand, stays there, and comes again when resumed", async () => {
    const { stage, surface, status, look } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    push(stage, "1.4.3=b");
    look();
    await runs(stage, "b");
    await surface.rollback(key, undefined);
    await runs(stage, "a");
    await stage.until("pinned", () => status()?.sync === "Pinned");
    expect(status()).toMatchObject({ tag: "1.4.2", image: `${repository}:1.4.2` });
    await surface.resume(key);
    await runs(stage, "b");
  });

  it("rolls several replicas, one after the other", async () => {
    const { stage, look, reason } = await opened(["1.4.2=a"], following(minor, "1.4", { replicas: 2 }));
    await runs(stage, "a");
    push(stage, "1.4.3=b");
    look();
    await runs(stage, "b");
    await reason("Converged");
    expect(active(stage).map(({ image }) => image)).toEqual([`${repository}:1.4.3`, `${repository}:1.4.3`]);
  });

  it("goes down where a person changes the policy", async () => {
    const { stage } = await opened(["1.4.2=a", "1.5.0=b"]);
    await runs(stage, "b");
    stage.specs[0] = following({ kind: "semver", range: "~1.4" });
    stage.reload();
    await runs(stage, "a");
  });

  it("survives a restart of the controller without its journal", async () => {
    const { stage, controller } = await opened(["1.4.2=a", "1.4.3=b"]);
    await runs(stage, "b");
    await controller.stop();
    remove(stage, "1.4.3");
    const again = await stage.start({ forgetful: true });
    await stage.until("told", () => again.surface.service(key)?.tag === "1.4.3");
    await stage.pass(30_000);
    await runs(stage, "b");
  });

  it("passes over a tag that is listed and has nothing behind it", async () => {
    const { stage, surface, look, status } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    const { registry } = stage;
    registry.listTags = () => Promise.resolve(["1.4.2", "1.4.3"]);
    look();
    await stage.until("looked", () => registry.asked.includes(`${repository}:1.4.3`));
    await stage.pass(5_000);
    expect(status()).toMatchObject({ tag: "1.4.2", sync: "Synced" });
    const survey = await surface.images(key);
    expect(survey?.candidates.at(-1)).toMatchObject({ tag: "1.4.3", verdict: "unfit" });
  });

  it("shows its plan with the tags' names", async () => {
    const { stage, surface } = await opened(["1.4.2=a"], following(minor, "1.4.2", { release: { paused: true } }));
    await runs(stage, "a").catch(() => undefined);
    stage.specs[0] = following(minor);
    stage.reload();
    await runs(stage, "a");
    stage.specs[0] = following(minor, "1.4.2", { release: { paused: true } });
    stage.reload();
    push(stage, "1.4.3=b");
    surface.reconcile([key], "test");
    await stage.until("it waits", () => surface.service(key)?.sync === "Paused");
    stage.specs[0] = following(minor);
    const [plan] = await surface.plan();
    expect(plan?.text.split("\n")[0]).toContain("shop/web docker.io/acme/web:1.4.3");
  });
});

describe("a service that is pinned by its file", () => {
  it("stays with the digest that runs until the file names another tag", async () => {
    const { stage, status, look } = await opened(["1.4.2=a"], following({ kind: "pinned" }));
    await runs(stage, "a");
    push(stage, "1.4.2=b");
    look();
    await stage.pass(30_000);
    await runs(stage, "a");
    expect(status()).toMatchObject({ sync: "Synced", policy: "pinned", tag: "1.4.2" });
    push(stage, "1.4.3=c");
    stage.specs[0] = following({ kind: "pinned" }, "1.4.3");
    stage.reload();
    await runs(stage, "c");
  });
});
