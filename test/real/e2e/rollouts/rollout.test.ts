import { describe, inject } from "vitest";
import { publishIndex } from "../../../sandbox/registry/image.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { hasImage, keptTags } from "../scene/host.js";
import { order, quick, test } from "../scene/scene.js";

describe.concurrent("a new digest", () => {
  test("the first start, then a webhook: start-first, the old one serves until the new one is proven", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push({ version: "v1", healthcheck: quick });
    await scene.write({ web: order("start-first") });
    await scene.start();
    await scene.untilServing(first.digest);
    const before = await scene.active();
    expect(before).toMatchObject({ state: "running", digest: first.digest, restartPolicy: "unless-stopped" });

    const second = await scene.push({ version: "v2", healthcheck: quick });
    const response = await scene.hook();
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ enqueued: [`${scene.project}/web`] });
    const status = await scene.untilServing(second.digest);
    expect(status).toMatchObject({ sync: "Synced", health: "Healthy", desiredDigest: second.digest, revision: 2 });
    expect(status.lastRollout).toMatchObject({ from: first.digest, to: second.digest, outcome: "promoted" });

    const [active, previous] = await scene.containers();
    expect(active).toMatchObject({ name: `${scene.project}-web-1`, digest: second.digest, state: "running" });
    expect(previous).toMatchObject({ id: before?.id, name: `${scene.project}-web-1.previous`, state: "exited" });
    expect(previous?.restartPolicy).toBe("no");
    expect(previous!.finishedAt, "the old one left after the new one came").toBeGreaterThan(active!.startedAt);
  });

  test("stop-first, where a published port forces it: the old one leaves before the new one comes", async ({
    scene,
    expect,
  }) => {
    const port = await freePort();
    await scene.push({ version: "v1", healthcheck: quick }).then(async ({ digest }) => {
      await scene.write({ web: { ports: [`127.0.0.1:${port}:8080`] } });
      await scene.start();
      await scene.untilServing(digest);
    });
    const body = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(await body()).toBe("v1\n");
    const { digest } = await scene.push({ version: "v2", healthcheck: quick });
    await scene.hook();
    await scene.untilServing(digest);
    expect(await body()).toBe("v2\n");
    const [active, previous] = await scene.containers();
    expect(previous!.finishedAt).toBeLessThanOrEqual(active!.startedAt);
  });

  test("a repository or a tag nobody declared, a wrong secret, no secret: nothing is looked at", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    await scene.write({ web: { image: `${scene.image()}:latest` } });
    await scene.start();
    await scene.untilServing(digest);
    const other = await scene.hook({ tag: "other" });
    expect(other.status).toBe(200);
    expect(await other.json()).toMatchObject({ reason: expect.stringContaining(`${scene.image()}:other`) as string });
    expect((await scene.hook({ name: "unknown" })).status).toBe(200);
    const post = (path: string, headers: Record<string, string>, body: object) =>
      fetch(scene.fairlead.hooksUrl + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
    expect((await post("/hooks/dockerhub/wrong", {}, {})).status).toBe(404);
    expect((await post("/hooks/dockerhub", {}, {})).status).toBe(404);
    expect((await post("/hooks/unknown", {}, {})).status).toBe(404);
    const bearer = { authorization: `Bearer ${scene.hookSecret}` };
    const named = await post("/hooks/generic", bearer, { service: `${scene.project}/web` });
    expect([named.status, await named.json()]).toEqual([202, { enqueued: [`${scene.project}/web`] }]);
    expect((await post("/hooks/generic", bearer, { image: scene.image() })).status).toBe(202);
    expect((await post("/hooks/generic", { authorization: "Bearer wrong" }, { service: "web" })).status).toBe(404);
    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_hooks_total", { type: "dockerhub", outcome: "ignored" })).toBe(2);
    expect(metrics.value("fairlead_hooks_total", { type: "dockerhub", outcome: "unauthorized" })).toBe(2);
  });

  test("the API key in the query opens as the path does", async ({ scene, expect }) => {
    await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    const response = await fetch(`${scene.fairlead.hooksUrl}/hooks/dockerhub?apikey=${scene.hookSecret}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ push_data: { tag: "latest", pushed_at: null }, repository: { repo_name: scene.image() } }),
    });
    expect(response.status).toBe(202);
  });

  test("a rebuilt index over the same platform manifest is recorded, and nothing is restarted", async ({
    scene,
    expect,
  }) => {
    const image = await scene.push({ tag: "built" });
    const first = await publishIndex(inject("registryUrl"), scene.image(), "latest", [image]);
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const before = await scene.active();
    const second = await publishIndex(inject("registryUrl"), scene.image(), "latest", [image]);
    expect(second.digest).not.toBe(first.digest);
    await scene.hook();
    const status = await scene.untilServing(second.digest);
    expect(status.revision).toBe(1);
    expect(await scene.active()).toEqual(before);
    expect(await scene.containers()).toHaveLength(1);
    expect(await scene.journal()).toContain(`"type":"same-content"`);

    const third = await scene.push();
    await scene.hook();
    expect((await scene.untilServing(third.digest)).revision).toBe(2);
  });

  test("old containers and images beyond keep go, the previous one and what is not ours stay", async ({
    scene,
    expect,
  }) => {
    const foreign = await scene.push({ name: "foreign" });
    await scene.docker
      .pull(`${scene.image("foreign")}:latest`)
      .then((stream: NodeJS.ReadableStream) => new Promise((resolve) => stream.on("end", resolve).resume()));
    const pinned = (digest: string) => `${scene.image()}@${digest}`;
    const images = [await scene.push()];
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(images[0]!.digest);
    for (let round = 0; round < 3; round += 1) {
      const image = await scene.push();
      images.push(image);
      await scene.hook();
      await scene.untilServing(image.digest);
    }
    const kept = await scene.until("the old tags to go", async () => {
      const tags = await keptTags(scene.docker, scene.project);
      return tags.length === 2 && tags;
    });
    expect(kept).toEqual([3, 4].map((revision) => `fairlead/keep:${scene.project}.web.r${revision}`));
    const present = await Promise.all(images.map(({ digest }) => hasImage(scene.docker, pinned(digest))));
    expect(present).toEqual([false, false, true, true]);
    expect((await scene.containers()).map(({ digest }) => digest)).toEqual([images[3]!.digest, images[2]!.digest]);
    expect(await hasImage(scene.docker, `${scene.image("foreign")}@${foreign.digest}`)).toBe(true);
  });

  test("services that start together share one network, and every one of them comes up", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    const names = ["web", "api", "jobs", "mail"];
    await scene.write(Object.fromEntries(names.map((name) => [name, { image: scene.image() }])));
    await scene.start();
    for (const name of names) await scene.untilServing(digest, name);
    const filters = { label: [`com.docker.compose.project=${scene.project}`] };
    const networks = await scene.docker.listNetworks({ filters });
    expect(networks.map(({ Name }) => Name)).toEqual([`${scene.project}_default`]);
    const { Containers } = (await scene.docker.getNetwork(networks[0]!.Id).inspect()) as { Containers: object };
    expect(Object.keys(Containers)).toHaveLength(names.length);
  });

  test("the container is what the file says, variables included", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write(
      {
        web: {
          image: "${NAMESPACE:-e2e}/${NAME}",
          entrypoint: ["/bin/sh", "/entry"],
          command: ["one", "$$two"],
          environment: ["A=1", "B=${UNSET:-default}"],
          volumes: ["data:/data:ro", { type: "tmpfs", target: "/scratch" }],
          labels: { tier: "front" },
          healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"], interval: "500ms" },
          user: "0:0",
          working_dir: "/bin",
          stop_signal: "SIGINT",
        },
      },
      { volumes: { data: {} } },
    );
    await scene.start({ env: { NAME: `${scene.project}-web` } });
    await scene.untilServing(digest);
    const { Config, HostConfig, Mounts, NetworkSettings } = await scene.docker
      .getContainer((await scene.active())!.id)
      .inspect();
    expect(Config).toMatchObject({
      Image: `${scene.image()}@${digest}`,
      Entrypoint: ["/bin/sh", "/entry"],
      Cmd: ["one", "$two"],
      User: "0:0",
      WorkingDir: "/bin",
      StopSignal: "SIGINT",
      Healthcheck: { Interval: 500_000_000 },
    });
    expect(Config.Env).toEqual(expect.arrayContaining(["A=1", "B=default"]));
    expect(Config.Labels).toMatchObject({ tier: "front", "com.docker.compose.service": "web" });
    expect(HostConfig.NetworkMode).toBe(`${scene.project}_default`);
    expect(Mounts.map(({ Type, Destination, RW }) => [Type, Destination, RW])).toContainEqual([
      "volume",
      "/data",
      false,
    ]);
    expect(Object.keys(NetworkSettings.Networks)).toEqual([`${scene.project}_default`]);
  });
});
