import { asFairleadError } from "../../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import type { Marks } from "../ports/marks.js";
import { formatHolder, parseHolder } from "./holder.js";
import type { Holder } from "./holder.js";

export interface StandingByOptions {
  readonly marks: Marks;
  /** The lease's name. */
  readonly lease: string;
  readonly self: Holder;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often one that stands by looks at the engine, and in a hand-over shows itself there. */
export const beatMs = 2_000;
/** Whoever has done neither for so long could not take over, as far as anybody can tell. */
export const freshMs = 10_000;

/**
 * A controller while it waits for the office. It looks at the engine every few seconds, which tells whether it could take
 * over. Where the office is being handed over, it shows itself by a mark with a number that goes up; in the long waits
 * between, nothing is written.
 */
export class StandingBy {
  readonly #row: string;
  #count = 0;
  #seenAt: number | undefined;
  #next: () => void = () => undefined;
  #beating: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(private readonly options: StandingByOptions) {
    this.#row = `${rowsOf(options.lease)}${options.self.token.replaceAll(/[^0-9a-zA-Z]/g, "").slice(0, 16)}`;
  }

  begin(): void {
    if (!this.#isOver) this.#beating = this.#beat();
  }

  /** The engine has answered lately. */
  isFit(): boolean {
    return this.#seenAt !== undefined && this.options.clock.monotonic() - this.#seenAt <= freshMs;
  }

  /** Leaves no mark behind. Never throws. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#next();
    await this.#beating;
    if (this.#count > 0) await this.options.marks.remove(`${this.#row}.${this.#count}`).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const { clock, log } = this.options;
    try {
      if (await this.#isAwaited()) await this.#show();
      this.#seenAt = clock.monotonic();
    } catch (thrown) {
      log.debug({ error: asFairleadError(thrown).message }, "the engine could not be looked at while standing by");
    }
    if (this.#isOver) return;
    this.#next = clock.after(beatMs, () => {
      this.begin();
    });
  }

  /** This one or the holder is a helper, or it was this one's turn already. */
  async #isAwaited(): Promise<boolean> {
    const { marks, lease, self } = this.options;
    const row = await marks.list(`${lease}.`);
    const holders = [...row].flatMap(([name, text]) => (/\.\d{1,15}$/.test(name) ? (parseHolder(text) ?? []) : []));
    return self.helps !== undefined || holders.some(({ helps, heir }) => helps !== undefined || heir !== undefined);
  }

  async #show(): Promise<void> {
    const { marks, self } = this.options;
    await marks.put(`${this.#row}.${this.#count + 1}`, formatHolder(self));
    this.#count += 1;
    if (this.#count > 1) await marks.remove(`${this.#row}.${this.#count - 1}`);
  }
}

interface Sighting {
  readonly number: number;
  readonly at: number;
}

/** The controllers that stand by in a hand-over, as the one in office sees them. */
export class Standbys {
  #seen: ReadonlyMap<string, { readonly first: Sighting; readonly last: Sighting }> = new Map();
  #isClear = false;

  constructor(private readonly options: Pick<StandingByOptions, "marks" | "lease" | "clock">) {}

  /**
   * By the ids of their containers: for how many ms each has been seen to show itself. Only those that have gone on with
   * it while they were looked at. Clears away what others have left. Throws what the port throws.
   */
  async look(): Promise<ReadonlyMap<string, number>> {
    const { marks, lease, clock } = this.options;
    this.#isClear = false;
    const rows = rowsOf(lease);
    const listed = await marks.list(rows);
    const now = clock.monotonic();
    const shown = [...listed].flatMap(([name, text]) => {
      const [row = "", number = ""] = name.slice(rows.length).split(".");
      const container = parseHolder(text)?.container;
      return isIn(rows, name) && container !== undefined ? [{ name, row, number: Number(number), container }] : [];
    });
    const seen = new Map(
      shown.map(({ row }) => {
        const number = Math.max(...shown.filter((one) => one.row === row).map((one) => one.number));
        const [known, sighting] = [this.#seen.get(row), { number, at: now }];
        const isNews = known === undefined || known.last.number < number;
        return [row, isNews ? { first: known?.last ?? sighting, last: sighting } : known] as const;
      }),
    );
    this.#seen = seen;
    for (const { name, row } of shown)
      if (now - (seen.get(row)?.last.at ?? now) > 5 * freshMs) await marks.remove(name);
    return new Map(
      shown.flatMap(({ row, container }) => {
        const one = seen.get(row);
        const isLive = one !== undefined && one.first.number < one.last.number && now - one.last.at <= freshMs;
        return isLive ? [[container, now - one.first.at] as const] : [];
      }),
    );
  }

  /** Nobody is waited for: what somebody has left who was killed while it stood by goes, once. Never throws. */
  async clear(): Promise<void> {
    if (this.#isClear) return;
    this.#isClear = true;
    this.#seen = new Map();
    const { marks, lease } = this.options;
    try {
      const rows = rowsOf(lease);
      for (const name of (await marks.list(rows)).keys()) if (isIn(rows, name)) await marks.remove(name);
    } catch {
      this.#isClear = false;
    }
  }
}

/** A lease's name may be the beginning of another one's. */
function isIn(rows: string, name: string): boolean {
  return name.startsWith(rows) && /^[0-9a-zA-Z]+\.\d{1,15}$/.test(name.slice(rows.length));
}

/** What stands in the lease's own row counts as a claim; no lease's name begins so. */
function rowsOf(lease: string): string {
  return `_waits-${lease}-`;
}
