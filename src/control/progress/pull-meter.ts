import type { LayerNews } from "../ports/engine.js";
import type { LayerProgress, PullProgress } from "./model.js";

/** More than an image can have: what names more is no engine. */
const mostLayers = 200;
/** What the rate is taken over, and how far apart its samples are. */
const windowMs = 5_000;
const sampleMs = 200;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** What a pull has told of its layers. Times are milliseconds of one monotonic clock. */
export class PullMeter {
  readonly #layers = new Map<string, LayerProgress & { readonly downloaded: number; readonly size?: number }>();
  readonly #samples: Sample[] = [];

  constructor(readonly reference: string) {}

  note({ id, state, bytes, total }: LayerNews, now: number): void {
    const known = this.#layers.get(id);
    if (known === undefined && this.#layers.size >= mostLayers) return;
    const size = state === "downloading" ? (total ?? known?.size) : known?.size;
    const downloaded = state === "downloading" ? (bytes ?? known?.downloaded ?? 0) : downloadedOf(state, known, size);
    const shown = shownOf({ id, state, bytes, total }, downloaded, size);
    this.#layers.set(id, { ...shown, downloaded, ...(size === undefined ? {} : { size }) });
    this.#sample(now);
  }

  progress(now: number): PullProgress {
    const all = [...this.#layers.values()];
    const fetched = all.filter(({ state }) => state !== "there");
    const isKnown = all.length > 0 && fetched.every(({ size }) => size !== undefined);
    const rate = this.#rate(now);
    return {
      reference: this.reference,
      layers: all.map(({ downloaded: _downloaded, size: _size, ...shown }) => shown),
      bytes: this.#bytes(),
      ...(isKnown ? { total: fetched.reduce((sum, { size = 0 }) => sum + size, 0) } : {}),
      ...(rate === undefined ? {} : { bytesPerSecond: rate }),
    };
  }

  #bytes(): number {
    return [...this.#layers.values()].reduce((sum, { downloaded }) => sum + downloaded, 0);
  }

  #sample(now: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < sampleMs) return;
    this.#samples.push({ at: now, bytes: this.#bytes() });
    while ((this.#samples[1]?.at ?? now) <= now - windowMs) this.#samples.shift();
  }

  /** Undefined: nothing comes at this moment, or too little time has passed to tell. */
  #rate(now: number): number | undefined {
    const first = this.#samples.find(({ at }) => at >= now - windowMs);
    if (first === undefined || now - first.at < sampleMs) return undefined;
    if (![...this.#layers.values()].some(({ state }) => state === "downloading")) return undefined;
    return Math.round(((this.#bytes() - first.bytes) * 1_000) / (now - first.at));
  }
}

function downloadedOf(
  state: LayerNews["state"],
  known: { readonly downloaded: number } | undefined,
  size: number | undefined,
): number {
  if (state === "waiting" || state === "there") return 0;
  return size ?? known?.downloaded ?? 0;
}

/** While it is unpacked, how far that has come; else how much of it is here. */
function shownOf({ id, state, bytes, total }: LayerNews, downloaded: number, size: number | undefined): LayerProgress {
  const whole = state === "extracting" ? (total ?? size) : size;
  const done = state === "extracting" ? (bytes ?? 0) : downloaded;
  return { id, state, bytes: done, ...(whole === undefined ? {} : { total: whole }) };
}
