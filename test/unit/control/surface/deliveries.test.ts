import { describe, expect, it } from "vitest";
import { Events } from "../../../../src/control/journal/events.js";
import { Deliveries } from "../../../../src/control/surface/deliveries.js";
import type { Delivery } from "../../../../src/control/surface/deliveries.js";
import { silentLog } from "../../../../src/console/log.js";
import { manualClock } from "../clock.js";

function open() {
  const clock = manualClock();
  const events = new Events();
  const lines: [object, string][] = [];
  const log = { ...silentLog, info: (fields: object, text: string) => void lines.push([fields, text]) };
  return { clock, events, lines, deliveries: new Deliveries({ events, clock, log }) };
}

const of = (delivery: Partial<Delivery>): Delivery => ({
  ...{ hook: "dockerhub", outcome: "accepted", services: [], why: undefined },
  ...delivery,
});
const image = "docker.io/acme/web:latest";

describe("a delivery", () => {
  it("leaves a line and an event, with its outcome as the reason", () => {
    const { deliveries, lines, events } = open();
    deliveries.add(of({ services: ["shop/web"], why: image }));
    deliveries.add(of({ services: ["shop/web", "blog/web"], why: image }));
    deliveries.add(of({ outcome: "ignored", why: `no declared service uses ${image}` }));
    deliveries.add(of({ outcome: "unauthorized", why: "its secret is wrong" }));
    deliveries.add(of({ outcome: "unavailable", why: "not ready" }));
    expect(lines).toEqual([
      [
        { hook: "dockerhub", outcome: "accepted", services: ["shop/web"] },
        `hook dockerhub: accepted for shop/web: ${image}`,
      ],
      [
        { hook: "dockerhub", outcome: "accepted", services: ["shop/web", "blog/web"] },
        `hook dockerhub: accepted for shop/web, blog/web: ${image}`,
      ],
      [{ hook: "dockerhub", outcome: "ignored" }, `hook dockerhub: ignored: no declared service uses ${image}`],
      [{ hook: "dockerhub", outcome: "unauthorized" }, "hook dockerhub: refused: its secret is wrong"],
      [{ hook: "dockerhub", outcome: "unavailable" }, "hook dockerhub: put off: not ready"],
    ]);
    const told = [...events.lately("delivery", 9)].reverse();
    expect(told.map(({ message }) => message)).toEqual(lines.map(([, text]) => text));
    expect(told.map(({ project, service, reason }) => [project, service, reason])).toEqual([
      ["shop", "web", "Accepted"],
      [undefined, undefined, "Accepted"],
      [undefined, undefined, "Ignored"],
      [undefined, undefined, "Unauthorized"],
      [undefined, undefined, "Unavailable"],
    ]);
  });

  it("in a flood is counted, and the flood's size is told when the minute is over", async () => {
    const { deliveries, lines, events, clock } = open();
    const refused = of({ outcome: "unauthorized", why: "its secret is wrong" });
    for (let count = 0; count < 500; count += 1) deliveries.add(refused);
    expect(lines).toHaveLength(3);
    deliveries.add(of({ hook: "generic", outcome: "unauthorized", why: "it shows no secret" }));
    for (let count = 0; count < 21; count += 1) deliveries.add(of({ services: ["shop/web"] }));
    expect(lines, "one flood hides neither another receiver's deliveries nor good ones").toHaveLength(3 + 1 + 20);
    await clock.advance(60_000);
    expect(lines.slice(24).map(([, text]) => text)).toEqual([
      "hook dockerhub: refused: 497 more deliveries within a minute",
      "hook dockerhub: accepted: 1 more delivery within a minute",
    ]);
    deliveries.add(refused);
    expect(lines.at(-1)?.[1]).toBe("hook dockerhub: refused: its secret is wrong");
    expect(events.lately("delivery", 99)).toHaveLength(lines.length);
    await clock.advance(600_000);
    expect(lines).toHaveLength(27);
  });
});
