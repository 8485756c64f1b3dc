import { isLoopback } from "../tools/loopback.js";
import type { Environment } from "./environment.js";

const variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/**
 * Tells the proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name for a URL, which may hold a password. Undefined:
 * none is named at all. As for the engine, none stands before this host itself.
 */
export function systemProxy(environment: Environment): ((url: URL) => Promise<string | undefined>) | undefined {
  if (variables.every((name) => (environment[name] ?? "") === "")) return undefined;
  return async (url) => {
    if (isLoopback(url.hostname.replace(/^\[|\]$/g, ""))) return undefined;
    const { getProxyForUrl } = await import("proxy-from-env");
    const found = getProxyForUrl(url.href);
    return found === "" ? undefined : found;
  };
}
