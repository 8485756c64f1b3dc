import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { Secret } from "../../tools/secret.js";
import type { AdminTokens, Role } from "./caller.js";

/** What is kept of sessions over restarts, as one text. */
export interface SessionStore {
  /** Undefined: nothing is kept. */
  load(): Promise<string | undefined>;
  /** Never rejects: without it, a restart ends the sessions. */
  save(text: string): Promise<void>;
}

/** Somebody who has signed in. */
export interface Session {
  readonly role: Role;
  /** Epoch ms. */
  readonly endsAt: number;
  /** Aborts when it ends. */
  readonly ended: AbortSignal;
}

export const sessionMs = 7 * 24 * 60 * 60 * 1_000;
const mostSessions = 64;

const kept = z.array(
  z.object({ id: z.string(), role: z.enum(["write", "read"]), bond: z.string(), endsAt: z.number() }).readonly(),
);
type Kept = z.infer<typeof kept>[number];

interface Open {
  readonly kept: Kept;
  readonly end: AbortController;
}

/**
 * Who has signed in with a token. Each has a value of its own that is shown in place of the token; what is kept of it opens
 * nothing: a hash of the value, and a hash of the token with the value as its key. So another token ends it, over restarts too.
 */
export class Sessions {
  /** Oldest first. */
  readonly #open = new Map<string, Open>();
  #saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly tokens: AdminTokens,
    private readonly store: SessionStore | undefined,
    private readonly now: () => number,
  ) {}

  /** Takes up what the store has kept. Without one, a restart ends them. */
  static async open(
    tokens: AdminTokens,
    store?: SessionStore,
    now: () => number = () => Date.now(),
  ): Promise<Sessions> {
    const sessions = new Sessions(tokens, store, now);
    for (const one of read(await store?.load())) sessions.#add(one);
    return sessions;
  }

  /** For a process that keeps nothing. */
  static inMemory(tokens: AdminTokens, now: () => number = () => Date.now()): Sessions {
    return new Sessions(tokens, undefined, now);
  }

  /** Answers the value that the caller is to show from now on. The oldest makes room, where there are too many. */
  begin(role: Role): Secret {
    const value = randomBytes(32).toString("base64url");
    this.#add({ id: hashOf(value), role, bond: this.#bondOf(value, role), endsAt: this.now() + sessionMs });
    this.#save();
    return new Secret(value);
  }

  /** Undefined: it is none, or has ended. */
  find(value: string | undefined): Session | undefined {
    const found = value === undefined ? undefined : this.#open.get(hashOf(value));
    if (value === undefined || found === undefined) return undefined;
    const { role, bond, endsAt } = found.kept;
    if (endsAt > this.now() && isSame(bond, this.#bondOf(value, role))) {
      return { role, endsAt, ended: found.end.signal };
    }
    this.end(value);
    return undefined;
  }

  end(value: string | undefined): void {
    const id = value === undefined ? "" : hashOf(value);
    this.#open.get(id)?.end.abort();
    if (this.#open.delete(id)) this.#save();
  }

  #add(one: Kept): void {
    this.#open.set(one.id, { kept: one, end: new AbortController() });
    for (const [id, { kept: old, end }] of [...this.#open]) {
      if (this.#open.size <= mostSessions && old.endsAt > this.now()) continue;
      if (id === one.id) continue;
      end.abort();
      this.#open.delete(id);
    }
  }

  /** A role whose token is not set any more has no bond that fits. */
  #bondOf(value: string, role: Role): string {
    const token = role === "write" ? this.tokens.write : this.tokens.read;
    return createHmac("sha256", value)
      .update(`${role} ${token?.reveal() ?? ""}`)
      .digest("base64url");
  }

  #save(): void {
    const { store } = this;
    if (store === undefined) return;
    // The newest state is written, once what is being written is.
    this.#saving = this.#saving.then(() => store.save(JSON.stringify([...this.#open.values()].map((one) => one.kept))));
  }
}

/** What somebody has made of it counts for nothing. */
function read(text: string | undefined): readonly Kept[] {
  try {
    return kept.parse(JSON.parse(text ?? "[]")).slice(-mostSessions);
  } catch {
    return [];
  }
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("base64url");
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
