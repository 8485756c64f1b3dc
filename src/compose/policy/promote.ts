import { FairleadError } from "../../errors.js";
import { parsePattern } from "../../patterns/pattern.js";
import { mayFollow } from "../../tags/promoted.js";
import { given } from "../../tools/present.js";
import { quote } from "../../tools/quote.js";
import { isMapping, items, quoted, read, readAll, report, reportKey, wrongKind, type Node } from "../document/node.js";
import { filledText, parsed } from "../document/scalar.js";
import { promoteKeys } from "../keys/extension-keys.js";
import { fields } from "../keys/fields.js";
import type { TagPolicy } from "../model/policy/tag-policy.js";
import type { TagPromotion } from "../model/policy/tag-promotion.js";
import { isTag, type ImageReference } from "../values/image.js";
import type { Followed } from "./tag-policy.js";

const forms = "write `latest`, `[latest, stable]` or `[{tag: latest, if: '1.*'}]`";

/** Undefined: none is written, or what is wrong has been reported. */
export function promotions(
  node: Node | undefined,
  followed: Followed,
  policy: TagPolicy | undefined,
): readonly TagPromotion[] | undefined {
  if (node === undefined || !isPossible(node, followed)) return undefined;
  const service = { image: followed.image, ...given({ policy }) };
  const seen = new Set<string>();
  const found = readAll(Array.isArray(node.value) ? items(node) : [node], (item) => promotion(item, service, seen));
  return found.length === 0 ? undefined : found;
}

function isPossible(node: Node, { isBuilt, pullPolicy }: Followed): boolean {
  if (isBuilt) {
    reportKey(node, "what is built here is in no registry, where a tag could be moved", "remove it, or `build`");
  } else if (pullPolicy?.kind === "never") {
    reportKey(node, "`pull_policy` is never: no registry is asked", "remove `pull_policy`, or `promote`");
  } else if (Array.isArray(node.value) && node.value.length === 0) {
    report(node, "must not be empty", "leave it out where no tag is to be moved");
  } else return true;
  return false;
}

interface Follower {
  readonly image: ImageReference;
  readonly policy?: TagPolicy;
}

function promotion(node: Node, service: Follower, seen: Set<string>): TagPromotion | null {
  if (typeof node.value === "string") {
    const tag = movedTag(node, service, seen);
    return tag === null ? null : { tag };
  }
  if (!isMapping(node.value)) return wrongKind(node, "a tag or a mapping", forms);
  const field = fields(node, promoteKeys);
  const [named, condition] = [field("tag"), field("if")];
  if (named === undefined) return report(node, "`tag` is missing", forms);
  const tag = read(named, (at) => movedTag(at, service, seen));
  const from = read(condition, pattern);
  if (condition !== undefined && service.image.tag === undefined) {
    return report(condition, "the image is written without a tag that could fit", "write one before its digest");
  }
  const isWhole = tag !== undefined && (condition === undefined || from !== undefined);
  return isWhole ? { tag, ...given({ from }) } : null;
}

function movedTag(node: Node, service: Follower, seen: Set<string>): string | null {
  const tag = filledText(node);
  if (tag === null) return null;
  if (!isTag(tag)) {
    const remedy =
      "tags are letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`; the repository is the image's";
    return report(node, `${quoted(node)} is not a tag`, remedy);
  }
  if (seen.has(tag)) return report(node, `${quoted(node)} is given twice`, "write it once, with one pattern for all");
  seen.add(tag);
  if (!mayFollow(service, tag)) return tag;
  const isChosen = service.policy !== undefined && service.policy.kind !== "pinned";
  const circle = isChosen ? "is a tag that the service's policy may choose" : "is the tag that the service follows";
  return report(node, `${quoted(node)} ${circle}`, "name one that this service does not follow");
}

function pattern(node: Node): string | null {
  if (filledText(node) === null) return null;
  return parsed(
    node,
    (written) => {
      try {
        return parsePattern(written).text;
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : "unknown";
        throw new FairleadError("SpecInvalid", `${quote(written)} is no pattern: ${why}`, {
          remedy: "write a pattern with * and ?, or a regular expression of RE2 between slashes",
          retry: "never",
        });
      }
    },
    "a pattern",
  );
}
