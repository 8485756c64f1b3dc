import type { Shared } from "../../compose/model/relations.js";

/** As a plan's text calls what is shared. */
export const sharedNames: Readonly<Record<Shared, string>> = {
  network: "network",
  ipc: "IPC namespace",
  pid: "PID namespace",
  volumes: "volumes",
};
