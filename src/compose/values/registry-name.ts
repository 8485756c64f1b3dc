/** Docker Hub, as image references name it. */
export const dockerHub = "docker.io";

/** Every name that Docker Hub goes by. */
const hubNames: ReadonlySet<string> = new Set([
  dockerHub,
  "index.docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
]);

/** Whether a registry's name, as written in lower case, is one of Docker Hub's. */
export function isDockerHub(name: string): boolean {
  return hubNames.has(name);
}

/** One spelling per registry: lower case, and `docker.io` for every name Docker Hub goes by. */
export function canonicalRegistry(name: string): string {
  const lower = name.toLowerCase();
  return isDockerHub(lower) ? dockerHub : lower;
}

/** The name under which `docker login` stores a registry's credentials and the engine expects them. */
export function serverAddress(registry: string): string {
  return registry === dockerHub ? "https://index.docker.io/v1/" : registry;
}

/** The registry that a key of Docker's config.json means: `https://ghcr.io/v1/` is `ghcr.io`. */
export function registryOfKey(key: string): string {
  const [host = ""] = key.replace(/^https?:\/\//i, "").split("/");
  return canonicalRegistry(host);
}
