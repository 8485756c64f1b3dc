import type { ServiceKey } from "../compose/model/service.js";
import { asFairleadError } from "../errors.js";
import { assemble } from "./assembly.js";
import type { Assembly } from "./assembly.js";
import type { ControlParts } from "./parts.js";
import { announce } from "./desired/announce.js";
import type { Catalog } from "./desired/catalog.js";
import { committedIn } from "./desired/committed.js";
import type { EngineEvent } from "./ports/events.js";
import type { Recorded, SourceSnapshot } from "./ports/source.js";
import type { Surface } from "./surface/surface.js";
import { startSchedule } from "./time/schedule.js";
import { printable } from "../tools/printable.js";
import type { ScheduleOptions } from "./time/schedule.js";

export interface ControllerOptions extends ControlParts {
  /** When everything is looked at again. */
  readonly resync: Pick<ScheduleOptions, "cron" | "timezone" | "minutes" | "jitterMs">;
  /** What is declared is known for the first time. */
  readonly onDeclared?: () => void;
}

/** Ties the files, the engine's events and the schedule to the queue, from the first look to the last. */
export class Controller {
  readonly #parts: Assembly;
  readonly #abort = new AbortController();
  #ready = false;
  #stopSchedule: () => void = () => undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(private readonly options: ControllerOptions) {
    this.#parts = assemble(options, () => this.#ready);
  }

  get surface(): Surface {
    return this.#parts.surface;
  }

  /** What the files say now. */
  get declared(): Pick<Catalog, "snapshot" | "specs"> {
    return this.#parts.catalog;
  }

  /**
   * Resolves when the host has been seen whole for the first time; until then nothing is changed on it. What is declared is
   * known, and hooks for it are taken, even while this controller is not confirmed in office. Rejects as `confirmed` does.
   */
  async start(confirmed: Promise<void> = Promise.resolve()): Promise<void> {
    const { host, desired, backoff, clock, log, resync } = this.options;
    this.#adopt(await desired.source.load());
    this.options.onDeclared?.();
    desired.source.watch((snapshot) => {
      this.#adopt(snapshot);
    }, this.#abort.signal);
    await confirmed;
    if (this.#abort.signal.aborted) return;
    desired.source.watchRecords?.((recorded) => {
      this.#tellRecorded(recorded);
    }, this.#abort.signal);
    const firstLook = new Promise<void>((resolve) => {
      this.#watching = host.engine.watch((event) => {
        this.#engineTold(event, resolve);
      }, this.#abort.signal);
    });
    this.#stopSchedule = startSchedule({
      ...resync,
      clock,
      random: backoff.random,
      onDue: (inMs) => {
        log.debug({ inMs: Math.round(inMs) }, "the schedule is due");
      },
      onTick: () => {
        log.debug({}, "everything is looked at again, by the schedule");
        this.#parts.triggers.resync();
      },
    });
    void this.#parts.mountWatch.start(this.#abort.signal);
    await firstLook;
  }

  /** Takes nothing new, lets the runs under way end, ends the pulls. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#stopSchedule();
    this.#parts.line.stop();
    await Promise.all([this.#parts.queue.drain(), this.#parts.stop(), this.#watching]);
  }

  /** True after the first full observation of the host. */
  ready(): boolean {
    return this.#ready;
  }

  #engineTold(event: EngineEvent, onFirstLook: () => void): void {
    const { timeline, lookout, line, triggers } = this.#parts;
    const { telemetry, log } = this.options;
    if (event.kind === "lost") timeline.lost();
    else timeline.heard();
    telemetry.clockSkew(timeline.skewMs / 1_000);
    if (event.kind === "beat") return;
    lookout.invalidate();
    if (event.kind === "lost") line.lost(wholeOf(event));
    if (event.kind === "resync") line.found();
    if (this.#ready) triggers.engineTold(event);
    else if (event.kind === "resync") void this.#lookFirst().then(onFirstLook);
    else if (event.kind === "lost")
      log.warn({ error: event.message, remedy: event.remedy }, "the engine cannot be reached; waiting for it");
  }

  async #lookFirst(): Promise<void> {
    const { catalog, lookout, triggers } = this.#parts;
    const { clock, log } = this.options;
    try {
      await lookout.get();
    } catch (thrown) {
      log.warn({ error: asFairleadError(thrown).message }, "the first look at the host failed; it is tried again");
      await new Promise<void>((resolve) => void clock.after(1_000, resolve));
      if (!this.#abort.signal.aborted) await this.#lookFirst();
      return;
    }
    this.#ready = true;
    log.info({ services: catalog.specs.size }, "the whole host has been looked at; reconciling");
    triggers.resync();
  }

  #adopt(snapshot: SourceSnapshot): void {
    const { catalog, timeline, line, triggers } = this.#parts;
    const { telemetry, log, journal } = this.options;
    const now = timeline.time.now();
    announce(snapshot, catalog.snapshot, now, { telemetry, log, events: journal.events });
    for (const [key, from] of committedIn(snapshot, catalog)) journal.events.committed(key, from, now);
    const { added, removed } = catalog.adopt(snapshot, now);
    for (const key of removed) this.#forget(key);
    for (const key of added) telemetry.serviceDeclared(key);
    line.showAll();
    if (this.#ready) triggers.declarationsChanged();
  }

  #tellRecorded({ source, branch, commit, services }: Recorded): void {
    const now = this.#parts.timeline.time.now();
    for (const { project, service, digest } of services) {
      const message = printable(`written to ${branch} of ${source} by commit ${commit.slice(0, 7)}`, 300);
      this.options.journal.events.told({ project, service, type: "commit", reason: "Recorded", message, digest }, now);
    }
  }

  #forget(key: ServiceKey): void {
    this.options.telemetry.serviceRemoved(key);
    this.#parts.forget(key);
  }
}

function wholeOf({ message, remedy }: Extract<EngineEvent, { readonly kind: "lost" }>): string {
  return remedy === undefined ? message : `${message}; ${remedy}`;
}
