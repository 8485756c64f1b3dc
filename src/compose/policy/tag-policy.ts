import { ruleOf } from "../../tags/rule.js";
import { parseVersion } from "../../tags/version.js";
import { given } from "../../tools/present.js";
import { isMapping, quoted, read, report, reportKey, wrongKind, type Node } from "../document/node.js";
import { choice, filledText, parsed, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { policyKeys } from "../keys/extension-keys.js";
import { tagOrders, type ChoosingPolicy, type TagPolicy } from "../model/policy/tag-policy.js";
import type { PullPolicy } from "../model/service.js";
import type { ImageReference } from "../values/image.js";
import { quote } from "../../tools/quote.js";

/** What of a service a policy has to agree with. */
export interface Followed {
  readonly image: ImageReference;
  readonly isBuilt: boolean;
  readonly pullPolicy: PullPolicy | undefined;
}

const forms = "write `pinned`, `{semver: ^1.4}` or `{pattern: '^release-(?<version>.*)$'}`";

/** Undefined: the written tag is followed, or what is wrong has been reported. */
export function tagPolicy(node: Node | undefined, followed: Followed): TagPolicy | undefined {
  const policy = read(node, decode);
  if (node === undefined || policy === undefined || policy === "tag") return undefined;
  return isAgreed(node, policy, followed) ? policy : undefined;
}

function decode(node: Node): TagPolicy | "tag" | null {
  if (typeof node.value === "string") return named(node);
  if (!isMapping(node.value)) return wrongKind(node, "a policy", forms);
  const field = fields(node, policyKeys);
  const [range, pattern, order] = [field("semver"), field("pattern"), field("order")];
  const written = { range: read(range, rangeText), pattern: read(pattern, patternText) };
  const ordered = read(order, (at) => choice(at, tagOrders)) ?? "semver";
  if (range === undefined && pattern === undefined)
    return report(node, "neither `semver` nor `pattern` is written", forms);
  if (pattern === undefined && order !== undefined) {
    return reportKey(order, "without `pattern` there is nothing to put in order", "remove it: `semver` has its own");
  }
  if (order !== undefined && range !== undefined && ordered !== "semver") {
    return report(order, "beside `semver` the order is that of versions", "remove `order`, or `semver`");
  }
  if (range !== undefined && written.range === undefined) return null;
  if (pattern === undefined) return written.range === undefined ? null : { kind: "semver", range: written.range };
  if (written.pattern === undefined) return null;
  return { kind: "pattern", pattern: written.pattern, order: ordered, ...given({ range: written.range }) };
}

function named(node: Node): TagPolicy | "tag" | null {
  const word = text(node);
  if (word === null || word === "tag") return word;
  if (word === "pinned" || word === "digest") return { kind: "pinned" };
  return report(node, `${quoted(node)} is no policy`, forms);
}

function rangeText(node: Node): string | null {
  return tried(node, (range) => ({ kind: "semver", range }), "a range of versions");
}

function patternText(node: Node): string | null {
  return tried(node, (pattern) => ({ kind: "pattern", pattern, order: "semver" }), "a regular expression");
}

function tried(node: Node, policyOf: (written: string) => ChoosingPolicy, kind: string): string | null {
  if (filledText(node) === null) return null;
  return parsed(
    node,
    (written) => {
      ruleOf(policyOf(written), undefined);
      return written;
    },
    kind,
  );
}

/** Reports where the policy and the rest of the service say opposite things. */
function isAgreed(node: Node, policy: TagPolicy, { image, isBuilt, pullPolicy }: Followed): boolean {
  const faults = policy.kind === "pinned" ? [] : [...oppositesOf(image, pullPolicy), ...templateFaults(policy, image)];
  if (isBuilt) faults.unshift(["what is built here has no tags to choose from", "remove it, or `build`"]);
  const [first] = faults;
  if (first === undefined) return true;
  reportKey(node, ...first);
  return false;
}

type Fault = [message: string, remedy: string];

function oppositesOf(image: ImageReference, pullPolicy: PullPolicy | undefined): Fault[] {
  if (image.digest !== undefined) {
    return [["the image is written with a digest, so that no tag is followed", "remove the digest, or the policy"]];
  }
  if (pullPolicy?.kind !== "never") return [];
  return [["`pull_policy` is never: no registry is asked for its tags", "remove `pull_policy`, or the policy"]];
}

/** The written tag says which variant is followed: one that is no version does not say it. */
function templateFaults(policy: ChoosingPolicy, { tag = "latest" }: ImageReference): Fault[] {
  if (policy.kind !== "semver" || tag === "latest" || parseVersion(tag) !== undefined) return [];
  const message = `the written tag ${quote(tag)} is no version, so that nobody can tell which variant is followed`;
  return [[message, "write a version in its place, such as `1.4` or `1.4-alpine`, or no tag"]];
}
