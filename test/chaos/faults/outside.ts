import { rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Moment } from "../fault.js";

const filler = ({ play }: Moment) => `${play.lane.dataDirectory}/filler`;
const hungMs = 8_000;

export const outsideFaults: readonly Fault[] = [
  {
    name: "disk-full",
    text: "the disk of the data directory is full, and stays so until the rollout has ended",
    strike: async (moment) => {
      // It ends with ENOSPC, which is what is wanted.
      await writeFile(filler(moment), Buffer.alloc(16 << 20)).catch(() => undefined);
      return undefined;
    },
    heal: () => Promise.resolve(),
  },
  {
    name: "registry-hung",
    text: "the registry answers each question 8 s late, for 8 s",
    strike: ({ play }) => {
      play.lane.registry.inject({}, { delayMs: hungMs });
      return Promise.resolve(undefined);
    },
    heal: async ({ play }) => {
      await sleep(hungMs);
      play.lane.registry.heal();
    },
  },
];

/** What a cell may have left behind outside Fairlead and the engine. */
export async function clearOutside(moment: Moment): Promise<void> {
  await rm(filler(moment), { force: true });
  moment.play.lane.registry.heal();
}
