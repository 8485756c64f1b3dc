import type { BuildSpec } from "../../compose/model/build-spec.js";
import { buildHash } from "../../compose/model/hash.js";
import { jobImages } from "../../compose/model/job.js";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { familiarImage, formatImage } from "../../compose/values/image.js";
import type { Digest, ImageReference } from "../../compose/values/image.js";
import { asFairleadError } from "../../errors.js";
import { buildTarget } from "../../plan/host/build.js";
import type { BuildState } from "../../plan/host/build.js";
import { localTarget } from "../../plan/host/local.js";
import type { FoundTarget } from "../../plan/model/desired.js";
import type { ObservedImage } from "../../plan/model/host-snapshot.js";
import type { ObservedContainer } from "../../plan/model/observed.js";
import { Cached } from "../../tools/cached.js";
import type { Entry } from "../journal/entry.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Contexts } from "../ports/builds.js";
import type { Clock } from "../ports/clock.js";
import type { Digests } from "./digests.js";
import { reasonOf } from "./reasons.js";

export interface TargetsOptions {
  readonly digests: Digests;
  readonly contexts: Contexts;
  /** The builds of this process, by mark. */
  readonly builds: ReadonlyMap<string, BuildState>;
  readonly recordOf: (key: ServiceKey) => ServiceRecord;
  readonly append: (entry: Entry) => Promise<void>;
  readonly clock: Clock;
}

export interface Resolved {
  readonly target: FoundTarget;
  readonly retryAfterMs: number;
}

/** What image a service should run: what the registry says, what this host has, or what is built here. */
export class Targets {
  readonly #contents = new Map<string, Cached<string>>();
  /** Services whose registry is asked at the next look, however lately it was asked. */
  readonly #urgent = new Set<ServiceKey>();

  constructor(private readonly options: TargetsOptions) {}

  /** A hook or a person says that something has changed: the next look asks. */
  invalidate(spec: ServiceSpec): void {
    for (const image of [spec.image, ...jobImages(spec)]) this.options.digests.invalidate(image);
    if (spec.build !== undefined) this.#contents.get(buildHash(spec.build))?.invalidate();
    this.#urgent.add(serviceKey(spec.project, spec.name));
  }

  /** A person says so: the next look asks even a registry that has asked for patience. */
  insist(spec: ServiceSpec): void {
    for (const image of [spec.image, ...jobImages(spec)]) this.options.digests.insist(image);
  }

  invalidateAll(): void {
    this.options.digests.invalidateAll();
    this.#contents.clear();
  }

  /** Never throws: what cannot be asked is a fact like any other. */
  async resolve(spec: ServiceSpec, images: readonly ObservedImage[]): Promise<Resolved> {
    const { build, image } = spec;
    if (build !== undefined) return this.#built(spec, build, images);
    const policy = image.digest === undefined ? spec.pullPolicy : undefined;
    switch (policy?.kind) {
      case "never":
        return atOnce(localTarget(image, images) ?? missing(image));
      case "missing": {
        const local = localTarget(image, images);
        return local === undefined ? this.options.digests.resolve(image) : atOnce(local);
      }
      case "every":
        return this.#atIntervals(spec, policy.periodMs);
      case "always":
      case "build":
      case undefined:
        return this.options.digests.resolve(image);
    }
  }

  /** An image that a job names: by the service's `pull_policy` where that says what may be asked, each time it is due. */
  async resolveJobImage(
    { pullPolicy }: ServiceSpec,
    image: ImageReference,
    images: readonly ObservedImage[],
  ): Promise<Resolved> {
    const local =
      pullPolicy?.kind === "never" || pullPolicy?.kind === "missing" ? localTarget(image, images) : undefined;
    if (local !== undefined) return atOnce(local);
    return pullPolicy?.kind === "never" ? atOnce(missing(image)) : this.options.digests.resolve(image);
  }

  isSameContent(spec: ServiceSpec, digest: Digest, container: ObservedContainer): Promise<boolean> {
    return this.options.digests.isSameContent(spec, digest, container);
  }

  async #built(spec: ServiceSpec, build: BuildSpec, images: readonly ObservedImage[]): Promise<Resolved> {
    const { builds, recordOf } = this.options;
    const record = recordOf(serviceKey(spec.project, spec.name));
    try {
      const contents = await this.#contentsOf(build).get();
      const { retriedAt } = record.memory;
      return atOnce(buildTarget({ spec, build, contents, images, states: builds, memory: record.builds, retriedAt }));
    } catch (thrown) {
      const error = asFairleadError(thrown);
      const remedy = error.remedy === undefined ? "" : ` (${error.remedy})`;
      return atOnce({ known: false, reason: reasonOf(error), message: `${error.message}${remedy}` });
    }
  }

  #contentsOf(build: BuildSpec): Cached<string> {
    const hash = buildHash(build);
    const known = this.#contents.get(hash);
    if (known !== undefined) return known;
    const cached = new Cached(() => this.options.contexts.identify(build));
    this.#contents.set(hash, cached);
    return cached;
  }

  /** The registry's last answer counts for the period, over restarts as well. */
  async #atIntervals(spec: ServiceSpec, periodMs: number): Promise<Resolved> {
    const { digests, recordOf, append, clock } = this.options;
    const key = serviceKey(spec.project, spec.name);
    const image = formatImage(spec.image);
    const last = recordOf(key).resolved;
    const age = clock.now() - (last?.at ?? 0);
    // A clock that was set back since does not make the answer fresher.
    const isFresh = last?.image === image && age >= 0 && age < periodMs;
    if (isFresh && !this.#urgent.has(key)) return atOnce({ known: true, digest: last.digest, sameContent: [] });
    const answer = await digests.resolve(spec.image);
    if (!answer.target.known) return answer;
    this.#urgent.delete(key);
    await append({ type: "resolved", at: clock.now(), key, image, digest: answer.target.digest });
    return answer;
  }
}

function atOnce(target: FoundTarget): Resolved {
  return { target, retryAfterMs: 0 };
}

function missing(image: ImageReference): FoundTarget {
  const message = `no image on this host is called ${familiarImage(image)}, and pull_policy is never (build or load it here, or change pull_policy)`;
  return { known: false, reason: "ImageNotFound", message };
}
