import { writeFile } from "node:fs/promises";
import { describe, inject } from "vitest";
import type { TagSurvey } from "../../../../src/control/surface/surface.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { makeSigningKeys, signImage } from "../../../sandbox/registry/sign.js";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

const ready = (scene: Scene, reason: string) =>
  scene.untilStatus(({ conditions }) => conditions.some((one) => one.type === "Ready" && one.reason === reason));

describe.concurrent("a service whose images have to be signed", () => {
  test("gets none that is not, one that is, and goes back to neither", async ({ scene, expect }) => {
    const keys = makeSigningKeys();
    const sign = (digest: string) => signImage(inject("registryUrl"), scene.image(), digest, keys);
    const before = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(before.digest);
    await writeFile(`${scene.directory}/release.pub`, keys.publicKey);
    await scene.write({ web: { "x-fairlead": { verify: { cosign: { keys: ["release.pub"] } } } } });
    await ready(scene, "SignatureMissing");
    expect((await scene.active())?.digest).toBe(before.digest);

    const wanted = await scene.push();
    await scene.hook();
    const refused = await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, message }) => type === "Ready" && message.includes(wanted.digest)),
    );
    expect(refused.activeDigest).toBe(before.digest);
    const images = await scene.docker.listImages({ digests: true });
    expect(images.flatMap(({ RepoDigests }) => RepoDigests ?? []).join()).not.toContain(wanted.digest);
    const planned = await fairlead(["plan", "--admin", scene.fairlead.adminUrl]);
    expect(planned.stdout).toContain("is not signed");

    await sign(wanted.digest);
    await scene.untilServing(wanted.digest);
    const { stdout } = await fairlead(["images", "web", "--json", "--admin", scene.fairlead.adminUrl]);
    const { services } = JSON.parse(stdout) as { services: readonly TagSurvey[] };
    expect(services[0]).toMatchObject({ digest: wanted.digest, signed: true });
    const metrics = await scene.metrics();
    const checks = (outcome: string) => metrics.value("fairlead_signature_checks_total", { service: "web", outcome });
    expect(checks("verified")).toBe(1);
    expect(checks("missing")).toBeGreaterThan(0);

    const back = await fairlead(["rollback", "web", "--admin", scene.fairlead.adminUrl]);
    expect(back.code).toBe(1);
    expect(back.stderr).toContain("is not signed");
    expect((await scene.active())?.digest).toBe(wanted.digest);
    await sign(before.digest);
    const again = await fairlead(["rollback", "web", "--admin", scene.fairlead.adminUrl]);
    expect(again.stderr).toBe("");
    const pinned = ({ sync, activeDigest, lastRollout }: ServiceStatus) =>
      sync === "Pinned" && activeDigest === before.digest && lastRollout?.finishedAt !== undefined;
    expect((await scene.untilStatus(pinned)).lastRollout).toMatchObject({ to: before.digest, outcome: "rolled-back" });
  });

  test("is held to what the settings say, whatever its file says", async ({ scene, expect }) => {
    const keys = makeSigningKeys();
    const key = `${scene.directory}/release.pub`;
    await writeFile(key, keys.publicKey);
    const { digest } = await scene.push();
    const registries = { "docker.io": { mirror: inject("registryUrl") } };
    const signatures = [{ images: [scene.image()], cosign: { keys: [key] } }];
    await writeFile(scene.settingsFile, JSON.stringify({ registries, signatures }));
    await scene.write({ web: {} });
    await scene.start();
    const status = await ready(scene, "SignatureMissing");
    expect(status.activeDigest).toBeUndefined();
    expect(await scene.active()).toBeUndefined();
    await signImage(inject("registryUrl"), scene.image(), digest, keys);
    await scene.untilServing(digest);
  });
});
