import { mkdtemp, rm } from "node:fs/promises";
import { createServer, connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareCall } from "../../proxy/strange.js";

export interface CountingProxy {
  /** As DOCKER_HOST takes it. */
  readonly host: string;
  /** The request lines that passed, without the version. */
  readonly requests: readonly string[];
  /** Every kind of call that passed, as `METHOD /path`. */
  readonly made: ReadonlySet<string>;
  /** Cuts every connection and refuses new ones for so long. */
  interrupt(ms: number): Promise<void>;
  /** The event streams that are open stay open; what the engine says on them is swallowed. */
  silence(): void;
  close(): Promise<void>;
}

/** Stands before an engine's socket: counts what is asked, and can be away. */
export async function startCountingProxy(socketPath: string): Promise<CountingProxy> {
  const directory = await mkdtemp(join(tmpdir(), "counting-proxy-"));
  const path = join(directory, "docker.sock");
  const requests: string[] = [];
  const made = new Set<string>();
  const sockets = new Set<Socket>();
  /** The clients that follow events, and those of them that hear nothing more. */
  const streams = new Set<Socket>();
  const silent = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: socketPath, allowHalfOpen: true });
    client.on("data", (chunk: Buffer) => {
      const lines = chunk
        .toString("latin1")
        .matchAll(/^(GET|POST|PUT|DELETE|HEAD) (?:\/v[\d.]+)?(\/\S*) HTTP\/1\.1\r$/gm);
      for (const [, method = "", target = ""] of lines) {
        requests.push(`${method} ${target}`);
        made.add(bareCall(method, target));
        if (target.startsWith("/events")) streams.add(client);
      }
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        for (const set of [sockets, streams, silent]) set.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (chunk: Buffer) => {
      if (!silent.has(client)) client.write(chunk);
    });
    upstream.on("end", () => client.end());
  });
  const listen = () => new Promise<void>((resolve) => server.listen(path, resolve));
  const shut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  return {
    host: `unix://${path}`,
    requests,
    made,
    interrupt: async (ms) => {
      await shut();
      await new Promise((resolve) => setTimeout(resolve, ms));
      await listen();
    },
    silence: () => {
      for (const client of streams) silent.add(client);
    },
    close: async () => {
      await shut();
      await rm(directory, { recursive: true });
    },
  };
}
