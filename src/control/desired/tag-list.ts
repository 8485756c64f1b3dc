import type { Choice } from "../../tags/choose.js";
import type { TagRule } from "../../tags/rule.js";
import { Cached } from "../../tools/sharing/cached.js";
import type { RunningTag } from "./running-tags.js";

const mostHints = 50;
/** Tags that a registry lists and has nothing behind: after so many the last one's refusal is the answer. */
const mostMissing = 10;

interface Terms {
  readonly rule: TagRule;
  readonly running: readonly RunningTag[];
  readonly made: ReadonlyMap<string, number> | undefined;
}

/** The tags of one repository, as far as they are known: its registry's list, and what has been told of since. */
export class TagList {
  readonly #list: Cached<readonly string[]>;
  /** Told of by hooks since the list was asked for. Anyone may have said so. */
  readonly #hints = new Set<string>();
  #missing: Set<string> = new Set();
  #fetches = 0;
  #isUrgent = false;
  /** The list, with the hints and without what is missing. The same array as long as nothing changes. */
  #known: { readonly list: readonly string[]; readonly tags: readonly string[] } | undefined;
  readonly #choices = new WeakMap<
    readonly string[],
    WeakMap<TagRule, { readonly of: string; readonly choice: Choice }>
  >();

  constructor(fetch: (urgent: boolean) => Promise<readonly string[]>) {
    this.#list = new Cached(async () => {
      const heard = [...this.#hints];
      const list = await fetch(this.#isUrgent);
      this.#isUrgent = false;
      this.#fetches += 1;
      this.#missing = new Set();
      for (const tag of heard) this.#hints.delete(tag);
      return list;
    });
  }

  /** The next look asks the registry again; `urgent`: somebody waits. */
  doubt(urgent: boolean): void {
    this.#list.invalidate();
    this.#isUrgent ||= urgent;
  }

  told(tag: string): void {
    if (this.#hints.size >= mostHints) this.doubt(true);
    else this.#hints.add(tag);
    this.#missing.delete(tag);
    this.#known = undefined;
  }

  async tags(): Promise<readonly string[]> {
    const list = await this.#list.get();
    if (this.#known?.list === list) return this.#known.tags;
    const tags = [...new Set([...list, ...this.#hints])].filter((tag) => !this.#missing.has(tag));
    this.#known = { list, tags };
    return tags;
  }

  /** What `lacks` is to be told of a visit that begins now. */
  visit(): number {
    return this.#fetches;
  }

  /** Nothing is behind this tag. True: the list is another one now, so that there is something else to choose. */
  lacks(tag: string, visit: number): boolean {
    const isHint = this.#hints.delete(tag);
    this.#known = undefined;
    if (!isHint && this.#fetches === visit) {
      this.#list.invalidate();
      return true;
    }
    if (this.#missing.size >= mostMissing) return false;
    this.#missing.add(tag);
    return true;
  }

  /** What was chosen from these tags before on the same terms, or what `make` chooses. */
  remembered(tags: readonly string[], { rule, running, made }: Terms, make: () => Choice): Choice {
    if (made !== undefined) return this.#withMissing(make());
    const of = running.map(({ tag }) => tag).join();
    const known = this.#choices.get(tags)?.get(rule);
    if (known?.of === of) return known.choice;
    const choice = this.#withMissing(make());
    const choices = this.#choices.get(tags) ?? new WeakMap<TagRule, { readonly of: string; readonly choice: Choice }>();
    this.#choices.set(tags, choices.set(rule, { of, choice }));
    return choice;
  }

  #withMissing(choice: Choice): Choice {
    const why = "the registry lists it, but has no image for it";
    const missing = [...this.#missing].map((tag) => ({ tag, verdict: "unfit", why }) as const);
    return missing.length === 0 ? choice : { ...choice, candidates: [...choice.candidates, ...missing] };
  }
}
