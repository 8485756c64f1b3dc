import { asFairleadError, FairleadError } from "../errors.js";
import { formatImage } from "../spec/image.js";
import type { ImageReference } from "../spec/image.js";
import type { Clock, Registry } from "./ports.js";

interface Pause {
  readonly until: number;
  readonly cause: FairleadError;
}

/**
 * The same registry, left alone for as long as it asks for (Retry-After), whoever comes meanwhile: a limit holds for the
 * host or the account, not for one service, and hooks and events on this host know nothing of it.
 */
export function patient(registry: Registry, clock: Clock): Registry {
  const pauses = new Map<string, Pause>();

  async function ask<T>(image: ImageReference, question: () => Promise<T>): Promise<T> {
    const pause = pauses.get(image.registry);
    const left = pause === undefined ? 0 : pause.until - clock.now();
    if (pause !== undefined && left > 0) throw stillPaused(image, pause.cause, left);
    try {
      return await question();
    } catch (thrown) {
      const error = asFairleadError(thrown);
      const { retryAfterMs = 0 } = error;
      if (retryAfterMs > 0) pauses.set(image.registry, { until: clock.now() + retryAfterMs, cause: error });
      throw thrown;
    }
  }

  return {
    resolve: (image) => ask(image, () => registry.resolve(image)),
    content: (image, digest, platform) => ask(image, () => registry.content(image, digest, platform)),
    credentials: (name) => registry.credentials(name),
  };
}

function stillPaused(image: ImageReference, cause: FairleadError, leftMs: number): FairleadError {
  const message = `registry ${image.registry} has asked for patience: ${formatImage(image)} is asked for in ${Math.ceil(leftMs / 1_000)}s`;
  const remedy = cause.remedy === undefined ? {} : { remedy: cause.remedy };
  return new FairleadError(cause.code, message, { ...remedy, retryAfterMs: leftMs, cause });
}
