import { readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, inject, vi } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { findCompose } from "../../../sandbox/engine/docker-compose.js";
import type { Compose } from "../../../sandbox/engine/docker-compose.js";
import { patienceMs } from "../../../sandbox/host/patience.js";
import { fairlead } from "../scene/cli.js";
import { doomedEngine } from "../scene/doom.js";
import { runForeign } from "../scene/host.js";
import { order, test, type Scene } from "../scene/scene.js";

const tools: { compose: Compose | undefined } = { compose: undefined };

beforeAll(async () => {
  tools.compose = await findCompose(inject("engineHost"), (line) => {
    console.log(line);
  });
});

/** Whatever Compose has a word for here: an adopted container must be found equal in all of it. */
const web = {
  ...order("stop-first"),
  environment: { MODE: "blue", EMPTY: "" },
  labels: { "shop.kind": "front" },
  ports: ["127.0.0.1::8080"],
  volumes: ["data:/data", "/etc/hostname:/etc/host:ro"],
  networks: { front: { aliases: ["shop"] }, back: {} },
  healthcheck: {
    test: ["CMD", "wget", "-q", "-O-", "http://127.0.0.1:8080/healthz"],
    interval: "400ms",
    timeout: "10s",
  },
  user: "0:0",
};
const declared = { networks: { front: {}, back: { internal: true } }, volumes: { data: {} } };

describe.concurrent("a project that docker-compose has started", () => {
  test("is adopted untouched, rolled back to, rolled out, and still shown by docker-compose", async ({
    scene,
    expect,
    skip,
  }) => {
    const { compose } = tools;
    if (compose === undefined) return skip("docker-compose cannot be had here");
    const composeFile = `${scene.directory}/docker-compose.yml`;
    const composing = (...args: readonly string[]) =>
      compose(["-p", scene.project, "-f", composeFile, ...args], scene.engineHost);
    const first = await scene.push();
    await scene.push({ name: "db" });
    await scene.write({ web: { ...web, depends_on: ["db"] }, db: { networks: ["back"] } }, declared);
    // This old Compose knows no top-level `name`.
    const { name: _name, ...file } = JSON.parse(await readFile(scene.servicesFile, "utf8")) as Record<string, unknown>;
    await writeFile(composeFile, JSON.stringify(file));
    await composing("up", "-d");
    const before = await scene.containers();
    expect(before.map(({ service }) => service).sort()).toEqual(["db", "web"]);

    await scene.start();
    for (const service of ["web", "db"]) await scene.untilStatus(isInTheWay, service);
    expect(await scene.containers(), "it touches nothing unasked").toEqual(before);
    const admin = ["--admin", scene.fairlead.adminUrl];
    const files = ["-f", scene.servicesFile, "--config", scene.settingsFile, "--data", `${scene.directory}/data`];
    const env = { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease };
    const offered = await fairlead(["plan", ...files], env);
    expect(offered.stdout, "what adoption would bring").toContain("is what the file asks for");
    expect(offered).toMatchObject({ code: 0 });

    const adopted = await fairlead(["adopt", scene.project, ...admin], env);
    expect(adopted, adopted.stderr).toMatchObject({ code: 0 });
    for (const service of ["web", "db"]) {
      expect(adopted.stdout).toContain(`${scene.project}/${service}: adopted ${scene.project}`);
      await scene.untilStatus(({ sync, health }) => sync === "Synced" && health === "Healthy", service);
    }
    expect(await scene.status()).toMatchObject({ activeDigest: first.digest, revision: 0 });
    expect(await scene.containers(), "what equals the file is left running").toEqual(before);
    expect((await fairlead(["plan", ...files], env)).stdout).toContain("nothing to do");

    const old = before.find(({ service }) => service === "web")!;
    await scene.push({ behaviour: "exit-at-once" });
    await scene.hook();
    await scene.untilStatus(({ sync, health }) => sync === "Held" && health === "Healthy");
    const back = (await scene.containers()).find(({ id }) => id === old.id);
    expect(back).toMatchObject({ name: old.name, state: "running", restartPolicy: "unless-stopped" });

    const good = await scene.push();
    await scene.hook();
    await scene.untilServing(good.digest);
    const kept = (await scene.containers()).find(({ id }) => id === old.id);
    expect(kept).toMatchObject({ name: `${old.name}.previous`, state: "exited", restartPolicy: "no" });
    const shown = await composing("ps");
    expect(shown).toMatch(new RegExp(`${scene.project}-web-1 .*Up`));
    expect((await scene.containers()).filter(({ service }) => service === "db")).toEqual(
      before.filter(({ service }) => service === "db"),
    );
  });
});

