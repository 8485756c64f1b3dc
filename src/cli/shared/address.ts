import type { Secret } from "../../tools/secret.js";

/** A running controller's admin address, as the verbs reach it. */
export interface Admin {
  /** `http://127.0.0.1:8421`. */
  readonly url: string;
  readonly token: Secret | undefined;
  /** Goes with each order: a person's words, for the journal. */
  readonly reason?: string;
  /** Of whoever asks again and again: what was answered last, by what is asked. */
  readonly answers?: Map<string, Answered>;
}

/** An answer with its `ETag`, by which a controller tells whether it has another one. */
export interface Answered {
  readonly tag: string;
  readonly body: unknown;
}

/** The same, for whoever asks again and again: what has not changed is not sent again. */
export function polled(admin: Admin): Admin {
  return { ...admin, answers: new Map() };
}
