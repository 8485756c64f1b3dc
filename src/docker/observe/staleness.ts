export type ListKind = "networks" | "volumes" | "images";

const kinds: readonly ListKind[] = ["networks", "volumes", "images"];

/** What has to be asked again at the next look. Without the event stream, that is everything, at every look. */
export class Staleness {
  readonly #containers = new Set<string>();
  readonly #doubted = new Set<string>();
  readonly #lists = new Set<ListKind>(kinds);
  #following = false;
  #everything = true;

  container(id: string): void {
    this.#containers.add(id);
  }

  /** Nobody has named it, but it is to be asked again. */
  doubt(id: string): void {
    this.#doubted.add(id);
  }

  list(kind: ListKind): void {
    this.#lists.add(kind);
  }

  /** The event stream begins: what happened before is unknown. */
  follow(): void {
    this.#following = true;
    this.#everything = true;
  }

  /** The event stream has ended. */
  unfollow(): void {
    this.#following = false;
  }

  /** What events and our own calls have named since the last look. */
  named(): ReadonlySet<string> {
    return this.#containers;
  }

  /** Hands over what is stale and forgets it: what happens from now on counts for the look after this one. */
  take(): Stale {
    const everything = this.#everything || !this.#following;
    const stale = {
      containers: new Set(this.#containers),
      doubted: new Set(this.#doubted),
      lists: new Set(everything ? kinds : this.#lists),
      everything,
    };
    this.#containers.clear();
    this.#doubted.clear();
    this.#lists.clear();
    this.#everything = false;
    return stale;
  }

  /** A look that failed has learnt nothing. */
  giveBack(stale: Stale): void {
    for (const id of stale.containers) this.#containers.add(id);
    for (const id of stale.doubted) this.#doubted.add(id);
    for (const kind of stale.lists) this.#lists.add(kind);
    this.#everything ||= stale.everything;
  }
}

export interface Stale {
  /** Those that an event or a call of ours has named. */
  readonly containers: ReadonlySet<string>;
  readonly doubted: ReadonlySet<string>;
  readonly lists: ReadonlySet<ListKind>;
  readonly everything: boolean;
}
