import PQueue from "p-queue";
import type { ServiceKey, ServiceSpec } from "../../../compose/model/service.js";
import { formatImage, type Digest } from "../../../compose/values/image.js";
import { asFairleadError } from "../../../errors.js";
import type { FairleadError } from "../../../errors.js";
import type { TagMoves } from "../../../plan/model/tag-moves.js";
import { promotedTags } from "../../../tags/promoted.js";
import { given } from "../../../tools/present.js";
import { reasonOf } from "../../desired/reasons.js";
import type { Events } from "../../journal/events.js";
import type { Journal } from "../../journal/journal.js";
import type { Clock } from "../../ports/clock.js";
import type { Log } from "../../ports/log.js";
import type { Registry } from "../../ports/registry.js";
import type { Telemetry } from "../../ports/telemetry.js";
import { backoffMs } from "../../queue/backoff.js";

export interface PromotionsOptions {
  readonly registry: Pick<Registry, "moveTag">;
  readonly journal: Pick<Journal, "append" | "record"> & { readonly events: Pick<Events, "told"> };
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry: Pick<Telemetry, "tagPromoted">;
  readonly log: Log;
  /** Something has come of it, or it is time to try again: the service looks. */
  readonly onNews: (key: ServiceKey) => void;
}

/** Services whose tags are moved at once. */
const atOnce = 2;
const retry = { baseMs: 5_000, capMs: 300_000 };
/** Short of this nothing is tried again. */
const leastRetryMs = 1_000;
/** What a person has to change is not asked for every few seconds: registries lock out who keeps trying. */
const seldomMs = 600_000;

interface Work {
  /** The tags and the digest, as text. */
  readonly wish: string;
  isRunning: boolean;
  failures: number;
  /** On the monotonic clock. */
  dueAt: number;
  problem: TagMoves["problem"];
  cancel: () => void;
}

/**
 * Moves tags to what has proved itself, beside the runs: nobody waits for it. What was moved is written down, so that each digest
 * is promoted to each tag once: whoever moves a tag elsewhere afterwards has the last word until something else has proved itself.
 */
export class Promotions {
  readonly #queue = new PQueue({ concurrency: atOnce });
  readonly #works = new Map<ServiceKey, Work>();
  readonly #abort = new AbortController();

  constructor(private readonly options: PromotionsOptions) {}

  /** What a service has proved as of now. */
  tell(key: ServiceKey, spec: ServiceSpec, proven: Digest | undefined): void {
    const before = this.#works.get(key);
    const known = this.options.journal.record(key).promoted;
    const open = proven === undefined ? [] : tagsOf(spec).filter((tag) => known.get(nameOf(spec, tag)) !== proven);
    // What runs may belong to an older digest: the next one begins when that has ended, so that the last one wins.
    if (before?.isRunning === true) return;
    if (proven === undefined || open.length === 0) {
      this.#drop(key);
      return;
    }
    const wish = JSON.stringify([tagsOf(spec).map((tag) => nameOf(spec, tag)), proven]);
    const same = before?.wish === wish ? before : undefined;
    if (same !== undefined && this.options.clock.monotonic() < same.dueAt) return;
    const { failures = 0, problem } = same ?? {};
    this.#begin(key, { spec, tags: open, digest: proven }, { wish, failures, problem });
  }

  /** How the tags of a service stand. Undefined: its file names none. */
  standing(key: ServiceKey, spec: ServiceSpec): TagMoves | undefined {
    if (spec.promote === undefined) return undefined;
    const tags = tagsOf(spec);
    const work = this.#works.get(key);
    if (work !== undefined)
      return { tags, ...(work.problem === undefined ? { isUnderWay: true } : { problem: work.problem }) };
    const known = this.options.journal.record(key).promoted;
    const [digest, ...others] = new Set(tags.map((tag) => known.get(nameOf(spec, tag))));
    return { tags, ...(others.length === 0 ? given({ digest }) : {}) };
  }

  /** A person wants it to be tried at once. Answers whether something had been refused. */
  forgive(key: ServiceKey): boolean {
    const work = this.#works.get(key);
    if (work?.problem === undefined || work.isRunning) return false;
    this.#drop(key);
    return true;
  }

