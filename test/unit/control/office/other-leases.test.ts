import { describe, expect, it } from "vitest";
import { formatHolder } from "../../../../src/control/office/holder.js";
import { Lease } from "../../../../src/control/office/lease.js";
import { OtherLeases } from "../../../../src/control/office/other-leases.js";
import { silentLog } from "../../../../src/console/log.js";
import { ManualClock } from "../../../simulator/clock.js";
import { SimulatedMarks } from "../../../simulator/marks.js";

const self = { token: "a", host: "web1", pid: 7, since: "2030-01-01T00:00:00.000Z" };

function scene() {
  const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
  const lease = new Lease({ marks, name: "edge", self, isGone: () => false, clock, log: silentLog });
  const others = new OtherLeases({ marks, lease: "default", clock });
  const seen = async () => [...(await others.inCharge(["edge", "default"])).keys()];
  return { marks, clock, lease, others, seen };
}

describe("another lease", () => {
  it("is in charge as long as its holder lives, which it is asked for now and then, and says where it is", async () => {
    const { marks, clock, lease, others, seen } = scene();
    await lease.claim();
    for (let passed = 0; passed < 200; passed += 1) {
      expect(await seen()).toEqual(["edge"]);
      await clock.advance(1_000);
    }
    expect((await others.inCharge(["edge"])).get("edge")).toMatch(/^process 7 on web1, since 2030/);
    await lease.assertHeld();
    const numbers = [...marks.texts.keys()].map((name) => Number(name.split(".")[1]));
    expect(Math.max(...numbers), "it is not asked all the time").toBeLessThan(10);
  });

  it("is gone once its holder has not answered for so long that it could not act any more", async () => {
    const { marks, clock, seen } = scene();
    marks.texts.set("edge.4", formatHolder(self));
    expect(await seen()).toEqual(["edge"]);
    await clock.advance(8_900);
    expect(await seen()).toEqual(["edge"]);
    await clock.advance(3_100);
    expect(await seen()).toEqual([]);
    marks.texts.set("edge.5", formatHolder(self));
    expect(await seen(), "another one has come").toEqual(["edge"]);
  });

  it("is gone some time after its holder has ended, which may be about to start again", async () => {
    const { clock, lease, seen } = scene();
    await lease.claim();
    expect(await seen()).toEqual(["edge"]);
    await lease.release();
    await clock.advance(4_000);
    expect(await seen()).toEqual(["edge"]);
    await clock.advance(31_000);
    expect(await seen()).toEqual([]);
  });

  it("that nobody holds is nobody's, and the own one no other's", async () => {
    const { marks, seen } = scene();
    marks.texts.set("default.1", formatHolder(self));
    expect(await seen()).toEqual([]);
    expect([...marks.texts.keys()]).toEqual(["default.1"]);
  });

  it("is taken at its word by one that only looks, and nothing is written", async () => {
    const { marks, clock } = scene();
    marks.texts.set("edge.4", formatHolder(self));
    const looker = new OtherLeases({ marks, lease: "default", clock, isSilent: true });
    for (let passed = 0; passed < 3; passed += 1) {
      expect([...(await looker.inCharge(["edge"])).keys()]).toEqual(["edge"]);
      await clock.advance(30_000);
    }
    expect([...marks.texts.keys()]).toEqual(["edge.4"]);
  });
});
