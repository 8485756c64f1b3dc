import { describe } from "vitest";
import { quick, test } from "../scene/scene.js";

describe("a first start that takes longer than its health check allows", () => {
  test("is left running and taken when it is healthy; a file that says otherwise is obeyed", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push({ behaviour: { slowStartMs: 6_000 }, healthcheck: quick });
    const image = scene.image();
    const strict = { deploy: { update_config: { failure_action: "rollback" } } };
    await scene.write({ web: {}, strict: { image, ...strict } });
    await scene.start();
    const late = await scene.untilStatus(({ health }) => health === "Degraded");
    expect(late.conditions.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      reason: "Unhealthy",
    });
    expect(late.conditions.find(({ type }) => type === "Ready")?.message).toContain("start_period");
    await scene.untilStatus(({ sync }) => sync === "Held", "strict");
    const [first] = (await scene.containers()).filter(({ service }) => service === "web");
    const status = await scene.untilServing(digest);
    expect(status.lastRollout?.outcome).toBe("promoted");
    expect(await scene.active(), "the very run that was late").toMatchObject({
      id: first?.id,
      startedAt: first?.startedAt,
    });
  });
});
