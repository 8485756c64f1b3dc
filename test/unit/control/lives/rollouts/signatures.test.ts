import { describe, expect, it } from "vitest";
import { FairleadError } from "../../../../../src/errors.js";
import { specOf } from "../../../plan/world.js";
import { imageNamed, materialsOf } from "../../../signatures/by-cosign/stored.js";
import { byKey, containers, demanding, has, key, opened, push, runs } from "./signed-stage.js";

describe("a service whose images have to be signed", () => {
  it.each(["bundle", "simple", "both", "rotated"])("runs one that is: %s", async (name) => {
    const { stage, start } = await opened([demanding()], name);
    const { reason } = await start();
    await runs(stage, name);
    await reason("Converged");
  });

  it("never gets one that is not, and what runs goes on", async () => {
    const { stage, start } = await opened([demanding()], "bundle");
    const { reason, condition, look } = await start();
    await runs(stage, "bundle");
    const digest = push(stage, "unsigned", false);
    look();
    await reason("SignatureMissing");
    await stage.pass(120_000);
    expect(has(stage, "unsigned")).toBe(false);
    expect(stage.engine.world.host.images.some(({ digests }) => digests.includes(`acme/web@${digest}`))).toBe(false);
    await runs(stage, "bundle");
    expect(condition("DigestResolved")).toMatchObject({ status: "Unknown", reason: "SignatureMissing" });
    expect(condition("Ready")?.message).toContain(`acme/web@${digest} is not signed`);
    expect(condition("Ready")?.message).toContain("the key release.pub");
  });

  it("gets it once the signature has come, by itself", async () => {
    const { stage, start } = await opened([demanding()], "simple", { signed: false });
    const { reason } = await start();
    await reason("SignatureMissing");
    expect(containers(stage)).toEqual([]);
    stage.registry.beside.set(imageNamed("simple"), materialsOf("simple"));
    await runs(stage, "simple");
  });

  it("is patient with what does not come, and asks at once when somebody says so", async () => {
    const { stage, start } = await opened([demanding()], "simple", { signed: false });
    const { reason, look } = await start();
    await reason("SignatureMissing");
    await stage.pass(600_000);
    const asked = stage.registry.searched.length;
    expect(asked).toBeLessThan(20);
    stage.registry.beside.set(imageNamed("simple"), materialsOf("simple"));
    look();
    await stage.pass(2_000);
    expect(stage.registry.searched.length).toBeGreaterThan(asked);
    await runs(stage, "simple");
  });

  it.each(["", ".sig"])("asks at once when a hook tells of what belongs to a digest: sha256-…%s", async (suffix) => {
    const { stage, start } = await opened([demanding()], "simple", { signed: false });
    const { reason, surface } = await start();
    await reason("SignatureMissing");
    await stage.pass(600_000);
    stage.registry.beside.set(imageNamed("simple"), materialsOf("simple"));
    const tag = `${imageNamed("simple").replace(":", "-")}${suffix}`;
    const pushed = { registry: "docker.io", repository: "acme/web", tag };
    expect(surface.keysForImage(pushed)).toEqual([key]);
    surface.reconcile([key], "test", [pushed]);
    await stage.pass(10_000);
    expect(has(stage, "simple")).toBe(true);
  });

  it("asks no more once it knows", async () => {
    const { stage, start } = await opened([demanding()], "bundle");
    const { reason, look } = await start();
    await reason("Converged");
    const asked = stage.registry.searched.length;
    for (let turn = 0; turn < 5; turn += 1) {
      look();
      await stage.pass(2_000);
    }
    expect(stage.registry.searched).toHaveLength(asked);
  });

  it("knows it after a restart too, and repairs what runs without the registry", async () => {
    const { stage, start } = await opened([demanding()], "bundle");
    const first = await start();
    await first.reason("Converged");
    await first.stop();
    stage.registry.down = new FairleadError("RegistryUnavailable", "it answered 503");
    stage.registry.searched.length = 0;
    const { reason } = await start();
    await reason("RegistryUnavailable");
    stage.engine.removeByHand(containers(stage)[0]?.id ?? "");
    await runs(stage, "bundle");
    expect(stage.registry.searched).toEqual([]);
  });

  it("refuses the signature of another key, with what to do", async () => {
    const { stage, start } = await opened([demanding({ verify: byKey("other") })], "bundle");
    const { reason, condition } = await start();
    await reason("SignatureInvalid");
    expect(condition("Ready")?.message).toContain("it is not by the key other.pub");
    expect(containers(stage)).toEqual([]);
  });

  it("refuses the signature of another image that was copied beside it", async () => {
    const { stage, start } = await opened([demanding()], "unsigned", { signed: false });
    stage.registry.beside.set(imageNamed("unsigned"), materialsOf("bundle"));
    const { reason, condition } = await start();
    await reason("SignatureInvalid");
    expect(condition("Ready")?.message).toContain("it is of another image");
  });

  it("starts nothing while nobody can tell, and goes on when somebody can", async () => {
    const { stage, start } = await opened([demanding()], "bundle");
    const { reason, condition } = await (async () => {
      const { signatures } = stage.registry;
      stage.registry.signatures = () => Promise.reject(new FairleadError("RegistryUnavailable", "it answered 503"));
      const started = await start();
      await started.reason("SignatureUnavailable");
      stage.registry.signatures = signatures;
      return started;
    })();
    expect(condition("Ready")?.message).toContain("it answered 503");
    await runs(stage, "bundle");
    await reason("Converged");
  });

  it("takes an index that is not signed where all of it that could run here is", async () => {
    const { stage, start } = await opened([demanding()], "index", { signed: false });
    stage.registry.indexes.set(imageNamed("index"), [imageNamed("part")]);
    stage.registry.beside.set(imageNamed("part"), materialsOf("part"));
    await start();
    await runs(stage, "index");
  });

  it("refuses an index of which a part is not signed", async () => {
    const { stage, start } = await opened([demanding()], "index", { signed: false });
    stage.registry.indexes.set(imageNamed("index"), [imageNamed("part"), imageNamed("unsigned")]);
    stage.registry.beside.set(imageNamed("part"), materialsOf("part"));
    const { reason } = await start();
    await reason("SignatureMissing");
    expect(containers(stage)).toEqual([]);
  });
});

