export type ListKind = "networks" | "volumes" | "images";

const kinds: readonly ListKind[] = ["networks", "volumes", "images"];

/** What has to be asked again at the next look. Without the event stream, that is everything, at every look. */
export class Staleness {
  readonly #containers = new Set<string>();
  readonly #lists = new Set<ListKind>(kinds);
  #following = false;
  #everything = true;

  container(id: string): void {
    this.#containers.add(id);
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

  /** Hands over what is stale and forgets it: what happens from now on counts for the look after this one. */
  take(): Stale {
    const everything = this.#everything || !this.#following;
    const stale = {
      containers: new Set(this.#containers),
      lists: new Set(everything ? kinds : this.#lists),
      everything,
    };
    this.#containers.clear();
    this.#lists.clear();
    this.#everything = false;
    return stale;
  }

  /** A look that failed has learnt nothing. */
  giveBack(stale: Stale): void {
    for (const id of stale.containers) this.#containers.add(id);
    for (const kind of stale.lists) this.#lists.add(kind);
    this.#everything ||= stale.everything;
  }
}

export interface Stale {
  readonly containers: ReadonlySet<string>;
  readonly lists: ReadonlySet<ListKind>;
  readonly everything: boolean;
}
