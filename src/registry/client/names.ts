const hubNames = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

/** One spelling per registry: lower case, and `docker.io` for every name Docker Hub goes by. */
export function canonicalRegistry(name: string): string {
  const lower = name.toLowerCase();
  return hubNames.has(lower) ? "docker.io" : lower;
}

/** The registry a key of Docker's config.json means: `https://ghcr.io/v1/` is `ghcr.io`. */
export function registryOfKey(key: string): string {
  const [host = ""] = key.replace(/^https?:\/\//i, "").split("/");
  return canonicalRegistry(host);
}

/** The name under which `docker login` stores a registry's credentials and the engine expects them. */
export function serverAddress(registry: string): string {
  return registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
}

/** Whether `host` or `host:port` is this machine: 127.0.0.0/8, `localhost`, `::1`. Names are not looked up. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}
