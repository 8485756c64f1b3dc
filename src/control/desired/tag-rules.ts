import type { ServiceSpec } from "../../compose/model/service.js";
import type { ChoosingPolicy } from "../../compose/model/policy/tag-policy.js";
import type { ImageHint } from "../../compose/values/image.js";
import { ruleOf } from "../../tags/rule.js";
import type { TagRule } from "../../tags/rule.js";

/** A service whose tag is chosen by its policy. */
export type Choosing = ServiceSpec & { readonly policy: ChoosingPolicy };

/** Under such a name stands what belongs to a digest: a signature that a service may wait for. */
const signatureTag = /^sha256-[0-9a-f]{64}(\.sig)?$/;

export function isChoosing(spec: ServiceSpec): spec is Choosing {
  return spec.policy !== undefined && spec.policy.kind !== "pinned" && spec.image.digest === undefined;
}

/** The rules of services, each made once. */
export class TagRules {
  readonly #rules = new WeakMap<ServiceSpec, TagRule>();

  of(spec: Choosing): TagRule {
    const known = this.#rules.get(spec);
    if (known !== undefined) return known;
    const rule = ruleOf(spec.policy, spec.image.tag);
    this.#rules.set(spec, rule);
    return rule;
  }

  /** Whether a push of this image may concern the service: its written tag, or any that its policy may choose. */
  concerns(pushed: ImageHint, spec: ServiceSpec): boolean {
    const { image } = spec;
    if (image.digest !== undefined || !isOfRepository(pushed, spec)) return false;
    if (pushed.tag === undefined || signatureTag.test(pushed.tag)) return true;
    return isChoosing(spec) ? this.of(spec).judge(pushed.tag).fits : pushed.tag === image.tag;
  }
}

export function isOfRepository({ registry, repository }: ImageHint, { image }: Pick<ServiceSpec, "image">): boolean {
  return (registry === undefined || registry === image.registry) && repository === image.repository;
}
