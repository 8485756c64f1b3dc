import { describe, onTestFinished } from "vitest";
import { pull } from "../../sandbox/docker.js";
import { inspect, runForeign } from "../scene/host.js";
import { test } from "../scene/scene.js";

describe("a service in the network of a container that others run", () => {
  test("follows that container, is not healthy without it, and is updated within it", async ({ scene, expect }) => {
    const first = await scene.push();
    const name = `${scene.project}-vpn`;
    await pull(scene.docker, `${scene.image()}@${first.digest}`);
    onTestFinished(() =>
      scene.docker
        .getContainer(name)
        .remove({ force: true })
        .catch(() => undefined),
    );
    const runVpn = async () => (await runForeign(scene.docker, `${scene.image()}@${first.digest}`, { name })).id;
    const networkOf = async () => {
      const active = await scene.active();
      const found = active && (await inspect(scene.docker, active.id));
      return found?.HostConfig.NetworkMode;
    };
    const original = await runVpn();
    await scene.write({ web: { network_mode: `container:${name}` } });
    await scene.start();
    await scene.untilServing(first.digest);
    expect(await networkOf()).toBe(`container:${original}`);

    const second = await scene.push();
    await scene.hook();
    await scene.untilServing(second.digest);
    expect((await scene.status())?.lastRollout?.outcome, "both listen on one port").toBe("promoted");

    await scene.docker.getContainer(original).remove({ force: true });
    const lost = await scene.untilStatus(({ health }) => health !== "Healthy");
    expect(lost.conditions.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      reason: "WaitingForDependency",
    });
    const again = await runVpn();
    await scene.until("it has followed", async () => (await networkOf()) === `container:${again}`);
    await scene.untilServing(second.digest);
    await scene.untilStatus(({ health }) => health === "Healthy");
  });
});
