import { mayFollow, promotedTags } from "../../tags/promoted.js";
import { findCycle } from "../../tools/cycle.js";
import { quote } from "../../tools/quote.js";
import { report } from "../document/node.js";
import { formatPolicy } from "../model/policy/tag-policy.js";
import type { ServiceSpec } from "../model/service.js";
import type { Definition } from "./definition.js";

/** Reports services that would move one tag in turns, or follow what each other moves without end. */
export function checkPromotions(definitions: readonly Definition[]): void {
  const promoting = definitions.filter(({ spec }) => spec.promote !== undefined);
  for (const [index, { spec, promote }] of promoting.entries()) {
    for (const { spec: other } of promoting.slice(0, index)) {
      const tag = contested(spec, other);
      if (promote === undefined || tag === undefined) continue;
      const what = `service ${quote(other.name)} moves ${quote(tag)} as well, but follows another tag`;
      report(promote, `${what}: the two would move it in turns`, "let one of them move it");
    }
  }
  const graph = new Map(promoting.map(({ spec }) => [spec.name, fedBy(spec, promoting)]));
  const cycle = findCycle(graph);
  const first = promoting.find(({ spec }) => spec.name === cycle?.[0]);
  if (cycle === undefined || first?.promote === undefined) return;
  const names = cycle.map((name) => quote(name)).join(" -> ");
  report(first.promote, `services follow in a circle what each other moves: ${names}`, "let one of them move nothing");
}

/** A tag that two services move, each from a source of its own. */
function contested(one: ServiceSpec, other: ServiceSpec): string | undefined {
  if (!isSameRepository(one, other) || sourceOf(one) === sourceOf(other)) return undefined;
  const others = movedBy(other);
  return movedBy(one).find((tag) => others.includes(tag));
}

/** Those that may follow what a service moves. */
function fedBy(spec: ServiceSpec, promoting: readonly Definition[]): readonly string[] {
  const tags = movedBy(spec);
  const others = promoting.filter((other) => isSameRepository(spec, other.spec));
  return others.flatMap(({ spec: other }) => (tags.some((tag) => mayFollow(other, tag)) ? [other.name] : []));
}

/** Where a policy chooses, any pattern may fit. */
function movedBy({ promote = [], policy, image }: ServiceSpec): readonly string[] {
  const isChosen = policy !== undefined && policy.kind !== "pinned";
  return isChosen ? promote.map(({ tag }) => tag) : promotedTags(promote, image.tag);
}

function sourceOf({ image, policy }: ServiceSpec): string {
  return JSON.stringify([image.tag, image.digest, policy === undefined ? "" : formatPolicy(policy)]);
}

function isSameRepository({ image: one }: ServiceSpec, { image: other }: ServiceSpec): boolean {
  return one.registry === other.registry && one.repository === other.repository;
}
