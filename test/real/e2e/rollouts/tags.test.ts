import { describe, inject } from "vitest";
import type { TagSurvey } from "../../../../src/control/surface/surface.js";
import { openRepository } from "../../../sandbox/registry/push.js";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";
import type { Scene } from "../scene/scene.js";

const followed = (scene: Scene, policy: unknown, tag: string) => ({
  web: { image: `${scene.image()}:${tag}`, "x-fairlead": { policy } },
});

async function surveyed(scene: Scene): Promise<TagSurvey> {
  const { stdout } = await fairlead(["images", "web", "--json", "--admin", scene.fairlead.adminUrl]);
  const { services } = JSON.parse(stdout) as { services: readonly TagSurvey[] };
  const [survey] = services;
  if (survey === undefined) throw new Error(`nothing was shown: ${stdout}`);
  return survey;
}

describe.concurrent("a service with a tag policy", () => {
  test("follows the highest version of its range, and keeps it when the tag is deleted", async ({ scene, expect }) => {
    const first = await scene.push({ tag: "1.4.2" });
    await scene.write(followed(scene, { semver: "^1.4" }, "1.4"));
    await scene.start();
    await scene.untilServing(first.digest);
    const wanted = await scene.push({ tag: "1.4.3" });
    for (const tag of ["1.5.0-rc.1", "2.0.0"]) {
      await scene.push({ tag });
      expect(await (await scene.hook({ tag })).json()).toHaveProperty("reason");
    }
    expect((await scene.hook({ tag: "1.4.3" })).status).toBe(202);
    const status = await scene.untilServing(wanted.digest);
    const image = `docker.io/${scene.image()}:1.4.3`;
    expect(status).toMatchObject({ tag: "1.4.3", image, policy: "semver ^1.4" });
    const container = await scene.docker.getContainer((await scene.active())?.id ?? "").inspect();
    expect(container.Config.Labels["fairlead.image"]).toBe(image);
    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_service_info", { service: "web", image, digest: wanted.digest })).toBe(1);

    const survey = await surveyed(scene);
    expect(survey).toMatchObject({ tag: "1.4.3", digest: wanted.digest, running: ["1.4.3"] });
    const verdicts = Object.fromEntries(survey.candidates.map(({ tag, verdict }) => [tag, verdict]));
    expect(verdicts).toEqual({ "1.4.3": "chosen", "1.4.2": "passed-over", "1.5.0-rc.1": "unfit", "2.0.0": "unfit" });
    const shown = await fairlead(["images", "web", "--admin", scene.fairlead.adminUrl]);
    expect(shown.stdout).toMatch(/2\.0\.0 +unfit +2\.0\.0 is not within \^1\.4/);
    const history = await fairlead(["history", "web", "--admin", scene.fairlead.adminUrl]);
    expect(history.stdout).toContain("1.4.2 -> 1.4.3 by policy semver ^1.4");

    await openRepository(inject("registryUrl"), scene.image(), undefined).deleteManifest(wanted.digest);
    await fairlead(["reconcile", "web", "--admin", scene.fairlead.adminUrl]);
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "TagGone"));
    await scene.start();
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "TagGone"));
    expect((await scene.active())?.digest).toBe(wanted.digest);

    const next = await scene.push({ tag: "1.4.10" });
    await scene.hook({ tag: "1.4.10" });
    await scene.untilServing(next.digest);
    expect(scene.logs().some(({ msg }) => String(msg).includes("1.4.3 -> 1.4.10 by policy semver ^1.4"))).toBe(true);
  });

  test("follows a pattern by its order, and says where nothing fits", async ({ scene, expect }) => {
    const first = await scene.push({ tag: "release-9" });
    await scene.push({ tag: "latest" });
    const policy = { pattern: "^release-(?<build>\\d+)$", order: "numeric" };
    await scene.write(followed(scene, policy, "latest"));
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push({ tag: "release-10" });
    await scene.hook({ tag: "release-10" });
    await scene.untilServing(second.digest);
    await scene.write(followed(scene, { semver: "^3" }, "latest"));
    const status = await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, reason }) => type === "Ready" && reason === "NoTagMatches"),
    );
    expect(status.activeDigest).toBe(second.digest);
    const plan = await fairlead(["plan", "--admin", scene.fairlead.adminUrl]);
    expect(plan.stdout).toContain("none of the 3 tags of");
  });

  test("follows the newest by what the images say", async ({ scene, expect }) => {
    await scene.push({ tag: "main-zz" });
    const second = await scene.push({ tag: "main-aa" });
    await scene.write(followed(scene, { pattern: "main-.*", order: "newest" }, "latest"));
    await scene.start();
    await scene.untilServing(second.digest);
    expect((await surveyed(scene)).candidates.map(({ tag }) => tag)).toEqual(["main-aa", "main-zz"]);
  });

  test("plans with the tags' names without a controller", async ({ scene, expect }) => {
    await scene.push({ tag: "1.4.2" });
    await scene.write(followed(scene, { semver: "^1.4" }, "1.4"));
    const args = [
      "plan",
      "-f",
      scene.servicesFile,
      "--config",
      scene.settingsFile,
      "--data",
      `${scene.directory}/none`,
    ];
    const { stdout, code } = await fairlead(args, { DOCKER_HOST: scene.engineHost });
    expect(code).toBe(2);
    expect(stdout).toContain(`docker.io/${scene.image()}:1.4.2`);
    expect(stdout).toContain("1.4.2 by policy semver ^1.4");
  });
});
