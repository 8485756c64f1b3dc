import type { Clock } from "../../control/ports/clock.js";
import { asFairleadError, type ErrorCode } from "../../errors.js";
import type { Endpoint } from "../client/endpoint.js";
import type { RegistryTelemetry } from "../faults/reporter.js";

/** What one host may say while the next one has what is asked for. A wrong setting is none of these: it is told. */
const passing: ReadonlySet<ErrorCode> = new Set([
  ...(["ImageNotFound", "Unauthorized", "RateLimited", "RegistryUnavailable"] as const),
  ...(["UnsupportedManifest", "TagsUnlisted"] as const),
]);

/** Asks one host after another, until one has what is asked for. */
export class Mirrors {
  /** By host, on the monotonic clock: mirrors that have asked for patience. */
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly telemetry: Pick<RegistryTelemetry, "passedOver">,
    private readonly clock: Pick<Clock, "monotonic">,
  ) {}

  /** What the last one says is said. */
  async inTurn<T>(endpoints: readonly [...Endpoint[], Endpoint], ask: (endpoint: Endpoint) => Promise<T>): Promise<T> {
    const [last, ...mirrors] = [endpoints.at(-1) ?? endpoints[0], ...endpoints.slice(0, -1)];
    for (const mirror of mirrors) {
      if ((this.resting.get(mirror.host) ?? 0) > this.clock.monotonic()) continue;
      try {
        return await ask(mirror);
      } catch (thrown) {
        this.pass(mirror, thrown);
      }
    }
    return ask(last);
  }

  private pass({ registry, host }: Endpoint, thrown: unknown): void {
    const { code, message, retryAfterMs = 0 } = asFairleadError(thrown);
    if (!passing.has(code)) throw thrown;
    if (code === "RateLimited") this.resting.set(host, this.clock.monotonic() + retryAfterMs);
    this.telemetry.passedOver?.(registry, host, message);
  }
}
