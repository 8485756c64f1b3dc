import { afterEach, describe, expect, it } from "vitest";
import type { Mount } from "../../../../src/compose/model/mount.js";
import { specOf } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const path = "/srv/shop/nginx.conf";
const mount: Mount = { type: "bind", source: path, target: "/etc/nginx.conf", readOnly: true, createHostPath: true };

async function open(options: Parameters<Stage["start"]>[0] = {}) {
  const stage = await openStage([specOf({ container: { mounts: [mount] }, update: { monitorMs: 500 } })]);
  stages.push(stage);
  stage.engine.files.replace(path, "old");
  stage.push("a", { check: "none" });
  let controller = await stage.start(options);
  const condition = (type: string) =>
    controller.surface.service("shop/web")?.conditions.find((one) => one.type === type);
  const isStale = () => condition("StaleMount")?.status;
  await stage.until("it serves", () => condition("Ready")?.status === "True");
  await stage.pass(5_000);
  const again = async (more: Parameters<Stage["start"]>[0] = {}) => {
    await controller.stop();
    controller = await stage.start({ ...options, ...more });
    await stage.until("it is seen", () => condition("Ready")?.status === "True");
  };
  const active = () => stage.engine.world.host.containers.find(({ role }) => role === "active");
  return { stage, condition, isStale, again, active, controller: () => controller };
}

describe("a mounted file", () => {
  it("that another one has taken the place of is told, until the container starts again", async () => {
    const { stage, condition, isStale, again, active } = await open();
    expect(condition("StaleMount")).toMatchObject({ status: "False", reason: "Converged" });
    stage.engine.files.replace(path, "new");
    await stage.until("told", () => isStale() === "True");
    expect(condition("StaleMount")).toMatchObject({
      reason: "StaleMount",
      message:
        "shop-web-1 does not see /srv/shop/nginx.conf as it is now: another file has taken its place since it started; " +
        "`docker restart shop-web-1` brings the new content; mount its folder in place of the file and it needs no restart",
    });
    expect(condition("Ready"), "it serves all the same").toMatchObject({ status: "True", reason: "Converged" });
    expect(condition("Ready")?.message).toContain("does not see /srv/shop/nginx.conf");
    await again();
    expect(isStale(), "after a restart of ours").toBe("True");
    stage.engine.stopByHand(active()?.id ?? "");
    await stage.until("fresh", () => isStale() === "False");
    await stage.pass(10_000);
    expect(isStale()).toBe("False");
  });

  it("that was moved there is another one too, and the old one in its place again is none", async () => {
    const { stage, isStale } = await open();
    stage.engine.files.move(path, "/srv/kept");
    stage.engine.files.replace("/srv/other", "new");
    stage.engine.files.move("/srv/other", path);
    await stage.until("told", () => isStale() === "True");
    stage.engine.files.move("/srv/kept", path);
    await stage.until("fresh", () => isStale() === "False");
  });

  it("that is removed is told until it is back, and nothing is done about it", async () => {
    const { stage, condition, isStale, active } = await open();
    const before = active()?.id;
    stage.engine.files.replace("/srv/shop/other", "beside it");
    stage.engine.files.move(path, "/srv/kept");
    await stage.until("told", () => isStale() === "True");
    expect(condition("StaleMount")?.message).toBe(
      "/srv/shop/nginx.conf is not on the host any more, and shop-web-1 still has what it started with; " +
        "put it back before it starts again",
    );
    expect(condition("Ready")?.status).toBe("True");
    await stage.pass(60_000);
    expect([isStale(), active()?.id]).toEqual(["True", before]);
    stage.engine.files.move("/srv/kept", path);
    await stage.until("fresh", () => isStale() === "False");
  });

  it("whose folder cannot be seen any more is nothing to tell", async () => {
    const { stage, isStale } = await open();
    stage.engine.files.remove(path);
    await stage.pass(60_000);
    expect(isStale()).toBe("False");
  });

  it.each<[string, (stage: Stage) => void]>([
    [
      "has another content",
      ({ engine }) => {
        engine.files.overwrite(path, "new");
      },
    ],
    [
      "was replaced by its like",
      ({ engine }) => {
        engine.files.replace(path, "old");
      },
    ],
    [
      "is gone",
      ({ engine }) => {
        engine.files.move(path, "/srv/elsewhere");
      },
    ],
  ])("that %s is nothing to tell", async (_what, change) => {
    const { stage, isStale, again } = await open();
    change(stage);
    await stage.pass(10_000);
    expect(isStale()).toBe("False");
    await again({ forgetful: true });
    await stage.pass(10_000);
    expect(isStale(), "nor without a journal").toBe("False");
  });

  it("that had changed before anybody looked is nothing to tell, nor what comes after it", async () => {
    const { stage, isStale, again } = await open();
    stage.engine.files.move(path, "/srv/kept");
    stage.engine.files.replace(path, "new");
    await again({ forgetful: true });
    stage.engine.files.move("/srv/kept", path);
    await stage.pass(10_000);
    expect(isStale(), "it has that very file").toBe("False");
  });

  it("that cannot be seen from here is nothing to tell", async () => {
    const { stage, isStale } = await open({ seesFiles: false });
    stage.engine.files.replace(path, "new");
    await stage.pass(10_000);
    expect(isStale()).toBe("False");
  });

  it("of our own, where the engine has another one at the same path, is nothing to tell", async () => {
    const { stage, isStale } = await open();
    stage.engine.statMounted = () => Promise.resolve({ size: 999, modifiedAt: 0 });
    stage.engine.files.replace(path, "new");
    await stage.pass(10_000);
    expect(isStale()).toBe("False");
  });
});
