import { describe, inject, onTestFinished } from "vitest";
import { tapRegistry } from "../../../bench/tap.js";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";

describe("a plan of what is as wanted", () => {
  test("asks the registry for no more than a HEAD of each tag, with and without a controller", async ({
    scene,
    expect,
  }) => {
    const tap = await tapRegistry(inject("registryUrl"));
    onTestFinished(() => tap.close());
    await scene.stage({ mirror: tap.url });
    const [web, worker] = [await scene.push({ name: "web" }), await scene.push({ name: "worker" })];
    await scene.write({ web: { image: scene.image("web") }, worker: { image: scene.image("worker") } });
    await scene.start();
    await scene.untilServing(web.digest, "web");
    await scene.untilServing(worker.digest, "worker");
    const env = { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease };
    const files = ["-f", scene.servicesFile, "--config", scene.settingsFile];
    const data = ["--data", `${scene.directory}/data`];
    const planned = async (...more: readonly string[]) => {
      tap.forget();
      const { code, stderr } = await fairlead(["plan", ...files, ...data, ...more], env);
      const asked = tap.requests.map(({ method, path }) => `${method} ${path.replace(/^\/v2\/|\/manifests/g, "")}`);
      return { code, stderr, asked: asked.filter((one) => one !== "GET /v2/").sort() };
    };
    const heads = ["web", "worker"].map(
      (name) => expect.stringMatching(`^HEAD ${scene.image(name)}/latest\\b`) as string,
    );

    const byController = await planned("--admin", scene.fairlead.adminUrl);
    expect(byController).toMatchObject({ code: 0, stderr: "" });
    expect(byController.asked.filter((one) => !one.startsWith("HEAD"))).toEqual([]);
    await scene.fairlead.stop();
    for (const round of [1, 2]) {
      const { code, asked } = await planned();
      expect([round, code]).toEqual([round, 0]);
      expect(asked).toEqual(heads);
    }
  });
});
