import { specHash } from "../../compose/model/hash.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { ImageReference } from "../../compose/values/image.js";
import { asFairleadError } from "../../errors.js";
import { withContainersOf } from "../../plan/host/local.js";
import { jobImagesOf } from "../../plan/jobs/job-need.js";
import type { KnownDependency } from "../../plan/model/dependency.js";
import { notedChoice } from "../../plan/model/desired.js";
import type { Desired, FoundTarget, Target } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host-snapshot.js";
import { inEverySlot, inRole, isImageOf } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import type { Journal } from "../journal/journal.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import { inTime } from "../time/in-time.js";
import type { Catalog } from "./catalog.js";
import { knownDependencies } from "./known-dependencies.js";
import { reasonOf } from "./reasons.js";
import type { Targets } from "./targets.js";

export interface ResolutionsOptions {
  readonly targets: Targets;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly catalog: Pick<Catalog, "declared" | "statuses" | "isOnItsWay">;
  /** Something that a run waited for has come. */
  readonly wake: (key: ServiceKey) => void;
}

/** The run that wants to know. */
export interface Asker {
  readonly key: ServiceKey;
  readonly log: Log;
  /** Is told the registry's own wish (Retry-After). */
  retryAfterMs: number;
}

interface LateFailure {
  /** As the file names it. */
  readonly declared: string;
  readonly image: ImageReference;
  readonly target: Target;
}

/** The registry's answer is waited for this long within a run. */
const registryPatienceMs = 500;

/** What a service should run now, by its file and the registry, within the time that a run has for it. */
export class Resolutions {
  readonly #lateFailures = new Map<ServiceKey, LateFailure>();

  constructor(private readonly options: ResolutionsOptions) {}

  /**
   * Undefined: the registry takes its time. A service is not to wait for that with its repairs, so the run goes on without
   * an answer, and the key comes again when there is one.
   */
  async desired(asker: Asker, spec: ServiceSpec, view: View): Promise<Desired | undefined> {
    const { clock, wake } = this.options;
    const failed = this.#lateFailures.get(asker.key);
    this.#lateFailures.delete(asker.key);
    const declared = formatImage(spec.image);
    if (failed?.declared === declared) {
      return { spec: { ...spec, image: failed.image }, specHash: specHash(spec), target: failed.target };
    }
    return inTime(this.#resolve(asker, spec, view), clock, registryPatienceMs, ({ spec: { image }, target }) => {
      // A digest is remembered where it was asked for; a failure only here, or it would be asked for ever.
      if (!target.known) this.#lateFailures.set(asker.key, { declared, image, target });
      wake(asker.key);
    });
  }

  dependencies({ key }: Asker, spec: ServiceSpec, host: HostSnapshot): Promise<ReadonlyMap<string, KnownDependency>> {
    const { catalog, targets, journal, clock, wake } = this.options;
    const declared = (one: ServiceKey) => catalog.declared(one);
    const status = (one: ServiceKey) => catalog.statuses.get(one);
    const isOnItsWay = (one: ServiceKey) => catalog.isOnItsWay(one);
    const sameContent = (one: ServiceKey) => journal.record(one).sameContent;
    const resolve = (one: ServiceSpec) =>
      inTime(targets.resolve(one, host), clock, registryPatienceMs, ({ target }) => {
        if (target.known) wake(key);
      });
    return knownDependencies(spec, { declared, status, isOnItsWay, sameContent, resolve });
  }

  async #resolve(asker: Asker, declared: ServiceSpec, view: View): Promise<Desired> {
    const { target, retryAfterMs, image, choice } = await this.options.targets.resolve(declared, view);
    asker.retryAfterMs = retryAfterMs;
    const spec = image === declared.image ? declared : { ...declared, image };
    const wanted = { spec, specHash: specHash(spec), ...notedChoice(choice) };
    const desired = { ...wanted, target: await this.#compareContent(asker, wanted, target, view) };
    const jobImages = await this.#jobImages(asker, desired, view);
    return jobImages.size === 0 ? desired : { ...desired, jobImages };
  }

  async #jobImages(asker: Asker, desired: Desired, view: View): Promise<ReadonlyMap<string, Target>> {
    const { targets, journal } = this.options;
    const images = jobImagesOf(desired, view, journal.record(asker.key).memory.jobs);
    const resolved = images.map(async (image) => {
      const { target, retryAfterMs } = await targets.resolveJobImage(desired.spec, image, view.images);
      asker.retryAfterMs = Math.max(asker.retryAfterMs, retryAfterMs);
      return [formatImage(image), target] as const;
    });
    return new Map(await Promise.all(resolved));
  }

  /** A new digest may be old content: that is recorded, not rolled out. */
  async #compareContent(
    asker: Asker,
    { spec, specHash: hash }: Pick<Desired, "spec" | "specHash">,
    target: FoundTarget,
    { containers, images }: View,
  ): Promise<Target> {
    if (!target.known) return target;
    if (target.local === true) return withContainersOf(target, containers);
    const { journal, targets, clock } = this.options;
    const pairs = journal.record(asker.key).sameContent;
    const sameContent = pairs.filter((pair) => pair.digest === target.digest).map((pair) => pair.as);
    const active = inEverySlot(containers, "active").find(
      (one) => one.specHash === hash && one.digest !== target.digest && !sameContent.includes(one.digest),
    );
    if (active === undefined || inRole(containers, "next") !== undefined) return { ...target, sameContent };
    try {
      const same =
        isImageOf(active, images, spec.image, target.digest) ||
        (await targets.isSameContent(spec, target.digest, active));
      if (!same) return { ...target, sameContent };
    } catch (thrown) {
      const error = asFairleadError(thrown);
      asker.retryAfterMs = error.retryAfterMs ?? 0;
      return { known: false, reason: reasonOf(error), message: error.message };
    }
    const as = active.digest;
    await journal.append({ type: "same-content", at: clock.now(), key: asker.key, digest: target.digest, as });
    asker.log.info({ digest: target.digest, as }, "a new digest of equal content: recorded, not rolled out");
    return { ...target, sameContent: [...sameContent, as] };
  }
}
