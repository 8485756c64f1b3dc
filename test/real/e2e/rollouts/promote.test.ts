import { writeFile } from "node:fs/promises";
import { describe } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { publishImage, type ImageOptions } from "../../../sandbox/registry/image.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { startRegistry, type RegistryOptions } from "../../../sandbox/registry/registry.js";
import { fairlead } from "../scene/cli.js";
import { test, type Scene } from "../scene/scene.js";

/** A registry of its own, which tells Fairlead of its pushes. */
async function withRegistry(
  scene: Scene,
  onTestFinished: (fn: () => Promise<void>) => void,
  more: RegistryOptions = {},
) {
  const port = await freePort();
  const secretFile = `${scene.directory}/registry`;
  await writeFile(secretFile, "of-the-registry\n");
  const url = `http://127.0.0.1:${port}/hooks/r/own`;
  const registry = await startRegistry({ notify: { url, authorization: "Bearer of-the-registry" }, ...more });
  onTestFinished(() => registry.stop());
  const receivers = { own: { type: "distribution", secretFile } };
  await writeFile(scene.settingsFile, JSON.stringify({ receivers }));
  const name = `team/${scene.project}`;
  const repository = `${registry.host}/${name}`;
  const push = (tag: string, options: ImageOptions = {}) =>
    publishImage(registry.url, name, tag, { healthcheck: "none", ...options });
  const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
  const behind = async (tag: string) => {
    const answer = await fetch(`${registry.url}/v2/${name}/manifests/${tag}`, { method: "HEAD", headers: { accept } });
    return answer.ok ? answer.headers.get("docker-content-digest") : undefined;
  };
  const env = { FAIRLEAD_HOOKS_LISTEN: `127.0.0.1:${port}`, FAIRLEAD_RESYNC: "0 0 1 1 *" };
  const start = () => scene.start({ env });
  return { registry, repository, push, behind, start };
}

const promoted = ({ conditions }: ServiceStatus) => conditions.find(({ type }) => type === "Promoted");

describe.concurrent("tags that are moved to what has proved itself", () => {
  test("follow the good ones only; whoever follows them rolls out once, and nothing goes in a circle", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { repository, push, behind, start } = await withRegistry(scene, onTestFinished);
    const first = await push("1.4.2");
    const policy = { semver: "^1.4" };
    const web = { image: `${repository}:1.4`, "x-fairlead": { policy, promote: ["latest", "stable"] } };
    await scene.write({ web });
    await start();
    await scene.untilServing(first.digest);
    await scene.until("stable to be moved", async () => (await behind("stable")) === first.digest);
    expect(await behind("latest")).toBe(first.digest);
    await scene.write({ web, canary: { image: `${repository}:latest` } });
    await scene.untilServing(first.digest, "canary");

    const bad = await push("1.4.3", { behaviour: "exit-at-once" });
    await scene.untilStatus(({ lastRollout }) => lastRollout?.to === bad.digest && lastRollout.outcome !== undefined);
    expect([await behind("latest"), await behind("stable")]).toEqual([first.digest, first.digest]);

    const third = await push("1.4.4");
    await scene.untilServing(third.digest);
    await scene.until("stable to be moved", async () => (await behind("stable")) === third.digest);
    // The registry's own notice of what was moved has it roll out.
    await scene.untilServing(third.digest, "canary");
    const status = await scene.untilStatus(
      (one) => promoted(one)?.message === `latest, stable moved to ${third.digest}`,
    );
    expect(promoted(status)).toMatchObject({ status: "True", reason: "Converged" });
    const metrics = await scene.metrics();
    const moved = (outcome: string) => metrics.value("fairlead_tag_promotions_total", { service: "web", outcome });
    expect([moved("moved"), moved("refused"), moved("failed")]).toEqual([4, 0, 0]);
    const rollouts = (service: string) => metrics.value("fairlead_rollouts_total", { service, outcome: "promoted" });
    expect([rollouts("web"), rollouts("canary")]).toEqual([2, 2]);

    await push("latest");
    await start();
    await scene.untilServing(third.digest);
    const other = await behind("latest");
    await fairlead(["reconcile", "web", "--admin", scene.fairlead.adminUrl]);
    await scene.untilStatus((one) => promoted(one)?.status === "True");
    expect(await behind("latest")).toBe(other);
  });

  test("stay where they are in a registry that takes nothing: it is told, and no rollout waits", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { registry, repository, push, behind, start } = await withRegistry(scene, onTestFinished, {
      readOnlyLater: true,
    });
    const first = await push("main");
    const second = await push("next");
    const write = (tag: string) =>
      scene.write({ web: { image: `${repository}:${tag}`, "x-fairlead": { promote: { tag: "latest", if: "*" } } } });
    await registry.restart();
    await write("main");
    await start();
    await scene.untilServing(first.digest);
    const status = await scene.untilStatus((one) => promoted(one)?.status === "False");
    expect(promoted(status)?.reason).toBe("PushRefused");
    expect(promoted(status)?.message).toContain("answered 405");
    const shown = await fairlead(["status", "web", "--admin", scene.fairlead.adminUrl]);
    expect(shown.stdout).toContain("PushRefused");
    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_tag_promotions_total", { service: "web", outcome: "refused" })).toBe(1);
    await write("next");
    await scene.untilServing(second.digest);
    expect(await behind("latest")).toBeUndefined();
  });
});
