import { formatImage } from "../../compose/values/image.js";
import type { ImageReference } from "../../compose/values/image.js";
import { asFairleadError, FairleadError } from "../../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Registry } from "../ports/registry.js";

interface Pause {
  /** On the monotonic clock. */
  readonly until: number;
  /** What was asked for when it was refused. */
  readonly name: string;
  readonly cause: FairleadError;
}

export interface PatientRegistry extends Registry {
  /** A person asks: the next question about this image goes out, whatever the registry has asked for. */
  insist(image: ImageReference): void;
}

/**
 * The same registry, left alone for as long as it asks for (Retry-After), whoever comes meanwhile. A limit of requests
 * (429) holds for the host or the account; any other refusal for the one repository that was asked for.
 */
export function patient(registry: Registry, clock: Clock): PatientRegistry {
  /** By registry, and by registry and repository. */
  const pauses = new Map<string, Pause>();
  const insisted = new Set<string>();

  function pauseOf(image: ImageReference): Pause | undefined {
    const now = clock.monotonic();
    return [pauses.get(image.registry), pauses.get(repositoryOf(image))].find(
      (pause) => pause !== undefined && pause.until > now,
    );
  }

  /** `isWrite`: what is refused to it says nothing of questions, but for a limit of requests. */
  async function ask<T>(image: ImageReference, question: () => Promise<T>, isWrite = false): Promise<T> {
    const repository = repositoryOf(image);
    const pause = pauseOf(image);
    if (pause !== undefined && (isWrite || !insisted.delete(repository))) throw stillPaused(image, pause, clock);
    try {
      const answer = await question();
      pauses.delete(repository);
      // Whoever is answered all the same is under no limit any more.
      if (pause !== undefined) pauses.delete(image.registry);
      return answer;
    } catch (thrown) {
      const cause = asFairleadError(thrown);
      const { retryAfterMs = 0 } = cause;
      if (retryAfterMs <= 0 || cause.guarded || (isWrite && cause.code !== "RateLimited")) throw thrown;
      const begun = { until: clock.monotonic() + retryAfterMs, name: formatImage(image), cause };
      pauses.set(cause.code === "RateLimited" ? image.registry : repository, begun);
      throw withTime(cause, begun, clock);
    }
  }

  return {
    resolve: (image, urgent) => ask(image, () => registry.resolve(image, urgent)),
    content: (image, digest, platform) => ask(image, () => registry.content(image, digest, platform)),
    listTags: (image, urgent) => ask(image, () => registry.listTags(image, urgent)),
    madeAt: (image, digest, platform) => ask(image, () => registry.madeAt(image, digest, platform)),
    signatures: (image, digest, take) => ask(image, () => registry.signatures(image, digest, take)),
    parts: (image, digest, platform) => ask(image, () => registry.parts(image, digest, platform)),
    moveTag: (image, tag, digest) => ask(image, () => registry.moveTag(image, tag, digest), true),
    credentials: (name) => registry.credentials(name),
    insist: (image) => {
      if (pauseOf(image) !== undefined) insisted.add(repositoryOf(image));
    },
  };
}

function repositoryOf({ registry, repository }: ImageReference): string {
  return `${registry}/${repository}`;
}

function stillPaused(image: ImageReference, pause: Pause, clock: Clock): FairleadError {
  const name = formatImage(image);
  if (pause.name === name) return withTime(pause.cause, pause, clock);
  const { code, remedy } = pause.cause;
  const message = `registry ${image.registry} wants to be asked later, and ${name} is there`;
  return withTime(new FairleadError(code, message, remedy === undefined ? {} : { remedy }), pause, clock);
}

/** The same text as long as the pause lasts: a status that says nothing new is no event. */
function withTime({ code, message, remedy, retry, cause }: FairleadError, pause: Pause, clock: Clock): FairleadError {
  const leftMs = Math.ceil(pause.until - clock.monotonic());
  const at = new Date(Math.round((clock.now() + leftMs) / 1000) * 1000).toISOString().replace(".000", "");
  const text = `${message}; it is asked again at ${at}, or by \`fairlead reconcile\``;
  const help = remedy === undefined ? {} : { remedy };
  return new FairleadError(code, text, { ...help, retry, retryAfterMs: leftMs, cause });
}
