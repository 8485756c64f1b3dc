/** What of the file, or of the settings, needs the call; `core`: every file. */
export type Feature = "core" | "exec" | "files" | "signals" | "build" | "swarm";

/** A call of the engine's API that the product makes. */
export interface ProxyCall {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Without the version; `{container}` and the like stand for what varies. */
  readonly path: string;
  readonly feature: Feature;
  /** It is made without a version before it. */
  readonly bare?: true;
}

/** What may stand in a path's place, as a part of a Go and of a JavaScript expression. */
export const places: Readonly<Record<string, string>> = {
  container: "[0-9a-f]{64}",
  exec: "[0-9a-f]{64}",
  network: "[0-9a-f]{64}",
  networkName: "[\\w.-]+",
  swarmId: "[a-z0-9]{25}",
  image: "\\w[\\w.:@-]*(/\\w[\\w.:@-]*)*",
  lease: "fairlead-lease\\.[\\w-]+\\.\\d+(\\.asked)?",
};

/** All of them. What is not here, no socket proxy lets through. */
export const calls: readonly ProxyCall[] = [
  { method: "GET", path: "/version", feature: "core", bare: true },
  { method: "GET", path: "/info", feature: "core" },
  { method: "GET", path: "/events", feature: "core" },
  { method: "GET", path: "/networks", feature: "core" },
  { method: "GET", path: "/volumes", feature: "core" },
  { method: "GET", path: "/containers/json", feature: "core" },
  { method: "GET", path: "/containers/{container}/json", feature: "core" },
  { method: "GET", path: "/containers/{container}/logs", feature: "core" },
  { method: "GET", path: "/images/json", feature: "core" },
  { method: "GET", path: "/images/{image}/json", feature: "core" },
  { method: "POST", path: "/networks/create", feature: "core" },
  { method: "POST", path: "/networks/{networkName}/connect", feature: "core" },
  { method: "POST", path: "/networks/{networkName}/disconnect", feature: "core" },
  { method: "POST", path: "/volumes/create", feature: "core" },
  { method: "POST", path: "/images/create", feature: "core" },
  { method: "POST", path: "/images/{image}/tag", feature: "core" },
  { method: "POST", path: "/containers/create", feature: "core" },
  { method: "POST", path: "/containers/{container}/start", feature: "core" },
  { method: "POST", path: "/containers/{container}/stop", feature: "core" },
  { method: "POST", path: "/containers/{container}/rename", feature: "core" },
  { method: "POST", path: "/containers/{container}/update", feature: "core" },
  { method: "DELETE", path: "/containers/{container}", feature: "core" },
  { method: "DELETE", path: "/networks/{network}", feature: "core" },
  { method: "DELETE", path: "/volumes/{lease}", feature: "core" },
  { method: "DELETE", path: "/images/{image}", feature: "core" },

  { method: "POST", path: "/containers/{container}/exec", feature: "exec" },
  { method: "POST", path: "/exec/{exec}/start", feature: "exec" },
  { method: "GET", path: "/exec/{exec}/json", feature: "exec" },

  { method: "HEAD", path: "/containers/{container}/archive", feature: "files" },
  { method: "PUT", path: "/containers/{container}/archive", feature: "files" },

  { method: "POST", path: "/containers/{container}/kill", feature: "signals" },

  { method: "POST", path: "/build", feature: "build" },
  { method: "POST", path: "/session", feature: "build" },

  { method: "GET", path: "/nodes", feature: "swarm" },
  { method: "GET", path: "/services", feature: "swarm" },
  { method: "GET", path: "/services/{swarmId}/logs", feature: "swarm" },
  { method: "GET", path: "/tasks", feature: "swarm" },
  { method: "GET", path: "/tasks/{swarmId}/logs", feature: "swarm" },
  { method: "GET", path: "/networks/{swarmId}", feature: "swarm" },
  { method: "GET", path: "/configs", feature: "swarm" },
  { method: "GET", path: "/configs/{swarmId}", feature: "swarm" },
  { method: "GET", path: "/secrets", feature: "swarm" },
  { method: "POST", path: "/services/create", feature: "swarm" },
  { method: "POST", path: "/services/{swarmId}/update", feature: "swarm" },
  { method: "POST", path: "/configs/create", feature: "swarm" },
  { method: "POST", path: "/configs/{swarmId}/update", feature: "swarm" },
  { method: "POST", path: "/secrets/create", feature: "swarm" },
  { method: "DELETE", path: "/services/{swarmId}", feature: "swarm" },
  { method: "DELETE", path: "/networks/{swarmId}", feature: "swarm" },
  { method: "DELETE", path: "/configs/{swarmId}", feature: "swarm" },
  { method: "DELETE", path: "/secrets/{swarmId}", feature: "swarm" },
];
