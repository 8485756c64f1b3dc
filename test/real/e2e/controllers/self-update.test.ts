import { describe, expect } from "vitest";
import { hostedIn } from "../scene/hosted.js";
import { test } from "../scene/scene.js";

/** It stands by as it should, and ends as soon as it is in charge. */
const diesInOffice = (port: number) => `
const { Server } = require("node:net");
const { listen } = Server.prototype;
Server.prototype.listen = function (...given) {
  if (JSON.stringify(given).includes("${port}")) process.exit(1);
  return listen.apply(this, given);
};`;

describe("a controller in its own services file", () => {
  test("is replaced by a new image, whoever is killed meanwhile; a bad one is taken back", async ({ scene }) => {
    const { digest: served } = await scene.push();
    const self = await hostedIn(scene, { services: { web: {} } });
    const web = await scene.active();
    expect(web?.digest).toBe(served);

    const second = await self.publish({ version: "v2" });
    await self.look("fairlead");
    await self.crash(".helper");
    await self.crash("");
    await self.crash(".next");
    await self.crash(".helper");
    expect(await self.untilInCharge(second.digest)).toMatchObject({ sync: "Synced", desiredDigest: second.digest });

    const bad = await self.publish({ version: "v3", preload: diesInOffice(self.hooks) });
    await self.look("fairlead");
    await self.untilThere(".failed");
    const held = await self.untilInCharge(second.digest);
    expect(held).toMatchObject({ sync: "Held", desiredDigest: bad.digest });
    expect(held.conditions.find(({ type }) => type === "Ready")?.message).toMatch(
      /failed: it exited with code 1 .*; held until/,
    );
    // Nobody has touched the others.
    expect(await scene.active()).toEqual(web);
    const names = (await scene.containers()).map(({ name }) => name.replace(scene.project, ""));
    expect(names).toEqual(["-fairlead-1", "-fairlead-1.failed", "-fairlead-1.previous", "-web-1"]);
    const { Volumes } = await scene.docker.listVolumes();
    const marks = Volumes.filter(({ Name }) => Name.startsWith("fairlead-lease.") && Name.includes(scene.project));
    expect(marks.length, JSON.stringify(marks.map(({ Name }) => Name))).toBeLessThan(3);
  });
});
