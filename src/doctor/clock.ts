import type { Check } from "./check.js";
import { ill, well } from "./check.js";
import { engineFirst, engineIfAny } from "./engine.js";

/** More than an answer that takes long can explain. */
const mostMs = 30_000;

/** Whether this host's clock and the engine's agree. */
export const clock: Check = {
  name: "clock",
  timeoutMs: 12_000,
  whenSlow: engineFirst,
  look: async (instruments) => {
    const report = await engineIfAny(instruments);
    if (report === undefined) return [ill("the engine's clock cannot be read", engineFirst)];
    const { aheadMs } = report;
    const seconds = Math.round(Math.abs(aheadMs) / 1_000);
    if (Math.abs(aheadMs) < mostMs) return [well("this clock and the engine's agree")];
    const message = `this clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} the engine's`;
    return [
      ill(message, "set both by the network: `sudo timedatectl set-ntp true`, then look at `timedatectl status`"),
    ];
  },
};
