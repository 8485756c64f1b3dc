import type { Fault } from "./fault.js";
import { clockFaults } from "./faults/clock.js";
import { controllerFaults } from "./faults/controller.js";
import { engineFaults } from "./faults/engine.js";
import { eventFaults } from "./faults/events.js";
import { outsideFaults } from "./faults/outside.js";
import { personFaults } from "./faults/person.js";

export const faults: readonly Fault[] = [
  ...controllerFaults,
  ...clockFaults,
  ...engineFaults,
  ...eventFaults,
  ...personFaults,
  ...outsideFaults,
];
