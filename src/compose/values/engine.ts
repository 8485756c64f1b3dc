/** What runs a project's containers: the engine of one host, or a Swarm of several. */
export type EngineKind = "docker" | "swarm";
