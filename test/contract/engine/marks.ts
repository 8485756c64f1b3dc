import { expect, it } from "vitest";
import type { VolumeSpec } from "../../../src/compose/model/mount.js";
import type { EngineEvent } from "../../../src/control/ports/events.js";
import type { Bench } from "./bench.js";
import { project } from "./service.js";

export function marksContract(bench: Bench): void {
  it("keeps the first text of a mark, and tells it to whoever comes second", async () => {
    const { marks } = bench.stage;
    expect(await marks.put("contract.1", "first")).toBe("first");
    expect(await marks.put("contract.1", "second")).toBe("first");
    expect([...(await marks.list("contract."))]).toEqual([["contract.1", "first"]]);
    await marks.remove("contract.1");
    await marks.remove("contract.1");
    expect((await marks.list("contract.")).size).toBe(0);
    expect(await marks.put("contract.1", "third")).toBe("third");
    await marks.remove("contract.1");
  });

  it("lets one of many who write a mark at once be the first, and all agree who", async () => {
    const { marks } = bench.stage;
    const writers = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
    const answers = await Promise.all(writers.map((writer) => marks.put("contract-race.1", writer)));
    expect(new Set(answers).size).toBe(1);
    expect((await marks.list("contract-race.")).get("contract-race.1")).toBe(answers[0]);
    await marks.remove("contract-race.1");
  });

  it("lists marks by the beginning of their name, not by what else is in it", async () => {
    const { marks } = bench.stage;
    for (const name of ["contract-a.1", "contract-b.1", "other-contract-a.1"]) await marks.put(name, "{}");
    expect([...(await marks.list("contract-a.")).keys()]).toEqual(["contract-a.1"]);
    for (const name of ["contract-a.1", "contract-b.1", "other-contract-a.1"]) await marks.remove(name);
  });

  it("keeps marks out of what is seen of the host, and wakes nobody because of them", async () => {
    const { marks } = bench.stage;
    const events: EngineEvent[] = [];
    const end = new AbortController();
    const watching = bench.engine.watch((event) => {
      // Those come by themselves.
      if (event.kind !== "beat") events.push(event);
    }, end.signal);
    while (!events.some(({ kind }) => kind === "resync")) await bench.stage.wait(50);
    await bench.engine.snapshot();
    const before = bench.stage.counts().otherLists;
    const seen = events.length;
    await marks.put("contract-seen.1", "{}");
    await bench.stage.wait(300);
    const { volumes } = await bench.engine.snapshot();
    expect([...volumes.keys()].filter((name) => name.includes("contract-seen.1"))).toEqual([]);
    await marks.remove("contract-seen.1");
    await bench.stage.wait(300);
    await bench.engine.snapshot();
    expect(events.slice(seen)).toEqual([]);
    expect(bench.stage.counts().otherLists, "no list of volumes is read again").toBe(before);
    // Whereas a volume of a service is told.
    const volume: VolumeSpec = {
      key: "told",
      name: "contract_told",
      external: false,
      driver: undefined,
      driverOpts: {},
      labels: {},
    };
    await bench.engine.createVolume({ kind: "create-volume", volume, project, because: "a test" });
    while (events.length === seen) await bench.stage.wait(50);
    end.abort();
    await watching;
  });
}
