import { readFile, writeFile } from "node:fs/promises";
import { describe } from "vitest";
import type { RepositoryState } from "../../../../src/control/ports/source.js";
import { gitRepository } from "../../../sandbox/servers/git-repository.js";
import { startGitServer } from "../../../sandbox/servers/git-server.js";
import { startCountingProxy } from "../../../sandbox/proxies/counting-proxy.js";
import { monitorMs, test, type Scene } from "../scene/scene.js";

describe.concurrent("with write-back", () => {
  test("a push of an image is rolled out, then stands in the file, and nothing comes of that; the next push goes the same way", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { digest: first } = await scene.push();
    const compose = (record: string) =>
      [
        `name: ${scene.project} # the scene`,
        "services:",
        "  web:",
        `    image: ${scene.image()}${record}   # its tag is followed`,
        "    stop_grace_period: 2s",
        `    deploy: {update_config: {monitor: ${monitorMs}ms}}`,
        "",
      ].join("\n");
    const { url, repository, proxy, inGit, source, changes } = await begin(scene, onTestFinished, compose(""), {});

    const untilWritten = async (digest: string) => {
      await scene.untilServing(digest);
      await scene.until("the commit", async () => (await inGit()) === compose(`:latest@${digest}`).trim());
      await scene.until("its own commit in force", async () => {
        const now = await source();
        return now?.writeBack?.last !== undefined && now.inForce?.id === now.writeBack.last.commit;
      });
    };
    await untilWritten(first);
    for (const version of ["v2", "v3"]) {
      const { digest } = await scene.push({ version });
      await scene.hook();
      await untilWritten(digest);
      const message = await repository.git("--git-dir", repository.path, "log", "-1", "--format=%B", "main");
      expect(message).toContain(`To: ${digest}`);
      expect(message).toContain("Asked by: ");
    }
    // Another look at everything, now that its own commit is in force.
    const active = await scene.active();
    const before = changes();
    const looks = proxy.requests.length;
    await fetch(`${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/reconcile`, { method: "POST" });
    await scene.until("the look", () => proxy.requests.length > looks);
    await scene.untilStatus(({ sync }) => sync === "Synced");
    expect(changes().slice(before.length)).toEqual([]);
    expect((await scene.active())?.id).toBe(active?.id);
    expect(await repository.git("--git-dir", repository.path, "rev-list", "--count", "main")).toBe("4");
    expect((await scene.status())?.revision).toBe(3);
    expect((await source())?.writeBack?.condition).toMatchObject({ status: "True", reason: "Recorded" });
    const metrics = await (await fetch(`${scene.fairlead.adminUrl}/metrics`)).text();
    expect(metrics).toContain(`fairlead_source_writebacks_total{source="${url}",result="written"} 3`);
    const events = await (await fetch(`${scene.fairlead.adminUrl}/api/v1/events?follow=false`)).text();
    expect(events).toContain("written to main of");

    // What fails here never reaches the file.
    const serving = await inGit();
    await scene.push({ behaviour: "exit-at-once" });
    await scene.hook();
    await scene.untilStatus(({ sync }) => sync === "Held");
    expect(await inGit()).toBe(serving);
    const now = await source();
    expect(now?.writeBack?.condition.reason).toBe("Recorded");
    expect(now?.inForce?.id).toBe(now?.writeBack?.last?.commit);
  });

  test("a tag that a policy has chosen takes the place of the written one once it serves, and nothing comes of that", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { digest: first } = await scene.push({ tag: "1.4.2" });
    const compose = (tag: string) =>
      [
        `name: ${scene.project}`,
        "services:",
        "  web:",
        `    image: ${scene.image()}:${tag} # chosen`,
        "    stop_grace_period: 2s",
        `    deploy: {update_config: {monitor: ${monitorMs}ms}}`,
        "    x-fairlead: {policy: {semver: ^1.4}}",
        "",
      ].join("\n");
    const how = { what: "tag" };
    const { repository, proxy, inGit, source, changes } = await begin(scene, onTestFinished, compose("1.4.2"), how);
    await scene.untilServing(first);
    const { digest: second } = await scene.push({ tag: "1.4.3", version: "v2" });
    await scene.push({ tag: "2.0.0", version: "v3" });
    await scene.hook({ tag: "1.4.3" });
    await scene.untilServing(second);
    await scene.until("the commit", async () => (await inGit()) === compose("1.4.3").trim());
    const id = await repository.git("--git-dir", repository.path, "rev-parse", "main");
    await scene.until("its own commit in force", async () => (await source())?.inForce?.id === id);
    const [before, active, looks] = [changes(), await scene.active(), proxy.requests.length];
    await fetch(`${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/reconcile`, { method: "POST" });
    await scene.until("the look", () => proxy.requests.length > looks);
    await scene.untilStatus(({ sync }) => sync === "Synced");
    expect(changes().slice(before.length)).toEqual([]);
    expect((await scene.active())?.id).toBe(active?.id);
    expect(await repository.git("--git-dir", repository.path, "rev-list", "--count", "main")).toBe("2");
  });
});

/** A Fairlead that follows a repository with this services file and writes back into it; and what changes on its engine. */
async function begin(scene: Scene, onTestFinished: (fn: () => Promise<void>) => void, text: string, writeBack: object) {
  const repository = await gitRepository(scene.directory);
  const server = await startGitServer(scene.directory);
  const proxy = await startCountingProxy(scene.engineHost.replace(/^unix:\/\//, ""));
  onTestFinished(async () => {
    await server.stop();
    await proxy.close();
  });
  await repository.commit({ "compose.yaml": text });
  const url = `${server.url}/fleet.git`;
  const settings = JSON.parse(await readFile(scene.settingsFile, "utf8")) as object;
  await writeFile(scene.settingsFile, JSON.stringify({ ...settings, git: { url, ref: "main", writeBack } }));
  await scene.start({ withoutFile: true, env: { DOCKER_HOST: proxy.host } });
  return {
    ...{ url, repository, proxy },
    inGit: () => repository.git("--git-dir", repository.path, "show", "main:compose.yaml"),
    source: async () => {
      const response = await fetch(`${scene.fairlead.adminUrl}/api/v1/services`);
      const { sources } = (await response.json()) as { readonly sources: readonly RepositoryState[] };
      return sources[0];
    },
    /** Whatever changes something on the engine; the lease is renewed by volumes. */
    changes: () => proxy.requests.filter((line) => /^(?:POST|PUT|DELETE) /.test(line) && !line.includes("/volumes")),
  };
}
