import { canonicalRegistry, dockerHub } from "../../compose/values/registry-name.js";
import { isLoopback } from "../../tools/loopback.js";
import { reachFrom, type Reach } from "./reach.js";
import { urlOf } from "./settings.js";
import type { RegistrySetting, RegistrySettings } from "./settings.js";

/** Where Docker Hub answers. */
export const hubHost = "registry-1.docker.io";

export type Scheme = "http" | "https";

/** What a connection may do without. */
export interface Trust {
  /** Plain HTTP is accepted, for credentials too. */
  readonly plain: boolean;
  /** Whether certificates are verified. */
  readonly verify: boolean;
  /** A PEM file trusted besides the usual roots. */
  readonly ca: string | undefined;
  /** PEM files by which we are known to it. */
  readonly client: ClientFiles | undefined;
}

export interface ClientFiles {
  readonly cert: string;
  readonly key: string;
}

/** Where the questions about one registry go. */
export interface Endpoint {
  /** As image references name it: `docker.io`. */
  readonly registry: string;
  /** `host[:port]` that is asked: the registry's API or its mirror. */
  readonly host: string;
  /** In the order they are tried, until one has answered. */
  readonly schemes: readonly [Scheme, ...Scheme[]];
  readonly trust: Trust;
  /** Whose credentials are sent: a mirror never gets those of the registry it stands for. */
  readonly account: string;
}

/**
 * Loopback registries are plain in nearly every case and nobody can listen in, so plain HTTP is tried first there: no
 * failed handshake, no garbage in the registry's log. Elsewhere `insecure` takes the engine's order, HTTPS first, so that
 * a password goes in clear only to a host that has no TLS at all.
 */
export function endpointOf(name: string, settings: RegistrySettings): Endpoint {
  const registry = canonicalRegistry(name);
  const setting = settingOf(registry, settings);
  if (setting.mirror !== undefined) return mirrorOf(registry, new URL(setting.mirror), setting, settings);
  return originOf(name, settings);
}

/** The registry itself, whatever stands in for it: where something is to be written. */
export function originOf(name: string, settings: RegistrySettings): Endpoint {
  const registry = canonicalRegistry(name);
  return {
    registry,
    host: registry === dockerHub ? hubHost : registry,
    account: registry,
    ...access(registry, settingOf(registry, settings)),
  };
}

/** What is asked for: what moves, such as a tag or the list of tags, or what a digest proves, whoever gives it. */
export type Asked = "tags" | "contents";

/**
 * Who is asked, one after the other: the mirrors, and the registry itself at last. Who follows the registry late would hide
 * a push, or take one back: only mirrors that may `resolve` are asked for what moves.
 */
export function endpointsOf(
  name: string,
  settings: RegistrySettings,
  asked: Asked,
): readonly [...Endpoint[], Endpoint] {
  const registry = canonicalRegistry(name);
  const setting = settingOf(registry, settings);
  const mirrors = (setting.mirrors ?? [])
    .filter((written) => asked === "contents" || (typeof written === "object" && written.resolve === true))
    .map((written) => mirrorOf(registry, urlOf(written), setting, settings));
  return [...mirrors, endpointOf(registry, settings)];
}

/** The trust for a host that an answer has named: a token server, a redirect's target. Its own settings, else the registry's. */
export function trustOf(host: string, endpoint: Endpoint, settings: RegistrySettings): Trust {
  if (host === endpoint.host) return endpoint.trust;
  const setting = settingOf(host, settings);
  // Whoever a registry names does not get to know us by the registry's certificate.
  if (setting.insecure === undefined && setting.ca === undefined) {
    return { ...endpoint.trust, client: clientOf(setting) };
  }
  return access(host, setting).trust;
}

/** Where an answer from `remote`, the registry's own address, may send us when it names this host. */
export function reachOf(
  host: string,
  remote: string | undefined,
  endpoint: Endpoint,
  settings: RegistrySettings,
): Reach {
  const named = settingOf(endpoint.registry, settings).realms ?? [];
  return named.some((one) => one.toLowerCase() === host) ? "anywhere" : reachFrom(remote);
}

function mirrorOf(registry: string, url: URL, setting: RegistrySetting, settings: RegistrySettings): Endpoint {
  const own = settingOf(url.host, settings);
  const scheme = url.protocol === "http:" ? "http" : "https";
  const merged = { insecure: own.insecure ?? setting.insecure, ca: own.ca ?? setting.ca, cert: own.cert, key: own.key };
  const { trust } = access(url.host, merged);
  return {
    registry,
    host: url.host,
    schemes: [scheme],
    trust: { ...trust, plain: scheme === "http" || trust.plain },
    account: canonicalRegistry(url.host),
  };
}

function access(
  host: string,
  setting: Pick<RegistrySetting, "insecure" | "ca" | "cert" | "key">,
): Pick<Endpoint, "schemes" | "trust"> {
  const client = clientOf(setting);
  const isLocal = isLoopback(nameOf(host));
  const isOpen = setting.ca === undefined && (setting.insecure ?? isLocal);
  if (!isOpen) return { schemes: ["https"], trust: { plain: false, verify: true, ca: setting.ca, client } };
  return {
    schemes: isLocal ? ["http", "https"] : ["https", "http"],
    trust: { plain: true, verify: false, ca: undefined, client },
  };
}

function clientOf({ cert, key }: Pick<RegistrySetting, "cert" | "key">): ClientFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

function settingOf(host: string, settings: RegistrySettings): RegistrySetting {
  const name = canonicalRegistry(host);
  const found = Object.entries(settings).find(([key]) => canonicalRegistry(key) === name);
  return found?.[1] ?? {};
}

/** Of `host[:port]`, without the brackets of an IPv6 address. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}
