import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { load } from "js-yaml";
import { forward } from "../../sandbox/forward.js";

/** Which calls the socket proxy of compose.yml lets through. */
export type Allowlist = (method: string, path: string) => boolean;

/** Read from compose.yml; the proxy matches the whole decoded path, without the query. */
export async function readAllowlist(): Promise<Allowlist> {
  const text = await readFile(new URL("../../../compose.yml", import.meta.url), "utf8");
  const { services } = load(text) as { services: Record<string, { command: readonly string[] }> };
  const patterns = new Map<string, RegExp>();
  for (const argument of services["socket-proxy"]!.command) {
    const [, method, pattern] = /^-allow([A-Z]+)=(.*)$/.exec(argument) ?? [];
    // As the proxy does it: without brackets of its own around the pattern.
    if (method !== undefined) patterns.set(method, new RegExp(`^${pattern!}$`));
  }
  return (method, path) => patterns.get(method)?.test(path) ?? false;
}

export interface AllowlistProxy {
  /** `METHOD path` of what was refused. */
  readonly refused: readonly string[];
  readonly passed: ReadonlySet<string>;
  close(): Promise<void>;
}

/** A stand-in for the socket proxy, on a socket of its own that anybody may open. */
export async function startAllowlistProxy(
  allows: Allowlist,
  engineSocket: string,
  socket: string,
): Promise<AllowlistProxy> {
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
