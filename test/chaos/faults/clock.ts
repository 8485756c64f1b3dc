import type { Fault } from "../fault.js";

/** The jump stays: the next cell begins with the clock set right again. */
export const clockFaults: readonly Fault[] = (
  [
    ["clock-forward", 3_600, "Fairlead's wall clock jumps one hour ahead"],
    ["clock-back", -3_600, "Fairlead's wall clock jumps one hour back"],
  ] as const
).map(([name, aheadSeconds, text]) => ({
  name,
  text,
  clock: true,
  strike: async ({ play }) => {
    await play.lane.clock.set(aheadSeconds);
    return undefined;
  },
  heal: () => Promise.resolve(),
}));
