import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.js";

const downMs = 3_000;

export const engineFaults: readonly Fault[] = [
  {
    name: "engine-killed",
    text: "the engine is killed (SIGKILL) and started again 3 s later",
    endsAll: true,
    strike: async ({ play }) => {
      await play.lane.engine.kill();
      return "drop";
    },
    heal: async ({ play }) => {
      await sleep(downMs);
      await play.lane.engine.restart();
    },
  },
  {
    name: "engine-restarted",
    text: "the engine is restarted (SIGTERM); all containers end with it",
    endsAll: true,
    strike: async ({ play }) => {
      await play.lane.engine.restart();
      return "drop";
    },
    heal: () => Promise.resolve(),
  },
  {
    name: "engine-suspended",
    text: "the engine is suspended (SIGSTOP) for a minute: it takes calls and answers none",
    strike: ({ play }) => {
      process.kill(play.lane.engine.pid, "SIGSTOP");
      return Promise.resolve(undefined);
    },
    heal: async ({ play, lastsMs }) => {
      await sleep(lastsMs);
      process.kill(play.lane.engine.pid, "SIGCONT");
    },
  },
];