describe("a rule that came after the image", () => {
  it("stops nothing that runs, starts it again, and makes no new container of it", async () => {
    const { stage, start } = await opened([specOf()], "unsigned", { signed: false });
    const { reason, look } = await start();
    await runs(stage, "unsigned");
    await reason("Converged");
    stage.specs[0] = demanding();
    stage.reload();
    await reason("SignatureMissing");
    await runs(stage, "unsigned");
    stage.engine.kill(containers(stage)[0]?.id ?? "");
    await runs(stage, "unsigned");
    stage.engine.removeByHand(containers(stage)[0]?.id ?? "");
    await stage.pass(60_000);
    expect(containers(stage)).toEqual([]);
    push(stage, "bundle", true);
    look();
    await runs(stage, "bundle");
  });

  it("lets nobody go back to it, and to what is signed", async () => {
    const { stage, start } = await opened([specOf()], "unsigned", { signed: false });
    const { reason, look, surface } = await start();
    await runs(stage, "unsigned");
    await reason("Converged");
    push(stage, "bundle", true);
    look();
    await runs(stage, "bundle");
    await reason("Converged");
    stage.specs[0] = demanding();
    stage.reload();
    await stage.pass(10_000);
    await expect(surface.rollback(key, undefined)).rejects.toMatchObject({ code: "SignatureMissing" });
    await stage.pass(10_000);
    await runs(stage, "bundle");
    push(stage, "simple", true);
    look();
    await runs(stage, "simple");
    await reason("Converged");
    await surface.rollback(key, undefined);
    await runs(stage, "bundle");
    await reason("Pinned");
  });

  it("leaves a pin that it does not fit as it runs", async () => {
    const { stage, start } = await opened([specOf()], "unsigned", { signed: false });
    const { reason, look, surface } = await start();
    await runs(stage, "unsigned");
    await reason("Converged");
    push(stage, "bundle", true);
    look();
    await runs(stage, "bundle");
    await reason("Converged");
    await surface.rollback(key, undefined);
    await runs(stage, "unsigned");
    await reason("Pinned");
    stage.specs[0] = demanding();
    stage.reload();
    await reason("SignatureMissing");
    await runs(stage, "unsigned");
    await surface.resume(key);
    await runs(stage, "bundle");
  });
});

describe("an image that a job names", () => {
  const migrate = { registry: "docker.io", repository: "acme/migrate", tag: "1", digest: undefined };
  const command = ["migrate"];

  it("has to be signed too, by the rule of its service", async () => {
    const spec = demanding({ before: [{ image: migrate, command, timeoutMs: 60_000 }] });
    const { stage, start } = await opened([spec], "bundle");
    stage.engine.publish(`acme/migrate@${imageNamed("part")}`, { commands: { migrate: {} } });
    stage.registry.tags.set("docker.io/acme/migrate:1", imageNamed("part"));
    const { reason, condition } = await start();
    await reason("SignatureMissing");
    expect(condition("Ready")?.message).toContain(`acme/migrate@${imageNamed("part")} is not signed`);
    await stage.pass(30_000);
    expect(containers(stage)).toEqual([]);
    stage.registry.beside.set(imageNamed("part"), materialsOf("part"));
    await runs(stage, "bundle");
    expect(stage.engine.world.jobStarts).toHaveLength(1);
  });
});

describe("what the settings ask for", () => {
  it("holds for a service whose file asks for nothing", async () => {
    const { stage, start } = await opened([specOf()], "unsigned", { signed: false });
    stage.demands.push({ images: ["docker.io/acme/*"], rule: byKey("release") });
    const { reason } = await start();
    await reason("SignatureMissing");
    expect(containers(stage)).toEqual([]);
  });

  it("is not undone by a file that asks for another key", async () => {
    const { stage, start } = await opened([demanding({ verify: byKey("other") })], "rotated");
    stage.demands.push({ rule: byKey("release") });
    await start();
    await runs(stage, "rotated");
    push(stage, "bundle", true);
    const { reason } = await start();
    await reason("SignatureInvalid");
  });

  it("lets through what it says so of", async () => {
    const { stage, start } = await opened([specOf()], "unsigned", { signed: false });
    stage.demands.push({ images: ["acme/web"] }, { rule: byKey("release") });
    await start();
    await runs(stage, "unsigned");
  });
});
