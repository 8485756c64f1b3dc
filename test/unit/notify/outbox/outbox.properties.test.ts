import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../../../src/notify/model/channel.js";
import { ManualClock } from "../../../simulator/clock.js";
import { SimulatedDisk } from "../../../simulator/disk.js";
import { delivered, noticeOf, openOutbox, receiverOf } from "../stage.js";
import { dyingDisk } from "./dying-disk.js";

const names = ["team", "trigger/ci"] as const;
const answers: readonly Answer[] = [delivered, delivered, { outcome: "later", why: "busy" }];

const life = fc.record({
  /** How many of the disk's calls this process lives to see. */
  calls: fc.integer({ min: 1, max: 60 }),
  /** What happens in it. */
  events: fc.integer({ min: 0, max: 6 }),
});

describe("a process that ends at any call of the disk", () => {
  it("loses nothing that has happened, and repeats only what was told when its confirmation was cut off", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { maxLength: 6 }),
        fc.array(fc.nat(2), { maxLength: 40 }),
        async (lives, luck) => {
          const disk = new SimulatedDisk();
          /** All that the journal tells of, oldest first. */
          const happened: string[] = [];
          const confirmed = new Map<string, number>();
          const heard = names.map(() => [] as string[]);
          /** What was told last when each process ended: only that may come again. */
          const cutOff = names.map(() => new Set<string>());
          const tries = [...luck];
          const live = async (calls: number, events: number): Promise<void> => {
            const dying = dyingDisk(disk, calls);
            const clock = new ManualClock();
            const channels = names.map((name, index) =>
              receiverOf(name, {
                deliver: (notice) => {
                  if (dying.isDead()) return new Promise<never>(() => undefined);
                  const answer = answers[tries.shift() ?? 0] ?? delivered;
                  if (answer.outcome === "delivered") heard[index]?.push(notice.id);
                  return Promise.resolve(answer);
                },
              }),
            );
            const opening = openOutbox(channels, { disk: dying, clock });
            await clock.advance(1_000);
            if (dying.isDead()) return;
            const { outbox } = await opening;
            // The journal is followed from what it has kept.
            const note = (id: string, isPast: boolean) => {
              if (!outbox.knows(id)) outbox.note(noticeOf(id), undefined, { isPast });
            };
            for (const id of happened) note(id, true);
            for (let count = 0; count < events && !dying.isDead(); count += 1) {
              const id = `n${happened.length}`;
              happened.push(id);
              note(id, false);
              await clock.advance(1_500);
            }
            while (!dying.isDead() && outbox.standing().channels.some(({ waiting }) => waiting > 0))
              await clock.advance(5_000);
          };
          const liveOn = async (calls: number, events: number) => {
            await live(calls, events);
            for (const [index, all] of heard.entries()) {
              const last = all.at(-1);
              if (last !== undefined) cutOff[index]?.add(last);
            }
          };
          // The first start is whole: whoever is new begins with now.
          await liveOn(Infinity, 0);
          for (const { calls, events } of lives) await liveOn(calls, events);
          await liveOn(Infinity, 2);
          for (const [index, all] of heard.entries()) {
            const once = [...new Set(all)];
            expect(once).toEqual(happened);
            for (const id of once) confirmed.set(id, all.filter((one) => one === id).length);
            const twice = once.filter((id) => (confirmed.get(id) ?? 0) > 1);
            for (const id of twice) expect(cutOff[index]).toContain(id);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
