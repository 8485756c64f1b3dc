import { parseImage } from "../../compose/values/image.js";
import type { LayerNews } from "../../control/ports/engine.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import type { ErrorCode } from "../../errors.js";
import { anything } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { imagePath } from "../client/ids.js";
import { readObjects } from "../client/lines.js";
import { quotable, Refusal } from "../client/refusal.js";
import { layerNewsIn } from "../read/layer-news.js";

/** A pull that says nothing for so long is stuck. */
const silenceMs = 300_000;

export type Credentials = (registry: string) => Promise<RegistryCredentials | undefined>;

interface Pull {
  readonly reference: string;
  /** Undefined: the host's own. */
  readonly platform: string | undefined;
  readonly onNews?: ((news: LayerNews) => void) | undefined;
}

/**
 * Pulls `repository@sha256:…` and asks the engine whether it is there now: a pull answers 200 before it has begun, and a
 * stream that was cut looks like one that ended. Throws FairleadError PullFailed, ImageNotFound, Unauthorized, RateLimited.
 */
export async function pullImage(
  connection: Connection,
  pull: Pull,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<void> {
  const { reference } = pull;
  const { registry, digest } = parseImage(reference);
  if (digest === undefined) throw new FairleadError("Internal", `${reference} is pulled by no digest`);
  const login = await credentials(registry);
  const fault = await transfer(connection, pull, login, signal);
  if (signal.aborted) throw new FairleadError("PullFailed", `the pull of ${reference} was interrupted`);
  if (await isPresent(connection, reference)) return;
  throw fault ?? new FairleadError("PullFailed", `the pull of ${reference} ended without the image`);
}

/** What went wrong, if the engine or the connection said so. */
async function transfer(
  connection: Connection,
  { reference, platform, onNews }: Pull,
  credentials: RegistryCredentials | undefined,
  signal: AbortSignal,
): Promise<FairleadError | undefined> {
  const task = `pull ${reference}`;
  const at = reference.indexOf("@");
  const query = {
    fromImage: reference.slice(0, at),
    tag: reference.slice(at + 1),
    ...(platform === undefined ? {} : { platform }),
  };
  const silence = new AbortController();
  const ended = AbortSignal.any([signal, silence.signal]);
  const timer = setTimeout(() => {
    silence.abort();
  }, silenceMs);
  try {
    const call = { method: "POST", path: "/images/create", query, credentials, task, timeoutMs: silenceMs } as const;
    let fault: FairleadError | undefined;
    for await (const progress of readObjects(await connection.stream({ ...call, signal: ended }))) {
      timer.refresh();
      const news = onNews === undefined ? undefined : layerNewsIn(progress);
      if (news !== undefined) onNews?.(news);
      const message = faultIn(progress);
      if (message !== undefined) fault = pullFault(reference, message);
    }
    return fault;
  } catch (error) {
    if (error instanceof Refusal) return pullFault(reference, error.message, error.status);
    if (error instanceof FairleadError) return error;
    const how = silence.signal.aborted ? "the engine reported no progress for 5 minutes" : "the connection was cut";
    return new FairleadError("PullFailed", `the pull of ${reference} broke off: ${how}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function faultIn({ errorDetail, error }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof errorDetail === "object" && errorDetail !== null && "message" in errorDetail) {
    return quotable(String(errorDetail.message));
  }
  return typeof error === "string" ? quotable(error) : undefined;
}

async function isPresent(connection: Connection, reference: string): Promise<boolean> {
  try {
    await connection.ask(
      { method: "GET", path: imagePath(reference, "/json"), task: `inspect ${reference}` },
      anything,
    );
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return false;
    throw error;
  }
}

const patterns: readonly (readonly [RegExp, ErrorCode])[] = [
  [/toomanyrequests|too many requests|rate limit|\b429\b/i, "RateLimited"],
  // "pull access denied … may require docker login" is the engine's word for missing and for forbidden alike.
  [
    /access denied|unauthorized|authentication required|no basic auth|insufficient_scope|\b40[13]\b|denied:/i,
    "Unauthorized",
  ],
  [/manifest unknown|manifest for .* not found|not found|name unknown|no matching manifest/i, "ImageNotFound"],
];

const remedies: Partial<Record<ErrorCode, string>> = {
  Unauthorized: "log in to the registry (docker login), or check that the repository exists",
  ImageNotFound: "check the name and that the image was pushed for this platform",
};

/** The engine passes the registry's answer on as prose only, with a status that differs between engines. */
function pullFault(reference: string, message: string, status?: number): FairleadError {
  const code =
    patterns.find(([pattern]) => pattern.test(message))?.[1] ?? (status === 404 ? "ImageNotFound" : "PullFailed");
  const remedy = remedies[code];
  return new FairleadError(code, `cannot pull ${reference}: ${message}`, remedy === undefined ? {} : { remedy });
}
