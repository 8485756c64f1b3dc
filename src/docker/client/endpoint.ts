import { Agent as HttpAgent, type AgentOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { inspect } from "node:util";
import { FairleadError } from "../../errors.js";
import { readFault } from "../../tools/files/file-fault.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { readPlainSync } from "../../tools/files/plain-file.js";

export interface EndpointOptions {
  /** As DOCKER_HOST: `unix:///path`, `tcp://host:port`, `http(s)://host:port`. Default: unix:///var/run/docker.sock. */
  readonly host?: string | undefined;
  /** As DOCKER_TLS_VERIFY: `tcp://` means TLS. A server's certificate is always verified. */
  readonly tlsVerify?: boolean | undefined;
  /** As DOCKER_CERT_PATH: the folder of `ca.pem`, `cert.pem`, `key.pem`. */
  readonly certPath?: string | undefined;
  /** Connections at once; what is asked beyond that waits. Default: no bound. Streams that are read are not counted. */
  readonly connections?: ConnectionBounds | undefined;
}

export interface ConnectionBounds {
  readonly reads: number;
  readonly changes: number;
}

/** Where the engine is. All fields are given, or the client would fill them from the environment. */
export interface Endpoint {
  /** For messages: never with user information. */
  readonly name: string;
  readonly client: ClientOptions;
  /** The same, with a connection of its own for each call. */
  readonly unkept: ClientOptions;
  /** The same, for what may be read without end. */
  readonly streams: ClientOptions;
}

export interface ClientOptions {
  readonly socketPath: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly protocol: "http" | "https";
  readonly pathPrefix: "/";
  readonly agent: HttpAgent;
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly timeout: undefined;
}

/** Half-open connections of a remote engine are found out by the kernel. */
const kept = { keepAlive: true, keepAliveInitialDelay: 15_000 };
const unkept = { keepAlive: false };

/** Throws FairleadError `ConfigInvalid`; connects to nothing. */
export function resolveEndpoint({ host = "", tlsVerify = false, certPath, connections }: EndpointOptions): Endpoint {
  const bounds = connections ?? { reads: Infinity, changes: Infinity };
  const url = parseHost(host === "" ? "unix:///var/run/docker.sock" : host);
  const common = { pathPrefix: "/", timeout: undefined, ca: undefined, cert: undefined, key: undefined } as const;
  if (url.protocol === "unix:") {
    const socketPath = decodeURIComponent(url.pathname);
    const local = { ...common, socketPath, host: undefined, port: undefined, protocol: "http" } as const;
    return endpoint(`unix://${socketPath}`, local, HttpAgent, bounds);
  }
  const secure = url.protocol === "https:" || (url.protocol === "tcp:" && tlsVerify);
  const protocol = secure ? "https" : "http";
  // Not url.port: that is empty where it is the usual one of its scheme.
  const port = /:(\d+)\/?$/.exec(host)?.[1] ?? (secure ? "2376" : "2375");
  const certificates = secure && certPath !== undefined && certPath !== "" ? readCertificates(certPath) : {};
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const remote = { ...common, socketPath: undefined, host: hostname, port, protocol, ...certificates } as const;
  const name = `${url.protocol}//${url.hostname}:${port}`;
  return endpoint(name, remote, secure ? HttpsAgent : HttpAgent, bounds);
}

function endpoint(
  name: string,
  place: Omit<ClientOptions, "agent">,
  Agent: typeof HttpAgent,
  { reads, changes }: ConnectionBounds,
): Endpoint {
  const client = (options: AgentOptions) => ({ ...place, agent: opaque(new Agent(options)) });
  return {
    name,
    client: client({ ...kept, maxSockets: reads, maxFreeSockets: reads }),
    unkept: client({ ...unkept, maxSockets: changes }),
    streams: client(unkept),
  };
}

/**
 * The client describes each request for its debug log, whether anybody reads that or not, down to the last hidden property:
 * with an agent, its sockets and all that hangs on them, that is megabytes and milliseconds for each call.
 */
function opaque<T extends HttpAgent>(agent: T): T {
  Object.defineProperty(agent, inspect.custom, { value: () => "Agent" });
  return agent;
}

function parseHost(host: string): URL {
  const shown = JSON.stringify(withoutUrlSecrets(host));
  const usual = "write unix:///var/run/docker.sock, tcp://host:2375 or, with TLS, tcp://host:2376";
  if (host.startsWith("ssh://")) {
    throw invalid(
      "DOCKER_HOST: an engine behind ssh:// is not supported",
      "forward its socket (ssh -L /run/engine.sock:/var/run/docker.sock) and name that",
    );
  }
  const url = URL.canParse(host) ? new URL(host) : undefined;
  const known = url !== undefined && ["unix:", "tcp:", "http:", "https:"].includes(url.protocol);
  if (!known) throw invalid(`DOCKER_HOST: ${shown} is not the address of an engine`, usual);
  if (url.protocol === "unix:" && (url.hostname !== "" || url.pathname.length < 2)) {
    throw invalid(`DOCKER_HOST: ${shown} names no socket by its whole path`, usual);
  }
  if (url.protocol !== "unix:" && url.hostname === "") throw invalid(`DOCKER_HOST: ${shown} names no host`, usual);
  return url;
}

function readCertificates(folder: string): { ca: Buffer; cert: Buffer; key: Buffer } {
  const read = (name: string): Buffer => {
    try {
      return readPlainSync(`${folder}/${name}.pem`);
    } catch (cause) {
      const { message } = readFault(`${folder}/${name}.pem`, cause);
      throw invalid(`DOCKER_CERT_PATH: ${message}`, "name a folder with ca.pem, cert.pem and key.pem", cause);
    }
  };
  return { ca: read("ca"), cert: read("cert"), key: read("key") };
}

function invalid(message: string, remedy: string, cause?: unknown): FairleadError {
  return new FairleadError("ConfigInvalid", message, { remedy, retry: "never", cause });
}
