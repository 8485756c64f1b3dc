import { specHash } from "../../compose/model/hash.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { parseImage } from "../../compose/values/image.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { FairleadError } from "../../errors.js";
import { pinned } from "../../plan/history/pin.js";
import { findRevision, revisionsOf } from "../../plan/history/revisions.js";
import type { Revision } from "../../plan/history/revisions.js";
import { isPaused } from "../../plan/judge/paused.js";
import type { Desired, Pin } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Reload } from "../../plan/model/reload-memory.js";
import { inEverySlot, viewOf } from "../../plan/model/view.js";
import { isRevertible } from "../../plan/rollout/revert.js";
import { given } from "../../tools/present.js";
import type { Signatures } from "../signatures/signatures.js";
import type { CourseRecord, StepRecord } from "../journal/course-record.js";
import type { Journal } from "../journal/journal.js";
import { applyEntry } from "../journal/record.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import type {
  Approval,
  History,
  Order,
  PastStep,
  Pause,
  Resumption,
  Retry,
  RevisionHistory,
  Rollback,
  Start,
  Stop,
} from "./surface.js";

export interface ReleasesOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly look: () => Promise<HostSnapshot>;
  /** What is wanted of the service, as far as that is known: never what it is pinned to. */
  readonly digestOf: (key: ServiceKey) => ImageVersion | undefined;
  readonly specOf: (key: ServiceKey) => ServiceSpec | undefined;
  readonly signatures: Pick<Signatures, "doubt" | "verdict">;
  /** What was refused to tags that are to be moved is tried again at once. Answers whether anything was. */
  readonly forgivePromotions: (key: ServiceKey) => boolean;
  /** As `Source.forgive`. */
  readonly forgive: (paths: ReadonlySet<string>) => Promise<boolean>;
}

/** What people say of a service's releases. It stands in the journal, and the next look acts on it. */
export class Releases {
  constructor(private readonly options: ReleasesOptions) {}

  /** Throws FairleadError `RevisionUnknown`, and `SignatureMissing` or the like where nothing may be started of that image. */
  async rollback(key: ServiceKey, to: string | undefined, why?: string): Promise<Rollback> {
    const { journal, clock, log } = this.options;
    const { spec, view, found } = await this.#earlier(key, to);
    await this.#assertSigned(spec, found);
    await journal.append({ type: "pin", at: clock.now(), key, ...found, ...given({ why }) });
    log.info({ key, ...found }, `a person has pinned it to revision ${found.revision}`);
    const today = specHash(spec);
    const desired: Desired = { spec, specHash: today, target: { known: true, digest: found.digest, sameContent: [] } };
    const goal = pinned(desired, { ...found, at: clock.now() });
    const hasOwn =
      found.specHash === today || isRevertible(goal, view, { ...journal.record(key).memory, heals: new Map() });
    return { revision: found.revision, digest: found.digest, spec: hasOwn ? "own" : "today's" };
  }

  async retry(key: ServiceKey, why?: string): Promise<Retry> {
    const { journal, clock, log, specOf, forgive, forgivePromotions } = this.options;
    const { holds, attempts = [], jobs } = journal.record(key).memory;
    const nothing = holds.length + attempts.length === 0 && !jobs.some(({ outcome }) => outcome === "failed");
    await journal.append({ type: "retry", at: clock.now(), key, ...given({ why }) });
    const isForgiven = await forgive(new Set(specOf(key)?.reload?.tended?.map(({ path }) => path)));
    const isRefused = forgivePromotions(key);
    const isUnchanged = this.#isKnown() && nothing && !isForgiven && !isRefused;
    log.info({ key }, "asked to try again what had failed");
    return isUnchanged ? { unchanged: "nothing of it was held" } : {};
  }

