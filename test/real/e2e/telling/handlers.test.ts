import { writeFile } from "node:fs/promises";
import { describe, inject, onTestFinished } from "vitest";
import { test } from "../scene/scene.js";

describe.concurrent("a program that is run on events", () => {
  test("may be the script of the post that made dockerhub-webhook-listener known", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    const [blog, image] = [`${scene.project}-blog`, scene.image("blog")];
    const reload = `${scene.directory}/reload.sh`;
    // As the post has it, without its fixed port and with another name: other tests run beside it.
    const script = ["#!/bin/sh", "", `docker pull ${image}:latest`, `docker kill ${blog}`, `docker rm ${blog}`];
    const run = `docker run --name ${blog} -d -P ${image}`;
    await writeFile(reload, [...script, run, ""].join("\n"), { mode: 0o755 });
    const handlers = {
      reload: {
        command: [reload],
        on: ["hook:dockerhub"],
        repositories: [image],
        env: { DOCKER_HOST: scene.engineHost },
      },
    };
    const registries = { "docker.io": { mirror: inject("registryUrl") } };
    await writeFile(scene.settingsFile, JSON.stringify({ registries, handlers }));
    onTestFinished(() => scene.docker.getContainer(blog).remove({ force: true, v: true }));
    await scene.start();
    await scene.untilServing(digest);

    const running = async () => {
      const found = await scene.docker
        .getContainer(blog)
        .inspect()
        .catch(() => undefined);
      return found?.State.Running === true ? found.Image : undefined;
    };
    await scene.push({ name: "blog" });
    expect((await scene.hook({ name: "blog" })).status).toBe(200);
    const first = await scene.until("the first reload", running);
    await scene.push({ name: "blog" });
    await scene.hook({ name: "blog" });
    await scene.until("the second reload", async () => {
      const now = await running();
      return now !== undefined && now !== first;
    });

    const runs = 'fairlead_handler_runs_total{name="reload",outcome="done"} 2';
    await scene.until("its runs in the metrics", async () => {
      const response = await fetch(`${scene.fairlead.adminUrl}/metrics`);
      return (await response.text()).includes(runs);
    });
    const ends = scene.logs().filter(({ msg }) => String(msg).startsWith("the handler has ended"));
    expect(ends).toHaveLength(2);
    const events = await fetch(`${scene.fairlead.adminUrl}/api/v1/events`, { headers: { accept: "application/json" } });
    expect(events.status).toBe(200);
    await events.body?.cancel();
    // What serves here is nobody else's matter.
    await scene.untilServing(digest);
  });
});
