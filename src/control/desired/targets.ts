import type { BuildSpec } from "../../compose/model/container/build-spec.js";
import { buildHash } from "../../compose/model/hash.js";
import { jobImages } from "../../compose/model/policy/job.js";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { asDigest, familiarImage, formatImage, parseImage } from "../../compose/values/image.js";
import type { Digest, ImageHint, ImageReference } from "../../compose/values/image.js";
import { buildTarget } from "../../plan/host/build.js";
import type { BuildState } from "../../plan/host/build.js";
import { localTarget } from "../../plan/host/local.js";
import type { FoundTarget, TagChoice } from "../../plan/model/desired.js";
import type { ObservedImage } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { Cached } from "../../tools/sharing/cached.js";
import type { Entry } from "../journal/entry.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Contexts } from "../ports/builds.js";
import type { Clock } from "../ports/clock.js";
import type { Digests } from "./digests.js";
import { unknownBy } from "./reasons.js";
import { followedOf } from "./running-tags.js";
import type { Signatures } from "../signatures/signatures.js";
import { isChoosing, isOfRepository } from "./tag-rules.js";
import type { Found, Followed, Tags } from "./tags.js";

export interface TargetsOptions {
  readonly digests: Digests;
  readonly tags: Tags;
  readonly signatures: Pick<Signatures, "doubt">;
  readonly contexts: Contexts;
  /** The builds of this process, by mark, for a look at the host that was begun then by our monotonic clock. */
  readonly builds: { asOf(lookedAt: number | undefined): ReadonlyMap<string, BuildState> };
  readonly recordOf: (key: ServiceKey) => ServiceRecord;
  readonly append: (entry: Entry) => Promise<void>;
  readonly clock: Clock;
}

export interface Resolved extends Found {
  /** Of a service without a policy that chooses, as it is written. */
  readonly image: ImageReference;
  readonly choice?: TagChoice;
}

/** What there is of the host, of this service or of all. */
export interface Sight {
  readonly images: readonly ObservedImage[];
  readonly containers: readonly ObservedContainer[];
  /** When the look was begun that it is of, by our monotonic clock. Absent: now. */
  readonly lookedAt?: number | undefined;
}

/** What image a service should run: what the registry says, what this host has, or what is built here. */
export class Targets {
  readonly #contents = new Map<string, Cached<string>>();
  /** Services whose registry is asked at the next look, however lately it was asked. */
  readonly #urgent = new Set<ServiceKey>();
  /** Services of whose tags a hook has told: the next look need not ask for the list. */
  readonly #told = new Set<ServiceKey>();

  constructor(private readonly options: TargetsOptions) {}

  /** A hook or a person says that something has changed: the next look asks. */
  invalidate(spec: ServiceSpec): void {
    const key = serviceKey(spec.project, spec.name);
    for (const image of [spec.image, ...jobImages(spec)]) {
      this.options.digests.invalidate(image);
      this.options.signatures.doubt(image);
    }
    if (!this.#told.delete(key) && isChoosing(spec)) this.options.tags.invalidate(spec.image);
    if (spec.build !== undefined) this.#contents.get(buildHash(spec.build))?.invalidate();
    this.#urgent.add(key);
  }

  /** A hook says that these were pushed: where a policy may choose among tags, the next look asks for them alone. */
  told(spec: ServiceSpec, pushed: readonly ImageHint[]): void {
    if (!isChoosing(spec)) return;
    const tags = pushed.flatMap((image) => (isOfRepository(image, spec) ? [image.tag] : []));
    const isSure = tags.map((tag) => tag !== undefined && this.options.tags.told(spec, tag)).every((sure) => sure);
    if (tags.length > 0 && isSure) this.#told.add(serviceKey(spec.project, spec.name));
  }

  /** A person says so: the next look asks even a registry that has asked for patience. */
  insist(spec: ServiceSpec): void {
    this.#told.delete(serviceKey(spec.project, spec.name));
    for (const image of [spec.image, ...jobImages(spec)]) this.options.digests.insist(image);
  }

  invalidateAll(): void {
    this.options.digests.invalidateAll();
    this.options.tags.invalidateAll();
    this.#contents.clear();
  }

  /** Never throws: what cannot be asked is a fact like any other. */
  async resolve(spec: ServiceSpec, sight: Sight): Promise<Resolved> {
    const { build, image } = spec;
    const { images } = sight;
    if (build !== undefined) return { image, ...(await this.#built(spec, build, sight)) };
    const pull = image.digest === undefined ? spec.pullPolicy : undefined;
    switch (pull?.kind) {
      case "never":
        return { image, ...atOnce(localTarget(image, images) ?? missing(image)) };
      case "missing":
        return this.#follow(spec, sight, (one) => {
          const local = localTarget(one, images);
          return local === undefined ? this.options.digests.resolve(one) : Promise.resolve(atOnce(local));
        });
      case "every":
        return this.#atIntervals(spec, pull.periodMs, sight);
      case "always":
      case "build":
      case undefined:
        return this.#follow(spec, sight);
    }
  }

  /** The written tag, or the one that a policy chooses, and what is behind it. */
  async #follow(
    spec: ServiceSpec,
    { containers }: Sight,
    behind = (image: ImageReference): Promise<Found> => this.options.digests.resolve(image),
  ): Promise<Followed> {
    const { tags, recordOf } = this.options;
    const { image, policy } = spec;
    const running =
      policy === undefined ? [] : followedOf(spec, containers, recordOf(serviceKey(spec.project, spec.name)));
    if (isChoosing(spec)) return tags.follow(spec, running, behind);
    const kept = running.find(({ tag }) => tag === image.tag);
    if (kept === undefined || image.digest !== undefined) return { image, ...(await behind(image)) };
    return { image, ...atOnce({ known: true, digest: asDigest(kept.digest), sameContent: [] }) };
  }

