import { formatPolicy } from "../../compose/model/policy/tag-policy.js";
import type { ServiceKey } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import { keptImages } from "../../plan/host/kept-images.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import { given } from "../../tools/present.js";
import type { Catalog } from "../desired/catalog.js";
import { runningOf } from "../desired/running-tags.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Signatures } from "../signatures/signatures.js";
import type { Targets } from "../desired/targets.js";
import { verifiedTarget } from "../signatures/look.js";
import type { TagSurvey } from "./surface.js";

export interface TagSurveysOptions {
  readonly catalog: Pick<Catalog, "specs">;
  readonly targets: Pick<Targets, "survey" | "resolve">;
  readonly signatures: Pick<Signatures, "look">;
  readonly look: () => Promise<HostSnapshot>;
  readonly record: (key: ServiceKey) => Pick<ServiceRecord, "memory">;
}

/** Of a repository with thousands of tags. */
const mostShown = 500;

/** What the running controller knows of the tags of a service's repository. Nothing is changed. */
export class TagSurveys {
  constructor(private readonly options: TagSurveysOptions) {}

  async of(key: ServiceKey): Promise<TagSurvey | undefined> {
    const { catalog, targets, signatures, look, record } = this.options;
    const spec = catalog.specs.get(key);
    if (spec === undefined) return undefined;
    const host = await look();
    const followed = await targets.survey(spec, host);
    const { target: found, image } = followed ?? (await targets.resolve(spec, host));
    const candidate = found.known ? [{ image, digest: found.digest }] : [];
    const looked = await signatures.look(spec, candidate);
    const target = verifiedTarget(found, image, looked?.seen);
    const candidates = followed?.survey?.candidates ?? [];
    const tag = followed === undefined ? image.tag : followed.choice?.tag;
    return {
      image: formatImage(spec.image),
      ...given({
        policy: spec.policy === undefined ? undefined : formatPolicy(spec.policy),
        tag,
        digest: found.known ? found.digest : undefined,
        problem: target.known ? undefined : { reason: target.reason, message: target.message },
      }),
      // Of one that is not, `problem` says why.
      ...(looked !== undefined && target.known ? { signed: true as const } : {}),
      running: [...new Set(runningOf(spec, host.containers).map((one) => one.tag))],
      candidates: candidates.slice(0, mostShown),
      more: Math.max(0, candidates.length - mostShown),
      kept: keptImages(spec, { host, holds: record(key).memory.holds, wanted: found.known ? found.digest : undefined }),
    };
  }
}
