import { writeFile } from "node:fs/promises";
import { describe, inject } from "vitest";
import { startVendor } from "../../../unit/notify/exchange/vendor.js";
import { test, type Scene } from "../scene/scene.js";

/** Docker Hub builds, its webhook begins GitLab's pipeline; that one pushes the same image again, and moves `latest`. */
async function writeSettings(scene: Scene, gitlab: string): Promise<void> {
  const tokenFile = `${scene.directory}/gitlab-token`;
  const hubFile = `${scene.directory}/hub-secret`;
  await writeFile(tokenFile, "glptt-0123456789abcdef\n", { mode: 0o600 });
  await writeFile(hubFile, `${scene.hookSecret}\n`, { mode: 0o600 });
  const settings = {
    registries: { "docker.io": { mirror: inject("registryUrl") } },
    receivers: { hub: { type: "dockerhub", secretFile: hubFile } },
    trigger: {
      gitlab: {
        ...{ url: gitlab, project: "42", ref: "main", tokenFile, on: ["hook:hub", "hook:dockerhub"] },
        ...{ ignoreTags: ["latest"], variables: { IMAGE: "{image}", TAG: "{tag}", DIGEST: "{digest}" } },
      },
    },
  };
  await writeFile(scene.settingsFile, JSON.stringify(settings));
}

describe.concurrent("a pipeline elsewhere", () => {
  test("is begun by a push that concerns no service here, once for its digest, and not by latest", async ({
    scene,
    expect,
  }) => {
    const gitlab = await startVendor({ status: 201, text: '{"id":1}' });
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    await writeSettings(scene, gitlab.url);
    const built = await scene.push({ name: "psycher", tag: "1.2.0" });
    await scene.push({ name: "psycher" });
    await scene.start();
    await scene.untilServing(digest);

    const pushed = (tag: string) => scene.hook({ name: "psycher", tag });
    expect((await pushed("1.2.0")).status).toBe(200);
    await scene.until("the pipeline", () => gitlab.asked.length > 0);
    // The signed image has the digest that was there before, and is told several times; then the tag of all tags moves.
    for (const tag of ["1.2.0", "1.2.0", "latest"]) await pushed(tag);
    await scene.start();
    await pushed("1.2.0");
    // Only what is told after all of these shows that they have begun nothing.
    const next = await scene.push({ name: "psycher", tag: "1.3.0" });
    await pushed("1.3.0");
    await scene.until("the next pipeline", () => gitlab.asked.length > 1);

    const asked = gitlab.asked.map(({ path, body }) => ({ path, ...Object.fromEntries(new URLSearchParams(body)) }));
    const path = "/api/v4/projects/42/trigger/pipeline";
    const common = { path, token: "glptt-0123456789abcdef", ref: "main" };
    const variables = (tag: string, image: string) => ({
      ...{ "variables[IMAGE]": `${scene.image("psycher")}:${tag}`, "variables[TAG]": tag, "variables[DIGEST]": image },
    });
    expect(asked).toEqual([
      { ...common, ...variables("1.2.0", built.digest) },
      { ...common, ...variables("1.3.0", next.digest) },
    ]);
    expect(await scene.everythingSaid()).not.toContain("glptt-0123456789abcdef");
  });
});
