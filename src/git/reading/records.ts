import type { ProjectSpec } from "../../compose/model/service.js";
import type { Digest } from "../../compose/values/image.js";

/** The digests that stand behind tags, by the names of the services. */
export type Records = ReadonlyMap<string, Digest>;

/** A project that follows its tags, and the digests that stand behind them: no more than a record of what ran. */
export function followingTags(project: ProjectSpec | undefined): {
  readonly project: ProjectSpec | undefined;
  readonly records: Records;
} {
  const records = new Map<string, Digest>();
  const services = project?.services.map((spec) => {
    const { digest, tag } = spec.image;
    // The image of a gate is the settings' own.
    if (digest === undefined || tag === undefined || spec.gateOf !== undefined) return spec;
    records.set(spec.name, digest);
    return { ...spec, image: { ...spec.image, digest: undefined } };
  });
  return { project: project && { ...project, services: services ?? [] }, records };
}
