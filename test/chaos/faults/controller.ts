import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.js";

const suspendedMs = 10_000;

export const controllerFaults: readonly Fault[] = [
  {
    name: "controller-killed",
    text: "Fairlead is killed (SIGKILL) and started again",
    strike: async ({ play }) => {
      await play.fairlead.kill("SIGKILL");
      return "drop";
    },
    heal: ({ play }) => play.restart(),
  },
  {
    name: "controller-suspended",
    text: "Fairlead is suspended (SIGSTOP) for 10 s",
    strike: ({ play }) => {
      process.kill(play.fairlead.pid, "SIGSTOP");
      return Promise.resolve(undefined);
    },
    heal: async ({ play }) => {
      await sleep(suspendedMs);
      process.kill(play.fairlead.pid, "SIGCONT");
    },
  },
];
