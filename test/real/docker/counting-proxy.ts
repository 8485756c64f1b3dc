import { mkdtemp, rm } from "node:fs/promises";
import { createServer, connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CountingProxy {
  /** As DOCKER_HOST takes it. */
  readonly host: string;
  /** The request lines that passed, without the version. */
  readonly requests: readonly string[];
  /** Cuts every connection and refuses new ones for so long. */
  interrupt(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Stands before an engine's socket: counts what is asked, and can be away. */
export async function startCountingProxy(socketPath: string): Promise<CountingProxy> {
  const directory = await mkdtemp(join(tmpdir(), "counting-proxy-"));
  const path = join(directory, "docker.sock");
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: socketPath, allowHalfOpen: true });
    client.on("data", (chunk: Buffer) => {
      const lines = chunk.toString("latin1").matchAll(/^(GET|POST|DELETE|HEAD) (?:\/v[\d.]+)?(\S+) HTTP\/1\.1\r$/gm);
      for (const [, method = "", target = ""] of lines) requests.push(`${method} ${target}`);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
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
    interrupt: async (ms) => {
      await shut();
      await new Promise((resolve) => setTimeout(resolve, ms));
      await listen();
    },
    close: async () => {
      await shut();
      await rm(directory, { recursive: true });
    },
  };
}
