import { startRegistryStub } from "../registry-stub.js";

/** What has come to it since it was last asked. */
export interface Asked {
  readonly requests: number;
  readonly connections: number;
}

/*
 * The stub in a process of its own: in that of whoever asks, its work would hold up the questions. Tells its address, and
 * what has come to it as often as it is asked.
 */

const stub = await startRegistryStub();
process.on("message", () => {
  const asked: Asked = { requests: stub.counts.get("HEAD") ?? 0, connections: stub.connections() };
  stub.forget();
  process.send?.(asked);
});
process.on("disconnect", () => process.exit());
process.send?.(stub.url);
