import { jobImages } from "../../compose/model/policy/job.js";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey } from "../../compose/model/service.js";
import { familiarName } from "../../compose/values/image.js";
import { orphanedServices } from "../../plan/host/orphans.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Cached } from "../../tools/sharing/cached.js";
import { reasonOfReady } from "../desired/catalog.js";
import type { Catalog, Dependant } from "../desired/catalog.js";
import type { Targets } from "../desired/targets.js";
import type { EngineEvent, Subject } from "../ports/events.js";
import type { Log } from "../ports/log.js";
import type { KeyedQueue } from "../queue/queue.js";
import type { Leftovers } from "../work/leftovers.js";

export interface TriggersOptions {
  readonly catalog: Catalog;
  readonly queue: Pick<KeyedQueue, "add" | "notice">;
  readonly host: Pick<Cached<HostSnapshot>, "get" | "invalidate">;
  readonly targets: Pick<Targets, "invalidate" | "invalidateAll">;
  readonly leftovers: Pick<Leftovers, "look">;
  readonly log: Log;
}

/**
 * Whatever happens ends here, and all that comes of it is that some services are looked at again: which ones, and what of
 * that which is known no longer counts.
 */
export class Triggers {
  constructor(private readonly options: TriggersOptions) {}

  /** One container list, one question per image. */
  resync(): void {
    this.options.targets.invalidateAll();
    this.#lookAtAll(true);
  }

  /** What is adopted, and whether it equals the file, is the file's word too. */
  declarationsChanged(): void {
    this.#lookAtAll(false);
  }

  #lookAtAll(isRoutine: boolean): void {
    const { catalog, queue, host, leftovers } = this.options;
    host.invalidate();
    for (const key of catalog.specs.keys()) queue.add(key, isRoutine);
    void this.#queueOrphans();
    void leftovers.look();
  }

  /** Somebody asks: nothing that was known of the host or the tag counts. */
  asked(key: ServiceKey): void {
    const { catalog, targets, host, queue } = this.options;
    const spec = catalog.specs.get(key);
    if (spec !== undefined) targets.invalidate(spec);
    host.invalidate();
    queue.add(key);
  }

  engineTold(event: Exclude<EngineEvent, { readonly kind: "beat" }>): void {
    const { log } = this.options;
    switch (event.kind) {
      case "resync":
        log.info({}, "connected to the engine again; looking at everything");
        this.resync();
        return;
      case "lost":
        log.warn(
          { error: event.message, remedy: event.remedy },
          "the engine cannot be reached; nothing is done for what runs there",
        );
        return;
      case "container":
        this.#noticeService(serviceKey(event.project, event.service));
        if (!event.action.startsWith("health_status")) this.#noticeWaiting();
        if (event.subject !== undefined) this.#noticeGuests(event.subject);
        return;
      case "foreign":
        this.#noticeGuests(event.subject);
        if (event.unblocks) this.#noticeObstructed();
        return;
      case "other":
        this.#noticeObstructed();
        return;
    }
  }

  pullEnded(reference: string): void {
    const { catalog, queue, host } = this.options;
    host.invalidate();
    for (const [key, spec] of catalog.specs) {
      const images = [spec.image, ...jobImages(spec)];
      if (images.some((image) => reference.startsWith(`${familiarName(image)}@`))) queue.add(key);
    }
  }

  buildEnded(key: ServiceKey): void {
    this.options.host.invalidate();
    this.#addDeclared(key);
  }

  probeAnswered(key: ServiceKey): void {
    this.#addDeclared(key);
    this.#noticeDependants(key, () => false);
  }

  /** What a dependency waits for, or fails of, no event of its containers may tell. */
  statusChanged(key: ServiceKey, before: ServiceStatus | undefined, now: ServiceStatus | undefined): void {
    if (reasonOfReady(now) !== reasonOfReady(before)) {
      this.#noticeDependants(key, () => false);
      this.#noticeWaiting(key);
    }
    // Its networks may be nobody's now.
    if (now === undefined) void this.options.leftovers.look();
  }

  #addDeclared(key: ServiceKey): void {
    if (this.options.catalog.specs.has(key)) this.options.queue.add(key);
  }

  #noticeService(key: ServiceKey): void {
    const { specs, statuses } = this.options.catalog;
    if (specs.has(key) || statuses.has(key)) this.options.queue.notice(key);
    this.#noticeDependants(key, ({ isBound }) => isBound);
  }

  /** Of any project. */
  #noticeGuests(subject: Subject): void {
    for (const key of this.options.catalog.guestsOf(subject)) this.options.queue.notice(key);
  }

  #noticeObstructed(): void {
    const { catalog, queue } = this.options;
    for (const key of catalog.keysFor(obstructions)) queue.notice(key);
  }

  /** Those that wait for what another one of ours has: it may have stopped, or have come to where both can stop. */
  #noticeWaiting(besides?: ServiceKey): void {
    const { catalog, queue } = this.options;
    for (const key of catalog.keysFor(turns)) if (key !== besides) queue.notice(key);
  }

  /** Those that wait for it, and others that `concerns` them. */
  #noticeDependants(key: ServiceKey, concerns: (dependant: Dependant) => boolean): void {
    const { catalog, queue } = this.options;
    for (const dependant of catalog.dependantsOf(key)) {
      const waits = reasonOfReady(catalog.statuses.get(dependant.key)) === "WaitingForDependency";
      if (waits || concerns(dependant)) queue.notice(dependant.key);
    }
  }

  /** What runs of the declared projects and no file declares any more. */
  async #queueOrphans(): Promise<void> {
    const { catalog, queue, host } = this.options;
    const snapshot = await host.get().catch(() => undefined);
    if (snapshot === undefined) return;
    for (const key of orphanedServices(catalog.snapshot.projects, snapshot)) queue.add(key);
  }
}

/** Something foreign stands in the way, or others have to act first: any change on the host may have been that. */
const obstructions: ReadonlySet<string> = new Set([
  ...["NameConflict", "PortConflict", "AddressConflict", "StartFailed", "StartRefused", "EngineRefused"],
  ...["StrayContainer", "NetworkConflict", "NetworkInUse", "NetworkChanging"],
]);

const turns: ReadonlySet<string> = new Set(["WaitingForTurn", "PortConflict", "AddressConflict"]);
