import { describe } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { test, type Scene } from "../scene/scene.js";

const isWaiting = ({ conditions }: ServiceStatus) =>
  conditions.some(({ type, reason }) => type === "Ready" && reason === "WaitingForWindow");

/** The digests of the image that is here ahead of a rollout of `web`. */
async function ahead({ docker, project }: Scene): Promise<readonly string[]> {
  const images = await docker.listImages();
  const tag = `fairlead/ahead:${project}.web`;
  return images.filter(({ RepoTags }) => RepoTags?.includes(tag)).flatMap(({ RepoDigests }) => RepoDigests ?? []);
}

describe.concurrent("an image ahead of its window", () => {
  test("is pulled while that is closed, costs the rollout no pull, and goes with a service that leaves its file", async ({
    scene,
    expect,
  }) => {
    const later = new Date(Date.now() + 12 * 3_600_000);
    const closed = { cron: `${later.getUTCMinutes()} ${later.getUTCHours()} * * *`, duration: "1h" };
    const open = { cron: "* * * * *", duration: "1h" };
    const web = (window: object) => ({ web: { "x-fairlead": { window } } });
    const pulls = async () =>
      (await scene.metrics()).value("fairlead_step_duration_seconds_count", { step: "pull-image" }) ?? 0;
    const isAhead = async (digest: string) => (await ahead(scene)).some((one) => one.endsWith(digest));

    const first = await scene.push();
    await scene.write(web(open));
    await scene.start({ args: ["--prune"] });
    await scene.untilServing(first.digest);

    await scene.rewrite(web(closed));
    const second = await scene.push();
    await scene.hook();
    await scene.untilStatus(isWaiting);
    await scene.until("the second image ahead", () => isAhead(second.digest));
    expect((await scene.active())?.state).toBe("running");
    const before = await pulls();
    expect(before).toBeGreaterThan(0);
    await scene.write(web(open));
    await scene.untilServing(second.digest);
    expect(await pulls(), "nothing is left to pull").toBe(before);
    await scene.until("nothing ahead any more", async () => (await ahead(scene)).length === 0);

    await scene.rewrite(web(closed));
    const third = await scene.push();
    await scene.hook();
    await scene.until("the third image ahead", () => isAhead(third.digest));
    await scene.write({ other: {} });
    await scene.until("neither container nor image of it", async () => {
      const containers = await scene.containers();
      const images = await scene.docker.listImages();
      const isThere = images.some(({ RepoDigests }) => RepoDigests?.some((one) => one.endsWith(third.digest)));
      return !isThere && containers.every(({ name }) => !name.startsWith(`${scene.project}-web-`));
    });
    expect(await ahead(scene)).toEqual([]);
  });
});
