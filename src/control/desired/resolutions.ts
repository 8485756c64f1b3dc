import { specHash } from "../../compose/model/hash.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { ImageReference } from "../../compose/values/image.js";
import { asFairleadError } from "../../errors.js";
import { withContainersOf } from "../../plan/host/local.js";
import { jobImagesOf } from "../../plan/jobs/job-need.js";
import type { KnownDependency } from "../../plan/model/dependency.js";
import { notedChoice } from "../../plan/model/desired.js";
import type { SeenSignatures } from "../../plan/model/signatures.js";
import type { Desired, FoundTarget, Target } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import { inEverySlot, inRole, isImageOf } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import type { Journal } from "../journal/journal.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import { given } from "../../tools/present.js";
import { inTime } from "../time/in-time.js";
import type { Catalog } from "./catalog.js";
import { knownDependencies } from "./known-dependencies.js";
import { reasonOf } from "./reasons.js";
import type { Found } from "./tags.js";
import type { Signatures } from "../signatures/signatures.js";
import type { Targets } from "./targets.js";
import { lookAtJobs, lookAtSignatures, unasked, verifiedTarget } from "../signatures/look.js";
import type { JobImage } from "../signatures/look.js";

export interface ResolutionsOptions {
  readonly targets: Targets;
  readonly signatures: Signatures;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly catalog: Pick<Catalog, "declared" | "statuses" | "isOnItsWay">;
  /** Something that a run waited for has come. `isRoutine`: for a run that nothing had caused. */
  readonly wake: (key: ServiceKey, isRoutine: boolean) => void;
}

/** The run that wants to know. */
export interface Asker {
  readonly key: ServiceKey;
  readonly log: Log;
  readonly isRoutine: boolean;
  /** Is told the registry's own wish (Retry-After). */
  retryAfterMs: number;
}

interface LateFailure {
  /** As the file names it. */
  readonly declared: string;
  readonly image: ImageReference;
  readonly target: Target;
  readonly signatures?: SeenSignatures;
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
      const { image, target, signatures } = failed;
      return { spec: { ...spec, image }, specHash: specHash(spec), target, ...given({ signatures }) };
    }
    return inTime(this.#resolve(asker, spec, view), clock, registryPatienceMs, (found) => {
      const { spec: late, target, signatures } = found;
      // A digest is remembered where it was asked for; a failure only here, or it would be asked for ever.
      if (!target.known) {
        this.#lateFailures.set(asker.key, { declared, image: late.image, target, ...given({ signatures }) });
      }
      wake(asker.key, asker.isRoutine);
    });
  }

  /** What is known of the signatures of its images while the registry takes its time: what has to be signed, and no more. */
  unasked(key: ServiceKey, spec: ServiceSpec, { containers }: View): Pick<Desired, "signatures"> {
    const { signatures, journal } = this.options;
    return unasked(signatures, spec, { containers, memory: journal.record(key).memory });
  }

  dependencies(
    { key, isRoutine }: Asker,
    spec: ServiceSpec,
    host: HostSnapshot,
  ): Promise<ReadonlyMap<string, KnownDependency>> {
    const { catalog, journal, clock, wake } = this.options;
    const declared = (one: ServiceKey) => catalog.declared(one);
    const status = (one: ServiceKey) => catalog.statuses.get(one);
    const isOnItsWay = (one: ServiceKey) => catalog.isOnItsWay(one);
    const sameContent = (one: ServiceKey) => journal.record(one).sameContent;
    const resolve = (one: ServiceSpec) =>
      inTime(this.#dependency(one, host), clock, registryPatienceMs, ({ target }) => {
        if (target.known) wake(key, isRoutine);
      });
    return knownDependencies(spec, { declared, status, isOnItsWay, sameContent, resolve });
  }

  async #resolve(asker: Asker, declared: ServiceSpec, view: View): Promise<Desired> {
    const { signatures: book, targets, journal } = this.options;
    const { target, retryAfterMs, image, choice } = await targets.resolve(declared, view);
    const spec = image === declared.image ? declared : { ...declared, image };
    const remembered = { containers: view.containers, memory: journal.record(asker.key).memory };
    const looked = await lookAtSignatures(book, spec, target, remembered);
    asker.retryAfterMs = Math.max(retryAfterMs, looked.retryAfterMs);
    const { signatures } = looked;
    const wanted = { spec, specHash: specHash(spec), ...notedChoice(choice), ...given({ signatures }) };
    const usable = verifiedTarget(target, image, signatures);
    const desired = { ...wanted, target: await this.#compareContent(asker, wanted, usable, view) };
    const named = await this.#jobImages(asker, desired, view);
    if (named.length === 0) return desired;
    const { jobImages, retryAfterMs: patienceMs, signatures: all } = await lookAtJobs(book, spec, named, signatures);
    asker.retryAfterMs = Math.max(asker.retryAfterMs, patienceMs);
    return { ...desired, jobImages, ...given({ signatures: all }) };
  }

  async #dependency(spec: ServiceSpec, host: HostSnapshot): Promise<Found> {
    const { targets, signatures } = this.options;
    const found = await targets.resolve(spec, host);
    if (!found.target.known) return found;
    const looked = await signatures.look(spec, [{ image: found.image, digest: found.target.digest }]);
    return { ...found, target: verifiedTarget(found.target, found.image, looked?.seen) };
  }

  async #jobImages(asker: Asker, desired: Desired, view: View): Promise<readonly JobImage[]> {
    const { targets, journal } = this.options;
    const images = jobImagesOf(desired, view, journal.record(asker.key).memory.jobs);
    const resolved = images.map(async (image) => {
      const { target, retryAfterMs } = await targets.resolveJobImage(desired.spec, image, view.images);
      asker.retryAfterMs = Math.max(asker.retryAfterMs, retryAfterMs);
      return { image, target };
    });
    return Promise.all(resolved);
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
