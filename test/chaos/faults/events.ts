import type { Fault } from "../fault.js";

const lost = 3;

export const eventFaults: readonly Fault[] = [
  {
    name: "events-lost",
    text: "the next three events of the engine are lost",
    strike: ({ play }) => {
      let left = lost;
      play.lane.events = () => {
        left -= 1;
        return left < 0;
      };
      return Promise.resolve(undefined);
    },
    heal: () => Promise.resolve(),
  },
  {
    name: "events-silent",
    text: "the event stream stays open and says nothing more",
    strike: ({ play }) => {
      play.lane.events = () => false;
      return Promise.resolve(undefined);
    },
    heal: () => Promise.resolve(),
  },
];
