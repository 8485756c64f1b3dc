import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import { Refusal } from "./refusal.js";

/** Each holds connections to the engine, and one of ours. */
export const mostStreams = 32;
/** A reader that went away without a word is found out by the kernel. */
const keepAliveMs = 30_000;

/** What is answered at intervals, whether there is something to answer or not. */
interface Beat {
  readonly text: string;
  readonly everyMs: number;
}

/** Answers that go on as long as somebody reads them. */
export class Streams {
  readonly #open = new Set<AbortController>();

  /** When `closing` aborts, all of them end; `most` may go on at once. */
  constructor(
    private readonly closing: AbortSignal | undefined,
    private readonly most = mostStreams,
  ) {
    closing?.addEventListener("abort", () => {
      for (const one of this.#open) one.abort();
    });
  }

  /**
   * Opens what is to be read, then answers it piece by piece, no faster than it is read. The signal aborts when the reader
   * has gone, or is to go. Throws Refusal 503, and what `open` throws, before anything is answered.
   */
  async answer(
    res: Response,
    type: string,
    open: (signal: AbortSignal) => Promise<AsyncIterable<string>>,
    beat?: Beat,
  ): Promise<void> {
    if (this.#open.size >= this.most) {
      const remedy = "end some of them, or try again later";
      throw new Refusal(503, `${this.most} streams are open, and no more are allowed`, remedy, {
        headers: { "Retry-After": "10" },
      });
    }
    const gone = new AbortController();
    this.#open.add(gone);
    res.once("close", () => {
      gone.abort();
    });
    const pulse =
      beat === undefined
        ? undefined
        : setInterval(() => {
            if (res.headersSent && !res.writableNeedDrain) res.write(beat.text);
          }, beat.everyMs);
    if (res.destroyed || this.closing?.aborted === true) gone.abort();
    try {
      const pieces = await open(gone.signal);
      res.socket?.setKeepAlive(true, keepAliveMs);
      res.set({ "Content-Type": type, "X-Accel-Buffering": "no" }).flushHeaders();
      if (res.req.method === "HEAD") res.end();
      else await pipeline(pieces, res);
    } catch (thrown) {
      // A reader that has gone hears nothing, and that is no fault of ours.
      if (!res.destroyed) throw thrown;
    } finally {
      clearInterval(pulse);
      gone.abort();
      this.#open.delete(gone);
    }
  }
}
