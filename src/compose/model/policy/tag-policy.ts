export const tagOrders = ["semver", "numeric", "alphabetical", "newest"] as const;
/** `newest`: by the time at which an image says that it was made. */
export type TagOrder = (typeof tagOrders)[number];

/** Which tag of its image's repository a service follows (`x-fairlead.policy`). */
export type TagPolicy =
  /** The written tag, and of it the digest that runs. */
  | { readonly kind: "pinned" }
  /** The highest version within the range. A suffix of the written tag stays. */
  | { readonly kind: "semver"; readonly range: string }
  /** Of the tags that the regular expression fits, the last one in this order; `range`: with the order `semver`. */
  | { readonly kind: "pattern"; readonly pattern: string; readonly order: TagOrder; readonly range?: string };

/** A policy that chooses among tags. */
export type ChoosingPolicy = Exclude<TagPolicy, { readonly kind: "pinned" }>;

/** `semver ^1.4`, `pattern ^release-(\d+)$ by numeric`. */
export function formatPolicy(policy: TagPolicy): string {
  switch (policy.kind) {
    case "pinned":
      return "pinned";
    case "semver":
      return `semver ${policy.range}`;
    case "pattern": {
      const { pattern, order, range } = policy;
      return `pattern ${pattern} by ${order}${range === undefined ? "" : ` ${range}`}`;
    }
  }
}
