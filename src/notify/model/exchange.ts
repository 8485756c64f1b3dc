import type { Secret } from "../../tools/secret.js";

/** One request to a service that is to be told. Whatever may hold a secret is one. */
export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly url: string | Secret;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly body?: string | Secret;
}

/** The beginning of what was answered; redirects are not followed. */
export interface Reply {
  readonly status: number;
  header(name: string): string | undefined;
  /** At most 16 kB. */
  readonly text: string;
}

/** Asks once. Rejects with a FairleadError that names the host and no secret where nobody answers. */
export type Exchange = (outgoing: Outgoing, signal: AbortSignal) => Promise<Reply>;