  async pause(key: ServiceKey, why?: string): Promise<Pause> {
    const { journal, clock, log } = this.options;
    if (this.#isKnown() && journal.record(key).memory.pausedAt !== undefined)
      return { unchanged: "it is paused already" };
    await journal.append({ type: "pause", at: clock.now(), key, ...given({ why }) });
    log.info({ key }, "a person has paused its rollouts");
    return {};
  }

  async stop(key: ServiceKey, forMs: number | undefined, why?: string): Promise<Stop> {
    const { journal, clock, log } = this.options;
    const { stopped } = journal.record(key).memory;
    if (this.#isKnown() && forMs === undefined && stopped !== undefined && stopped.until === undefined) {
      return { unchanged: "it is off already" };
    }
    const until = forMs === undefined ? undefined : clock.now() + forMs;
    await journal.append({ type: "stop", at: clock.now(), key, ...given({ until, why }) });
    log.info({ key, until }, "a person has stopped it");
    return until === undefined ? {} : { until: new Date(until).toISOString() };
  }

  async start(key: ServiceKey, why?: string): Promise<Start> {
    const { journal, clock, log, specOf } = this.options;
    const stoppedByFile = specOf(key)?.stopped === true;
    if (this.#isKnown() && journal.record(key).memory.stopped === undefined && (await this.#runs(key))) {
      return { stoppedByFile, unchanged: "it runs" };
    }
    await journal.append({ type: "start", at: clock.now(), key, ...given({ why }) });
    log.info({ key }, "a person has asked for it to run");
    return { stoppedByFile };
  }

  async resume(key: ServiceKey, why?: string): Promise<Resumption> {
    const { journal, clock, log, specOf } = this.options;
    const pausedByFile = specOf(key)?.release?.paused === true;
    const { pin, pausedAt } = journal.record(key).memory;
    if (pin === undefined && pausedAt === undefined && this.#isKnown()) {
      return { pausedByFile, unchanged: "nobody has pinned or paused it" };
    }
    await journal.append({ type: "resume", at: clock.now(), key, ...given({ why }) });
    log.info({ key }, "a person has lifted its pin and its pause");
    return { pausedByFile };
  }

  /** Throws FairleadError `NotAwaited`. */
  async approve(key: ServiceKey, wanted: string | undefined, why?: string): Promise<Approval> {
    const { journal, clock, log } = this.options;
    const spec = this.#specOf(key);
    const approval = this.#meant(key, spec, wanted);
    if (spec.release?.approve !== true) return { ...approval, unchanged: "its file asks for no approval" };
    const { approved = [] } = journal.record(key).memory;
    if (approved.some((one) => one.digest === approval.digest && one.specHash === approval.specHash)) {
      return { ...approval, unchanged: "that is approved already" };
    }
    await journal.append({ type: "approve", at: clock.now(), key, ...approval, ...given({ why }) });
    log.info({ key, ...approval }, "a person has approved it");
    return approval;
  }

  /** What the journal would say of the service once this were ordered. Throws what the order itself does. */
  async supposed(key: ServiceKey, order: Order): Promise<ServiceRecord> {
    const { journal, clock } = this.options;
    const record = journal.record(key);
    const common = { at: clock.now(), key };
    switch (order.verb) {
      case "reconcile":
      case "adopt":
      case "build":
        return record;
      case "retry":
      case "pause":
      case "resume":
      case "start":
        return applyEntry(record, { ...common, type: order.verb });
      case "stop": {
        const until = order.forMs === undefined ? undefined : common.at + order.forMs;
        return applyEntry(record, { ...common, type: "stop", ...given({ until }) });
      }
      case "approve":
        return applyEntry(record, { ...common, type: "approve", ...this.#meant(key, this.#specOf(key), order.digest) });
      case "rollback":
        return applyEntry(record, { ...common, type: "pin", ...(await this.#earlier(key, order.to)).found });
    }
  }

  async #earlier(key: ServiceKey, to: string | undefined) {
    const { journal, clock, look } = this.options;
    const spec = this.#specOf(key);
    const view = viewOf(await look(), spec, new Map(), { now: clock.now() });
    const { memory, rollouts } = journal.record(key);
    const revisions = revisionsOf(rollouts, view.containers);
    return { spec, view, found: findRevision(to, revisions, view.containers, memory.pin) };
  }

  /** Throws FairleadError `NotAwaited`. */
  #meant(key: ServiceKey, spec: ServiceSpec, wanted: string | undefined) {
    const digest = this.options.digestOf(key);
    if (digest === undefined) {
      const remedy = "try again when its image has been found";
      throw new FairleadError("NotAwaited", `it is not known yet which digest ${key} is to run`, {
        remedy,
        retry: "never",
      });
    }
    if (wanted !== undefined && !digest.startsWith(wanted.startsWith("sha256:") ? wanted : `sha256:${wanted}`)) {
      const remedy = "look at what is wanted now, and approve that";
      throw new FairleadError("NotAwaited", `${key} is now to run another digest: ${digest}`, {
        remedy,
        retry: "never",
      });
    }
    return { digest, specHash: specHash(spec) };
  }

  async history(key: ServiceKey): Promise<History> {
    const [project = "", name = ""] = key.split("/");
    const declared = this.options.specOf(key);
    const spec = declared ?? { project, name, dependsOn: [] };
    const { containers } = viewOf(await this.options.look(), spec, new Map());
    const { memory, rollouts, failures, courses } = this.options.journal.record(key);
    const { pin } = memory;
    return {
      revisions: revisionsOf(rollouts, containers).map((one) => withCourse(one, key, courses)),
      ...(pin === undefined ? {} : { pinned: { revision: pin.revision, digest: pin.digest } }),
      paused: isPaused(declared ?? {}, memory),
      reloads: (memory.reloads ?? []).map(told).reverse(),
      failures: failures
        .map(({ at, isReload: _isReload, ...failure }) => ({ ...failure, at: new Date(at).toISOString() }))
        .reverse(),
    };
  }

  /** A person asks: what is known to be bad is asked for again. */
  async #assertSigned(spec: ServiceSpec, { image: name, digest }: Pick<Pin, "image" | "digest">): Promise<void> {
    const { signatures } = this.options;
    const image = parseImage(name);
    signatures.doubt(image);
    const { verdict } = await signatures.verdict(spec, { image, digest });
    if (verdict.verified) return;
    const remedy = "sign it, or go back to a revision that is signed: `fairlead history` lists them";
    throw new FairleadError(verdict.reason, verdict.message, { remedy, retry: "never" });
  }

  /** What has not been read yet may say otherwise. */
  #isKnown(): boolean {
    return this.options.journal.state().kind !== "reading";
  }

  /** In every slot, as far as can be seen: where nothing can, a person's word is taken down. */
  async #runs(key: ServiceKey): Promise<boolean> {
    const { look, specOf } = this.options;
    const spec = specOf(key);
    const host = await look().catch(() => undefined);
    if (spec === undefined || host === undefined) return false;
    const active = inEverySlot(viewOf(host, spec, new Map()).containers, "active");
    return active.length > 0 && active.every(({ state }) => state === "running");
  }

  #specOf(key: ServiceKey): ServiceSpec {
    const spec = this.options.specOf(key);
    if (spec !== undefined) return spec;
    throw new FairleadError("RevisionUnknown", `${key} is not declared any more`, { retry: "never" });
  }
}

/** A number that is gone back to stands for several rollouts: it is the course that lies in the time of this one. */
function withCourse(revision: Revision, key: ServiceKey, courses: readonly CourseRecord[]): RevisionHistory {
  const [began, ended] = [Date.parse(revision.startedAt), Date.parse(revision.finishedAt ?? "")];
  const course = courses
    .filter(({ rollout, beganAt }) => rollout === `${key}@${revision.revision}` && !(beganAt > ended))
    .findLast(({ steps }) => steps.length === 0 || (steps.at(-1)?.at ?? 0) >= began);
  if (course === undefined) return revision;
  const { steps, dropped: moreSteps, changes } = course;
  return { ...revision, steps: steps.map(pastStep), ...given({ moreSteps, changes }) };
}

function pastStep({ text, kind, at, tookMs, error: message }: StepRecord): PastStep {
  const [beganAt, endedAt] = [new Date(at).toISOString(), new Date(at + tookMs).toISOString()];
  return { text, kind, beganAt, endedAt, ...given({ message }) };
}

function told({ name: container, at, signal, files, outcome, message }: Reload): History["reloads"][number] {
  const paths = files.map(({ path }) => path);
  return { container, signal, files: paths, at: new Date(at).toISOString(), ...given({ outcome, message }) };
}
