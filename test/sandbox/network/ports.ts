import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems give to outgoing connections: such a one may take a port between our look and its use. */
const [lowest, highest] = [10_000, 30_000] as const;
/** Processes that run at the same time have a number each (vitest's workers), and every port belongs to one of them. */
const processes = 16;
const own = Number(process.env["VITEST_POOL_ID"] ?? 0) % processes;
const given = new Set<number>();

/**
 * A loopback port that nobody listens on, and that was given to nobody else: one is often given long before somebody
 * listens on it, and is free again while that one is replaced.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (port % processes !== own || given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
