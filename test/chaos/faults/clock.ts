import { writeFile } from "node:fs/promises";
import type { Fault } from "../fault.js";

/** The jump stays: the next cell begins with the clock set right again. */
export const clockFaults: readonly Fault[] = (
  [
    ["clock-forward", "+3600", "Fairlead's wall clock jumps one hour ahead"],
    ["clock-back", "-3600", "Fairlead's wall clock jumps one hour back"],
  ] as const
).map(([name, offset, text]) => ({
  name,
  text,
  clock: true,
  strike: async ({ play }) => {
    await writeFile(play.lane.clockFile, `${offset}\n`);
    return undefined;
  },
  heal: () => Promise.resolve(),
}));