  forget(key: ServiceKey): void {
    this.#drop(key);
  }

  /** What is on its way to a registry is answered first. */
  async stop(): Promise<void> {
    this.#abort.abort();
    for (const key of [...this.#works.keys()]) this.#drop(key);
    this.#queue.clear();
    await this.#queue.onIdle();
  }

  #drop(key: ServiceKey): void {
    this.#works.get(key)?.cancel();
    this.#works.delete(key);
  }

  #begin(key: ServiceKey, move: Move, from: Pick<Work, "wish" | "failures" | "problem">): void {
    if (this.#abort.signal.aborted) return;
    this.#drop(key);
    const work: Work = { ...from, isRunning: true, dueAt: 0, cancel: () => undefined };
    this.#works.set(key, work);
    void this.#queue.add(() => this.#run(key, move, work));
  }

  async #run(key: ServiceKey, { spec, tags, digest }: Move, work: Work): Promise<void> {
    const { clock, random, onNews } = this.options;
    const errors: FairleadError[] = [];
    for (const tag of tags) {
      if (this.#works.get(key) !== work) return;
      const error = await this.#move(key, spec, tag, digest);
      if (error !== undefined) errors.push(error);
      if (error !== undefined && !isRefusal(error)) break;
    }
    if (this.#works.get(key) !== work) return;
    work.isRunning = false;
    const [first] = errors;
    if (first === undefined) this.#works.delete(key);
    else {
      const asked = Math.max(...errors.map(({ retryAfterMs = 0 }) => retryAfterMs));
      const pause = errors.every(isRefusal)
        ? seldomMs * (0.9 + 0.2 * random())
        : leastRetryMs + backoffMs(work.failures, { ...retry, random });
      const waitMs = Math.max(asked, pause);
      work.failures += 1;
      work.dueAt = clock.monotonic() + waitMs;
      this.#tell(key, work, first);
      work.cancel = clock.after(waitMs, () => {
        onNews(key);
      });
    }
    onNews(key);
  }

  /** Answers why it could not be moved. */
  async #move(key: ServiceKey, spec: ServiceSpec, tag: string, digest: Digest): Promise<FairleadError | undefined> {
    const { registry, journal, clock, telemetry, log } = this.options;
    const name = nameOf(spec, tag);
    try {
      const { from } = await registry.moveTag(spec.image, tag, digest);
      await journal.append({ type: "promoted", at: clock.now(), key, tag: name, digest, ...given({ from }) });
      telemetry.tagPromoted(key, from === digest ? "unchanged" : "moved");
      log.info({ key, digest, from }, from === digest ? `${name} is there already` : `${name} was moved`);
      return undefined;
    } catch (thrown) {
      const error = asFairleadError(thrown);
      telemetry.tagPromoted(key, isRefusal(error) ? "refused" : "failed");
      log.warn({ key, digest, code: error.code, error: error.message, remedy: error.remedy }, `${name} was not moved`);
      return error;
    }
  }

  /** One event for each turn of it. */
  #tell(key: ServiceKey, work: Work, error: FairleadError): void {
    const { journal, clock } = this.options;
    const reason = reasonOf(error);
    const message = error.remedy === undefined ? error.message : `${error.message}; ${error.remedy}`;
    const isNew = work.problem?.message !== message;
    work.problem = { reason, message };
    const [project = "", service = ""] = key.split("/");
    if (isNew) journal.events.told({ project, service, type: "promotion", reason, message }, clock.now());
  }
}

interface Move {
  readonly spec: ServiceSpec;
  readonly tags: readonly string[];
  readonly digest: Digest;
}

function tagsOf({ promote = [], image }: ServiceSpec): readonly string[] {
  return promotedTags(promote, image.tag);
}

function nameOf({ image }: ServiceSpec, tag: string): string {
  return formatImage({ ...image, tag, digest: undefined });
}

/** Asking again changes nothing until somebody has done something. */
function isRefusal({ code }: FairleadError): boolean {
  return code !== "RegistryUnavailable" && code !== "RateLimited" && code !== "Internal";
}