describe.concurrent("a container that docker run has started", () => {
  test("is adopted by its name, and replaced behind the gate where it differs", async ({ scene, expect }) => {
    const name = `${scene.project}-solo`;
    const { digest } = await scene.push();
    const image = `${scene.image()}@${digest}`;
    await scene.docker.pull(image).then((stream) => new Promise((resolve) => stream.on("end", resolve).resume()));
    const { id } = await runForeign(scene.docker, image, { name });
    await scene.write({ web: { container_name: name } });
    await scene.start();
    await scene.untilStatus(isInTheWay);
    expect((await scene.docker.getContainer(id).inspect()).State.Running).toBe(true);

    await scene.write({ web: { container_name: name } }, { "x-fairlead": { adopt: true } });
    await scene.untilStatus(({ sync, revision }) => sync === "Synced" && revision === 1);
    const after = await scene.docker.getContainer(id).inspect();
    expect([after.Name, after.State.Running]).toEqual([`/${name}.previous`, false]);
    const created = scene.logs().map(({ msg }) => String(msg));
    expect(created.find((line) => line.startsWith(`create ${name}.next`))).toMatch(
      /differs from the file in entrypoint, healthcheck, network_mode|networks\./,
    );
    await scene.docker.getContainer(id).remove();
  });
});

/** One after another, at each changing call of the rollout that replaces what was adopted. */
describe("killed in the middle of an adopting rollout", () => {
  test("the next start goes on with it", async ({ scene, expect, onTestFinished }) => {
    const doom = await doomedEngine(scene.engineHost);
    onTestFinished(() => doom.close());
    await scene.stage({ engineHost: doom.host });
    const { digest } = await scene.push();
    const image = `${scene.image()}@${digest}`;
    await scene.docker.pull(image).then((stream) => new Promise((resolve) => stream.on("end", resolve).resume()));
    await scene.write({ web: order("stop-first") }, { "x-fairlead": { adopt: true } });
    const died: string[] = [];
    for (let n = 2; died.length * 2 === n - 2; n += 2) {
      const name = `${scene.project}_web_1`;
      const made = { name, project: scene.project, service: "web", restart: "unless-stopped" };
      const { id } = await runForeign(scene.docker, image, made);
      doom.arm({ n, phase: "after" }, () => scene.fairlead);
      await scene.start({ awaitReady: false }).catch(() => undefined);
      const done = async () => isReplaced(await scene.status().catch(() => undefined));
      await scene.until(`round ${n}`, async () => doom.struck() !== undefined || (await done()));
      const call = doom.struck();
      doom.disarm();
      if (call !== undefined) {
        died.push(`${call.method} ${call.path}`);
        await scene.start();
      }
      await scene.untilStatus(isReplaced);
      const round = `round ${n}: ${call?.path ?? "it lived"}`;
      await vi.waitFor(
        async () => {
          const seen = await scene.containers();
          expect(
            seen.map((one) => [one.name, one.state, one.restartPolicy]),
            round,
          ).toEqual([
            [`${scene.project}-web-1`, "running", "unless-stopped"],
            [`${name}.previous`, "exited", "no"],
          ]);
          expect(seen.at(1)?.id, round).toBe(id);
        },
        { timeout: patienceMs },
      );
      await scene.fairlead.stop();
      await clear(scene);
    }
    for (const kind of ["/create", "/stop", "/rename"]) expect(died.join("\n")).toContain(kind);
  });
});

async function clear(scene: Scene): Promise<void> {
  for (const { id } of await scene.containers()) await scene.docker.getContainer(id).remove({ force: true });
}

/** What was adopted has revision 0. */
function isReplaced(status: ServiceStatus | undefined): boolean {
  return status?.sync === "Synced" && status.health === "Healthy" && (status.revision ?? 0) > 0;
}

function isInTheWay({ conditions }: ServiceStatus): boolean {
  return conditions.some(({ reason }) => reason === "NameConflict");
}
