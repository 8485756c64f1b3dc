import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { load } from "js-yaml";
import { forward } from "../sandbox/network/forward.js";
import { composeFile, featureFiles } from "./files.js";

/** Which calls a socket proxy lets through. */
export type Allowlist = (method: string, path: string) => boolean;

/**
 * As compose.yml has it, with the files of these features merged over it. The proxy matches the whole decoded path, without
 * the query; several rules of a method add up, told apart by what follows its name.
 */
export async function readAllowlist(...features: readonly (keyof typeof featureFiles)[]): Promise<Allowlist> {
  const files = [composeFile, ...features.map((feature) => featureFiles[feature].file)];
  const environment: Record<string, string> = {};
  for (const file of files) Object.assign(environment, await environmentIn(file));
  const rules = Object.entries(environment).flatMap(([name, pattern]) => {
    const method = /^SP_ALLOW_([A-Z]+)(?:_\d+)?$/.exec(name)?.[1];
    // As the proxy does it: without brackets of its own around the pattern.
    return method === undefined ? [] : [{ method, pattern: new RegExp(`^${pattern}$`) }];
  });
  return (method, path) => rules.some((rule) => rule.method === method && rule.pattern.test(path));
}

async function environmentIn(file: string): Promise<Readonly<Record<string, string>>> {
  const { services } = load(await readFile(file, "utf8")) as {
    services: Record<string, { environment: Record<string, string> }>;
  };
  return services["socket-proxy"]!.environment;
}

export interface AllowlistProxy {
  /** From now on these calls. */
  allow(allows: Allowlist): void;
  /** `METHOD path` of what was refused. */
  readonly refused: readonly string[];
  readonly passed: ReadonlySet<string>;
  close(): Promise<void>;
}

/** A stand-in for the socket proxy, on a socket of its own that anybody may open. */
export async function startAllowlistProxy(
  first: Allowlist,
  engineSocket: string,
  socket: string,
): Promise<AllowlistProxy> {
  let allows = first;
  const refused: string[] = [];
  const passed = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    const call = decodeURIComponent(url.split("?")[0]!);
    if (!allows(method, call)) {
      refused.push(`${method} ${call}`);
      outgoing.writeHead(403).end("Forbidden\n");
      return;
    }
    passed.add(`${method} ${call}`);
    forward(incoming, outgoing, { socketPath: engineSocket }).then(
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        outgoing.flushHeaders();
        response.pipe(outgoing);
      },
      () => outgoing.destroy(),
    );
  });
  server.listen(socket);
  await once(server, "listening");
  return {
    allow: (next) => {
      allows = next;
    },
    refused,
    passed,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await rm(socket, { force: true });
    },
  };
}
