/*
 * Which tag a service follows lives here, by its policy and the registry's list. What is behind a tag does not.
 */

import { serviceKey } from "../../compose/model/service.js";
import { familiarName } from "../../compose/values/image.js";
import type { Digest, ImageReference } from "../../compose/values/image.js";
import type { SkippedTags } from "../../plan/model/condition.js";
import type { FoundTarget, TagChoice } from "../../plan/model/desired.js";
import { FairleadError } from "../../errors.js";
import { choose } from "../../tags/choose.js";
import type { Choice } from "../../tags/choose.js";
import type { TagRule } from "../../tags/rule.js";
import { given } from "../../tools/present.js";
import type { Registry } from "../ports/registry.js";
import type { Digests } from "./digests.js";
import { unknownBy } from "./reasons.js";
import type { RunningTag } from "./running-tags.js";
import { TagList } from "./tag-list.js";
import { TagRules } from "./tag-rules.js";
import type { Choosing } from "./tag-rules.js";

/** What is behind one tag, as `Targets` finds out. */
export type Behind = (image: ImageReference) => Promise<Found>;

export interface Found {
  readonly target: FoundTarget;
  readonly retryAfterMs: number;
}

export interface Followed extends Found {
  /** With the chosen tag; where none is chosen with that of what runs, else as it is written. */
  readonly image: ImageReference;
  readonly choice?: TagChoice;
  /** What became of each tag. Absent: the list cannot be had. */
  readonly survey?: Choice;
}

/** `newest` costs some questions for each tag that fits. */
const mostDated = 20;
/** So many of those that are passed over are kept by name. */
const mostSkipped = 20;

/** One list for each repository, whoever shares it, kept until it is doubted; and what hooks have told of since. */
export class Tags {
  readonly #lists = new Map<string, TagList>();
  readonly #rules = new TagRules();

  constructor(
    private readonly registry: Pick<Registry, "listTags">,
    private readonly digests: Pick<Digests, "invalidateTags" | "invalidate" | "resolve" | "madeAt">,
  ) {}

  /** The next look asks for the list, and for what is behind the tags. */
  invalidate(image: ImageReference): void {
    this.relist(image);
    this.digests.invalidateTags(image);
  }

  /** The next look asks for the list. */
  relist(image: ImageReference): void {
    this.#listOf(image).doubt(true);
  }

  invalidateAll(): void {
    for (const list of this.#lists.values()) list.doubt(false);
  }

  /** Somebody says that this tag was pushed: the next look asks for it alone. False: no policy of the service chooses it. */
  told(spec: Choosing, tag: string): boolean {
    if (!this.#rules.of(spec).judge(tag).fits) return false;
    this.#listOf(spec.image).told(tag);
    this.digests.invalidate({ ...spec.image, tag });
    return true;
  }

  fits(spec: Choosing, tag: string): boolean {
    return this.#rules.of(spec).judge(tag).fits;
  }

  /** Never throws: a registry that cannot be asked is a fact like any other. */
  async follow(spec: Choosing, running: readonly RunningTag[], behind: Behind): Promise<Followed> {
    try {
      return await this.#follow(spec, running, behind);
    } catch (thrown) {
      return { ...unknownBy(thrown), image: imageOf(spec, running[0]) };
    }
  }

  async #follow(spec: Choosing, running: readonly RunningTag[], behind: Behind): Promise<Followed> {
    const rule = this.#rules.of(spec);
    const list = this.#listOf(spec.image);
    const visit = list.visit();
    for (;;) {
      const tags = await list.tags();
      const made = rule.order === "newest" ? await this.#times(spec, tags, running, rule) : undefined;
      const survey = list.remembered(tags, { rule, running, made }, () =>
        choose(tags, rule, { running: running.map(({ tag }) => tag), ...given({ made }) }),
      );
      const { tag, isGone } = survey;
      if (tag === undefined) return { ...noMatch(spec, rule, tags.length), image: imageOf(spec, running[0]), survey };
      const choice: TagChoice = {
        ...{ tag, policy: rule.text, isGone },
        ...given({ from: running[0]?.tag, skipped: skippedOf(survey.skipped) }),
      };
      const image = { ...spec.image, tag };
      const kept = running.find((one) => one.tag === tag);
      if (isGone && kept !== undefined) return { ...keeping(kept), image, choice, survey };
      const found = await behind(image);
      const isMissing = !found.target.known && found.target.reason === "ImageNotFound";
      if (!isMissing || !list.lacks(tag, visit)) return { ...found, image, choice, survey };
    }
  }

  /** When the images of the tags that fit were made. What cannot be found out of one that runs makes it the newest: it stays. */
  async #times(
    spec: Choosing,
    tags: readonly string[],
    running: readonly RunningTag[],
    rule: TagRule,
  ): Promise<ReadonlyMap<string, number>> {
    const fitting = tags.filter((tag) => rule.judge(tag).fits);
    if (fitting.length > mostDated) throw tooMany(spec, fitting.length);
    const { image, container } = spec;
    const timeOf = async (tag: string): Promise<readonly [string, number]> => {
      const { target } = await this.digests.resolve({ ...image, tag });
      if (!target.known) return [tag, 0];
      return [tag, (await this.digests.madeAt(image, target.digest, container.platform)) ?? 0];
    };
    const known = await Promise.all(fitting.map(timeOf));
    const gone = running.filter(({ tag }) => !fitting.includes(tag));
    const kept = gone.map(async ({ tag, digest }): Promise<readonly [string, number]> => {
      const at = await this.digests.madeAt(image, digest as Digest, container.platform).catch(() => undefined);
      return [tag, at ?? Infinity];
    });
    return new Map([...known, ...(await Promise.all(kept))]);
  }

  #listOf(image: ImageReference): TagList {
    const name = `${image.registry}/${image.repository}`;
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    const list = new TagList((urgent) => this.registry.listTags(image, urgent));
    this.#lists.set(name, list);
    return list;
  }
}

function skippedOf(tags: readonly string[]): SkippedTags | undefined {
  if (tags.length === 0) return undefined;
  return { tags: tags.slice(-mostSkipped), more: Math.max(0, tags.length - mostSkipped) };
}

function imageOf({ image }: Choosing, running: RunningTag | undefined): ImageReference {
  return running === undefined ? image : { ...image, tag: running.tag };
}

function keeping({ digest }: RunningTag): Found {
  return { target: { known: true, digest: digest as Digest, sameContent: [] }, retryAfterMs: 0 };
}

function noMatch(spec: Choosing, { text }: TagRule, count: number): Found {
  const { project, name, image } = spec;
  const tags = count === 1 ? "the one tag" : `none of the ${count} tags`;
  const fits = count === 1 ? "does not fit" : "fits";
  const message = `${tags} of ${familiarName(image)} ${fits} ${text} (\`fairlead images ${serviceKey(project, name)}\` says why of each)`;
  return { target: { known: false, reason: "NoTagMatches", message }, retryAfterMs: 0 };
}

function tooMany({ image }: Choosing, count: number): FairleadError {
  const message = `${count} tags of ${familiarName(image)} fit; each has to be asked when it was made, and at most ${mostDated} are asked`;
  return new FairleadError("TagsUnlisted", message, {
    remedy: "write a pattern that fits fewer tags, or another order",
  });
}
