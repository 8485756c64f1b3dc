import { printable } from "./tools/printable.js";

/** Every way in which the outside world can refuse us. The code decides the condition's reason; `retry` decides the queue's answer. */
export type ErrorCode =
  | "ConfigInvalid"
  | "AlreadyRunning"
  | "LeaseLost"
  | "SpecInvalid"
  | "EngineUnreachable"
  | "EngineTooOld"
  | "EngineRefused"
  | "SwarmUnavailable"
  | "SwarmConflict"
  | "NameTaken"
  | "NameConflict"
  | "PortConflict"
  | "AddressConflict"
  | "ContainerGone"
  | "LogUnreadable"
  | "PullFailed"
  | "BuildFailed"
  | "ImageNotFound"
  | "Unauthorized"
  | "RateLimited"
  | "RegistryUnavailable"
  | "UnsupportedManifest"
  | "TagsUnlisted"
  | "SignatureInvalid"
  | "SignatureMissing"
  | "SignatureUnavailable"
  | "PushRefused"
  | "SourceUnavailable"
  | "ApiUnreachable"
  | "NotTold"
  | "RevisionUnknown"
  | "NotAwaited"
  | "Internal";

export interface FairleadErrorOptions {
  /** What the reader can do about it, as a sentence. */
  readonly remedy?: string;
  /** `never`: asking again changes nothing until the spec, the digest or the host does. Default `backoff`. */
  readonly retry?: "backoff" | "never";
  /** The other side's own wish (Retry-After), in milliseconds; at least this long is waited. */
  readonly retryAfterMs?: number;
  /** Whoever throws it keeps further questions from the other side by itself: nobody else has to. */
  readonly guarded?: boolean;
  readonly cause?: unknown;
}

/** The one error type that crosses a folder's border. Its message is fit for a log, an API answer and a terminal: no secrets, nothing that steers. */
export class FairleadError extends Error {
  override readonly name = "FairleadError";
  readonly remedy: string | undefined;
  readonly retry: "backoff" | "never";
  readonly retryAfterMs: number | undefined;
  readonly guarded: boolean;

  constructor(
    readonly code: ErrorCode,
    /** One line; several where one text for people says several things. */
    message: string | readonly string[],
    options: FairleadErrorOptions = {},
  ) {
    super(
      [message]
        .flat()
        .map((line) => printable(line))
        .join("\n"),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.remedy = options.remedy === undefined ? undefined : printable(options.remedy);
    this.retry = options.retry ?? "backoff";
    this.retryAfterMs = options.retryAfterMs;
    this.guarded = options.guarded ?? false;
  }
}

/** Anything thrown, as a FairleadError; what nobody foresaw becomes `Internal`. */
export function asFairleadError(thrown: unknown): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FairleadError("Internal", message, { cause: thrown });
}
