import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { HostFiles } from "../../control/ports/host-files.js";
import type { TakenBack, ToldFile } from "../../control/ports/source.js";
import { Mutex } from "../../tools/sharing/mutex.js";
import { Sweeper } from "../kept/sweep.js";
import { exists } from "../repository/disk.js";
import { writePlace } from "./write.js";
import { forgiven, heldNext, readHoldings, refusing, writeHoldings, type Holding, type Holdings } from "./record.js";
import type { Place } from "./places.js";

export interface TendingOptions {
  /** Ours alone: the places, and beside them what is known of them. */
  readonly folder: string;
  /** As the host's files are told by who watches them. */
  readonly files: Pick<HostFiles, "contentOf" | "survey">;
}

/** Brings the places of a repository's projects up to date, and back. One thing is done after the other. */
export class Tending {
  readonly #turns = new Mutex();
  readonly #sweeper: Sweeper;
  #places: readonly Place[] = [];
  #holdings: Holdings | undefined;

  constructor(private readonly options: TendingOptions) {
    this.#sweeper = new Sweeper(options.folder);
  }

  /** Has them hold what git has there, but for what a process has taken badly. */
  settle(places: readonly Place[]): Promise<void> {
    return this.#turns.run(async () => {
      this.#places = places;
      if (places.length > 0) await this.#bring((now, { content }) => heldNext(now, content));
    });
  }

  /** A process was told of these and has taken it badly: what was there before comes back. Answers of which, from the root on. */
  takeBack(told: readonly ToldFile[]): Promise<readonly string[]> {
    return this.#turns.run(async () => {
      const taken: string[] = [];
      const bad = new Set<string>();
      for (const { path, content } of told) {
        if (this.#places.some((one) => one.path === path) && (await this.#contentAt(path)) === content) bad.add(path);
      }
      await this.#bring((now, { path, file, content }) => {
        const held = heldNext(now, content);
        const back = bad.has(path) ? refusing(held) : undefined;
        if (back !== undefined) taken.push(file);
        return back ?? held;
      });
      return taken;
    });
  }

  /** A person wants git's newest to be tried again. Answers whether any was taken back. */
  forgive(paths: ReadonlySet<string>): Promise<boolean> {
    return this.#turns.run(() =>
      this.#bring((now, { path, content }) => {
        const held = heldNext(now, content);
        return paths.has(path) ? forgiven(held) : held;
      }),
    );
  }

  /** Those that do not hold what git has. */
  takenBack(places: readonly Place[]): readonly TakenBack[] {
    return places.flatMap(({ path, file }) => (this.#holdings?.[path]?.refused === true ? [{ path, file }] : []));
  }

  /** What places would hold after `settle`, and do not hold yet. Nothing is changed. */
  async due(places: readonly Place[]): Promise<ReadonlySet<string>> {
    if (places.length === 0) return new Set();
    const holdings = await readHoldings(this.#recordFile);
    const isDue = ({ path, content }: Place) => {
      const now = holdings[path];
      return now !== undefined && heldNext(now, content).is !== now.is;
    };
    return new Set(places.filter(isDue).map(({ path }) => path));
  }

  /** The contents that it may come back to. */
  get contents(): readonly string[] {
    return Object.values(this.#holdings ?? {}).flatMap(({ wanted, is, before = is }) => [wanted, is, before]);
  }

  /** Takes away the places that have been neither wanted nor mounted for a while. `used` are paths. */
  sweep(used: Iterable<string>, now: number): Promise<void> {
    return this.#turns.run(async () => {
      await this.#sweeper.sweep([...this.#places.map(({ path }) => path), ...used], now);
      const there = new Set(await this.#sweeper.names());
      const all = Object.entries(this.#holdings ?? {});
      const left = all.filter(([path]) => this.#sweeper.nameOf(path).some((name) => there.has(name)));
      if (left.length < all.length) await this.#write(Object.fromEntries(left));
    });
  }

  /** Answers whether any holds something else than before. */
  async #bring(next: (now: Holding | undefined, place: Place) => Holding): Promise<boolean> {
    const before = this.#holdings ?? (await readHoldings(this.#recordFile));
    this.#holdings = before;
    const after = Object.fromEntries(this.#places.map((place) => [place.path, next(before[place.path], place)]));
    const isOther = JSON.stringify({ ...before, ...after }) !== JSON.stringify(before);
    // What is to be there is known before it is there.
    if (isOther) await this.#write({ ...before, ...after });
    for (const [path, { is, wanted }] of Object.entries(after)) {
      this.#sweeper.spare(this.#sweeper.nameOf(path)[0] ?? "");
      // One that is kept for the way back may be gone, with whoever has cleaned up.
      const content = (await exists(is)) ? is : wanted;
      await writePlace(path, content, join(this.options.folder, ".workshop"));
    }
    return isOther;
  }

  async #contentAt(path: string): Promise<string | undefined> {
    const { files } = this.options;
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) return files.contentOf(path);
    const folder = await files.survey(path);
    return typeof folder === "object" ? folder.content() : undefined;
  }

  async #write(holdings: Holdings): Promise<void> {
    await writeHoldings(this.#recordFile, holdings);
    this.#holdings = holdings;
  }

  get #recordFile(): string {
    return join(this.options.folder, ".holdings.json");
  }
}