  /** Which of the tags that there are now a policy chooses, and what became of the others. Undefined: it has none that chooses. */
  async survey(spec: ServiceSpec, sight: Sight): Promise<Followed | undefined> {
    if (!isChoosing(spec)) return undefined;
    this.options.tags.relist(spec.image);
    return this.#follow(spec, sight);
  }

  /** An image that a job names: by the service's `pull_policy` where that says what may be asked, each time it is due. */
  async resolveJobImage(
    { pullPolicy }: ServiceSpec,
    image: ImageReference,
    images: readonly ObservedImage[],
  ): Promise<Found> {
    const local =
      pullPolicy?.kind === "never" || pullPolicy?.kind === "missing" ? localTarget(image, images) : undefined;
    if (local !== undefined) return atOnce(local);
    return pullPolicy?.kind === "never" ? atOnce(missing(image)) : this.options.digests.resolve(image);
  }

  isSameContent(spec: ServiceSpec, digest: Digest, container: ObservedContainer): Promise<boolean> {
    return this.options.digests.isSameContent(spec, digest, container);
  }

  async #built(spec: ServiceSpec, build: BuildSpec, { images, lookedAt }: Sight): Promise<Found> {
    const { builds, recordOf } = this.options;
    const record = recordOf(serviceKey(spec.project, spec.name));
    try {
      const contents = await this.#contentsOf(build).get();
      const { retriedAt } = record.memory;
      const states = builds.asOf(lookedAt);
      return atOnce(buildTarget({ spec, build, contents, images, states, memory: record.builds, retriedAt }));
    } catch (thrown) {
      return unknownBy(thrown);
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
  async #atIntervals(spec: ServiceSpec, periodMs: number, sight: Sight): Promise<Resolved> {
    const { recordOf, append, clock } = this.options;
    const key = serviceKey(spec.project, spec.name);
    const last = recordOf(key).resolved;
    const age = clock.now() - (last?.at ?? 0);
    // A clock that was set back since does not make the answer fresher.
    const isFresh = last !== undefined && age >= 0 && age < periodMs && this.#isOf(last.image, spec);
    if (isFresh && !this.#urgent.has(key)) {
      return { image: parseImage(last.image), ...atOnce({ known: true, digest: last.digest, sameContent: [] }) };
    }
    const answer = await this.#follow(spec, sight);
    if (!answer.target.known) return answer;
    this.#urgent.delete(key);
    const { digest } = answer.target;
    await append({
      type: "resolved",
      at: clock.now(),
      key,
      image: formatImage(answer.image),
      digest: asDigest(digest),
    });
    return answer;
  }

  /** Whether an answer is still one to what the file asks. */
  #isOf(image: string, spec: ServiceSpec): boolean {
    if (!isChoosing(spec)) return image === formatImage(spec.image);
    const { registry, repository, tag } = parseImage(image);
    return (
      isOfRepository({ registry, repository, tag }, spec) && tag !== undefined && this.options.tags.fits(spec, tag)
    );
  }
}

function atOnce(target: FoundTarget): Found {
  return { target, retryAfterMs: 0 };
}

function missing(image: ImageReference): FoundTarget {
  const message = `no image on this host is called ${familiarImage(image)}, and pull_policy is never (build or load it here, or change pull_policy)`;
  return { known: false, reason: "ImageNotFound", message };
}
