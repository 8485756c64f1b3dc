import { describe, expect, it } from "vitest";
import type { TagPolicy } from "../../../../../src/compose/model/policy/tag-policy.js";
import { digestOf } from "../../../plan/world.js";
import { active, following, key, minor, opened, push, repository, runs } from "./tag-stage.js";

describe("what is asked of the registry", () => {
  it("is one list for all services of a repository", async () => {
    const other = following(minor, "1.4", { name: "api" });
    const { stage } = await opened(["1.4.2=a"], following(minor), other);
    await runs(stage, "a");
    await stage.until("both serve", () => active(stage).length === 2);
    const before = stage.registry.listed.length;
    stage.engine.interrupt(1_000);
    await stage.pass(10_000);
    expect(stage.registry.listed).toHaveLength(before + 1);
  });

  it("is one HEAD, and no list, for a tag that a hook names", async () => {
    const { stage, surface, hook } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    push(stage, "1.4.3=b");
    const [listed, asked] = [stage.registry.listed.length, stage.registry.asked.length];
    hook("1.4.3");
    await runs(stage, "b");
    expect(stage.registry.listed).toHaveLength(listed);
    expect(stage.registry.asked.slice(asked)).toEqual([`${repository}:1.4.3`]);
    expect(surface.service(key)?.tag).toBe("1.4.3");
  });

  it("is no more for a tag that a hook has made up", async () => {
    const { stage, status, hook } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    const listed = stage.registry.listed.length;
    hook("1.9.9");
    await stage.until("asked", () => stage.registry.asked.includes(`${repository}:1.9.9`));
    await stage.pass(5_000);
    expect(stage.registry.listed).toHaveLength(listed);
    expect(status()).toMatchObject({ tag: "1.4.2", sync: "Synced" });
  });

  it("is the list where a hook names no tag", async () => {
    const { stage, surface } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    push(stage, "1.4.3=b");
    surface.reconcile([key], "test", [{ registry: undefined, repository: "acme/web", tag: undefined }]);
    await runs(stage, "b");
  });

  it("sees a tag that was pushed again", async () => {
    const { stage, hook } = await opened(["1.4.2=a"]);
    await runs(stage, "a");
    push(stage, "1.4.2=b");
    hook("1.4.2");
    await runs(stage, "b");
    push(stage, "1.4.2=c");
    stage.registry.listed.length = 0;
    hook("1.4.2");
    await runs(stage, "c");
    expect(stage.registry.listed).toEqual([]);
  });

  it("is when the images were made, where the newest is followed", async () => {
    const newest: TagPolicy = { kind: "pattern", pattern: "main-.*", order: "newest" };
    const { stage, status, look } = await opened(["main-a1=a", "main-b2=b"], following(newest, "main"));
    stage.registry.made.set(digestOf("a"), 2_000).set(digestOf("b"), 1_000).set(digestOf("c"), 500);
    look();
    await runs(stage, "a");
    push(stage, "main-c3=c");
    look();
    await stage.pass(5_000);
    expect(status()).toMatchObject({ tag: "main-a1", policy: "pattern main-.* by newest" });
    for (let index = 0; index < 20; index += 1) push(stage, `main-${index}=c`);
    look();
    await stage.until("told", () => status()?.conditions[0]?.reason === "TagsUnlisted");
  });
});
