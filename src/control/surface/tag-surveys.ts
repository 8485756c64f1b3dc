import { formatPolicy } from "../../compose/model/tag-policy.js";
import type { ServiceKey } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { HostSnapshot } from "../../plan/model/host-snapshot.js";
import { given } from "../../tools/present.js";
import type { Catalog } from "../desired/catalog.js";
import { runningOf } from "../desired/running-tags.js";
import type { Targets } from "../desired/targets.js";
import type { TagSurvey } from "./surface.js";

export interface TagSurveysOptions {
  readonly catalog: Pick<Catalog, "specs">;
  readonly targets: Pick<Targets, "survey" | "resolve">;
  readonly look: () => Promise<HostSnapshot>;
}

/** Of a repository with thousands of tags. */
const mostShown = 500;

/** What the running controller knows of the tags of a service's repository. Nothing is changed. */
export class TagSurveys {
  constructor(private readonly options: TagSurveysOptions) {}

  async of(key: ServiceKey): Promise<TagSurvey | undefined> {
    const { catalog, targets, look } = this.options;
    const spec = catalog.specs.get(key);
    if (spec === undefined) return undefined;
    const host = await look();
    const followed = await targets.survey(spec, host);
    const { target, image } = followed ?? (await targets.resolve(spec, host));
    const candidates = followed?.survey?.candidates ?? [];
    const tag = followed === undefined ? image.tag : followed.choice?.tag;
    return {
      image: formatImage(spec.image),
      ...given({
        policy: spec.policy === undefined ? undefined : formatPolicy(spec.policy),
        tag,
        digest: target.known ? target.digest : undefined,
        problem: target.known ? undefined : { reason: target.reason, message: target.message },
      }),
      running: [...new Set(runningOf(spec, host.containers).map((one) => one.tag))],
      candidates: candidates.slice(0, mostShown),
      more: Math.max(0, candidates.length - mostShown),
    };
  }
}
