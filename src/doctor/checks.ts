import type { Check } from "./check.js";
import { clock } from "./clock.js";
import { controller, leases } from "./controllers.js";
import { engine, socket } from "./engine.js";
import { files } from "./files.js";
import { certificates, hooks } from "./hooks.js";
import { journal } from "./journal.js";
import { dns, git, registries } from "./network.js";
import { dataDirectory, imageStore } from "./space.js";

/** All of them, in the order in which they are told: what others depend on comes first. */
export const checks: readonly Check[] = [
  ...[socket, engine, imageStore, clock],
  ...[dataDirectory, journal, controller, leases],
  ...[files, git, dns, registries],
  ...[hooks, certificates],
];
