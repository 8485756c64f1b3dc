import type { Interval } from "../../plan/model/host/observed.js";
import { inspectContainer } from "../calls/containers.js";
import type { Connection } from "../client/connection.js";
import type { ListedNetwork } from "../client/schema.js";
import { instant } from "../read/observation.js";

/** An engine that stops ends its containers one by one, each within its own time. */
const stoppingMs = 15_000;
const slackMs = 5_000;

/**
 * When the engine was last away, where it has taken the container of this process along and brought it back: what ended with
 * it did not end by itself, and nobody was there to see. By the engine's clock, epoch ms. An engine makes its network
 * `bridge` anew as it starts.
 */
export async function lastRestart(
  connection: Connection,
  own: string | undefined,
  networks: readonly ListedNetwork[],
): Promise<Interval | undefined> {
  const began = instant(networks.find(({ Name }) => Name === "bridge")?.Created);
  if (own === undefined || began === undefined) return undefined;
  const { State } = (await inspectContainer(connection, own)) ?? {};
  const [ended, back] = [instant(State?.FinishedAt), instant(State?.StartedAt)];
  if (ended === undefined || back === undefined) return undefined;
  const isIt = ended <= began + slackMs && began <= back + slackMs;
  return isIt ? { from: ended - stoppingMs, to: Math.max(began, ended) } : undefined;
}
