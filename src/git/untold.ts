import type { SourceTelemetry } from "../control/ports/telemetry.js";

/** For a look that no metrics are kept of. */
export const untold: SourceTelemetry = {
  sourceFollowed: () => undefined,
  sourceFetched: () => undefined,
  sourceSucceeded: () => undefined,
  sourceInForce: () => undefined,
  sourceWritesBack: () => undefined,
  sourceWrittenBack: () => undefined,
};
