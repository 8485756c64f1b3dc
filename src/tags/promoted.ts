import type { TagPolicy } from "../compose/model/policy/tag-policy.js";
import type { TagPromotion } from "../compose/model/policy/tag-promotion.js";
import type { ImageReference } from "../compose/values/image.js";
import { parsePattern } from "../patterns/pattern.js";
import { ruleOf } from "./rule.js";

/** The tags that what comes from `tag` is promoted to. Without a tag no pattern fits. */
export function promotedTags(promotions: readonly TagPromotion[], tag: string | undefined): readonly string[] {
  const fitting = promotions.filter(
    ({ from }) => from === undefined || (tag !== undefined && parsePattern(from).fits(tag)),
  );
  return fitting.map((promotion) => promotion.tag);
}

/** Whether a service could come to follow this tag of its image's repository. What is written with a digest follows none. */
export function mayFollow(
  { image, policy }: { readonly image: ImageReference; readonly policy?: TagPolicy },
  tag: string,
): boolean {
  if (image.digest !== undefined) return false;
  if (policy === undefined || policy.kind === "pinned") return image.tag === tag;
  return ruleOf(policy, image.tag).judge(tag).fits;
}
