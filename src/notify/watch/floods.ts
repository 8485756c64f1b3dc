import type { Clock } from "../../control/ports/clock.js";
import type { Draft } from "../notices/draft.js";

/** Whoever knows a secret may still send as often as they like. */
const windowMs = 60_000;
const mostInWindow = 60;
/** Registries tell of one push several times. */
const sameMs = 10_000;
const mostRemembered = 1_000;

interface Late {
  readonly draft: Draft;
  readonly cancel: () => void;
}

/**
 * Of deliveries: the same image at the same receiver is told at once, and what comes of it within seconds once more after them:
 * few senders say a digest, so it may have been another push. Of a flood only the beginning is told.
 */
export class Floods {
  readonly #windows = new Map<string, { readonly began: number; told: number; silent: number }>();
  /** When the same was told last, by the monotonic clock. */
  readonly #lately = new Map<string, number>();
  readonly #late = new Map<string, Late>();

  constructor(
    private readonly clock: Pick<Clock, "monotonic" | "after">,
    private readonly tell: (draft: Draft) => void,
  ) {}

  heard(draft: Draft): void {
    const { receiver = "", repository, tag, digest } = draft.delivery ?? {};
    if (repository === undefined) {
      this.#admit(draft);
      return;
    }
    const what = JSON.stringify([receiver, repository, tag, digest]);
    const restMs = (this.#lately.get(what) ?? -Infinity) + sameMs - this.clock.monotonic();
    if (restMs > 0) this.#putOff(what, draft, restMs);
    else this.#admitFirst(what, draft);
  }

  /** What waits is told now. */
  end(): void {
    for (const [what, { draft, cancel }] of [...this.#late]) {
      cancel();
      this.#admitFirst(what, draft);
    }
  }

  #putOff(what: string, draft: Draft, restMs: number): void {
    const cancel =
      this.#late.get(what)?.cancel ??
      this.clock.after(restMs, () => {
        const late = this.#late.get(what);
        if (late !== undefined) this.#admitFirst(what, late.draft);
      });
    this.#late.set(what, { draft, cancel });
  }

  #admitFirst(what: string, draft: Draft): void {
    this.#late.delete(what);
    this.#lately.delete(what);
    this.#lately.set(what, this.clock.monotonic());
    for (const [oldest] of this.#lately) {
      if (this.#lately.size <= mostRemembered) break;
      // Who still waits is known until then.
      if (!this.#late.has(oldest)) this.#lately.delete(oldest);
    }
    this.#admit(draft);
  }

  #admit(draft: Draft): void {
    const now = this.clock.monotonic();
    const { receiver = "" } = draft.delivery ?? {};
    const before = this.#windows.get(receiver);
    const isOver = before === undefined || now - before.began >= windowMs;
    const window = isOver ? { began: now, told: 0, silent: 0 } : before;
    this.#windows.set(receiver, window);
    if (window.told >= mostInWindow) {
      window.silent += 1;
      return;
    }
    window.told += 1;
    const silent = isOver ? (before?.silent ?? 0) : 0;
    this.tell(silent === 0 ? draft : { ...draft, suppressed: silent });
  }
}
