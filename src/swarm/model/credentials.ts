import type { RegistryCredentials } from "../../control/ports/registry.js";

/** With what the nodes pull the service's image; absent: anonymously. Never in a label, a text or an argument list. */
export type PulledBy = RegistryCredentials | undefined;
