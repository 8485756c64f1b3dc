import type { Request } from "express";
import { readBody } from "../web/body.js";
import { Refusal } from "../web/refusal.js";

export interface UnprovenLimits {
  /** Of one body; a forge's push names the files of its commits. */
  readonly bytes: number;
  /** Of all bodies that are being read, over all connections. */
  readonly total: number;
  readonly timeoutMs: number;
}

export const unprovenLimits: UnprovenLimits = { bytes: 512 * 1024, total: 4 * 1024 * 1024, timeoutMs: 2000 };

/**
 * Reads the bodies of those who have yet to prove who they are: a signature is over the body, so that it must be read
 * first. All of them share one small room. Where it is full the oldest gives way: a true delivery comes whole at once.
 */
export class UnprovenBodies {
  /** The oldest first. */
  readonly #open = new Set<{ bytes: number; end: () => void }>();
  #held = 0;

  constructor(private readonly limits: UnprovenLimits = unprovenLimits) {}

  /** Undefined: too large, too slow, cut off, or displaced by others. */
  async read(req: Request): Promise<Buffer | undefined> {
    if (Number(req.headers["content-length"] ?? 0) > this.limits.bytes) return undefined;
    const body = { bytes: 0, end: (): void => undefined };
    this.#open.add(body);
    try {
      return await readBody(req, {
        limit: this.limits.bytes,
        timeoutMs: this.limits.timeoutMs,
        begun: (end) => {
          body.end = end;
        },
        growing: (bytes) => {
          body.bytes += bytes;
          this.#held += bytes;
          this.#makeRoom();
        },
      });
    } catch (thrown) {
      if (thrown instanceof Refusal) return undefined;
      throw thrown;
    } finally {
      if (this.#open.delete(body)) this.#held -= body.bytes;
    }
  }

  #makeRoom(): void {
    for (const body of this.#open) {
      if (this.#held <= this.limits.total) return;
      this.#open.delete(body);
      this.#held -= body.bytes;
      body.end();
    }
  }
}
