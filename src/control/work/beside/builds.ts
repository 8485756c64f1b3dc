import PQueue from "p-queue";
import { serviceKey } from "../../../compose/model/service.js";
import type { ServiceKey } from "../../../compose/model/service.js";
import type { ImageId } from "../../../compose/values/image.js";
import { asFairleadError } from "../../../errors.js";
import type { FairleadError } from "../../../errors.js";
import type { BuildState } from "../../../plan/host/build.js";
import type { StepOf } from "../../../plan/model/step.js";
import type { Journal } from "../../journal/journal.js";
import type { Contexts, BuildOutput } from "../../ports/builds.js";
import type { Clock } from "../../ports/clock.js";
import type { Engine } from "../../ports/engine.js";
import type { Log } from "../../ports/log.js";
import type { Telemetry } from "../../ports/telemetry.js";
import { untracedStep } from "../../ports/tracing.js";
import type { EndOfStep } from "../../ports/tracing.js";
import { inTime } from "../../time/in-time.js";
import { UnderWay } from "./under-way.js";

export interface BuildsOptions {
  readonly engine: Pick<Engine, "build" | "tagImage">;
  readonly contexts: Contexts;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, "stepDone">;
  /** Builds under way at once on this host: each may take all of it. */
  readonly concurrency: number;
  /** A build ended, well or not: the service looks again. */
  readonly onEnd: (key: ServiceKey) => void;
}

type BuildStep = StepOf<"build-image">;

/** Lines kept of a service's last build, and of those the ones that a failure leaves in the journal. */
const linesKept = 500;
const linesOfFailure = 40;
/** A build that is told to end has so long for it. */
const longestEndMs = 5_000;

interface Output {
  readonly lines: string[];
  dropped: number;
  readonly beganAt: string;
  state: BuildOutput["state"];
}

/** What a build leaves behind of itself. */
interface Traces {
  /** The part of the journal's entry that is known from the beginning. */
  readonly entry: { readonly key: ServiceKey; readonly inputs: string; readonly beganAt: number };
  readonly output: Output;
  readonly log: Log;
}

/** Builds run beside the reconcile loop, as pulls do. What they leave behind is an image with its mark, or a failure. */
export class Builds {
  readonly #queue: PQueue;
  readonly #underWay: UnderWay<BuildState>;
  readonly #began = new Map<ServiceKey, number>();
  readonly #outputs = new Map<ServiceKey, Output>();
  readonly #abort = new AbortController();

  constructor(private readonly options: BuildsOptions) {
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#underWay = new UnderWay(options.clock);
  }

  /** By mark, for a look at the host that was begun then by our monotonic clock. */
  asOf(lookedAt: number | undefined): ReadonlyMap<string, BuildState> {
    return this.#underWay.asOf(lookedAt);
  }

  /** The last lines of the service's last build; undefined if none has begun since this process did. */
  output(key: ServiceKey): BuildOutput | undefined {
    return this.#outputs.get(key);
  }

  /** Begins a build unless it is under way. */
  begin(step: BuildStep, trace: () => EndOfStep = untracedStep): void {
    if (this.#abort.signal.aborted || !this.#underWay.begin(step.mark)) return;
    const end = trace();
    void this.#queue.add(() => this.#run(step, end));
  }

  /** A passing failure has been reported: the next look may try again. */
  forgetFailure(mark: string): void {
    this.#underWay.forgetFailure(mark);
  }

  /** A build that begins from now on is wanted, whatever the inputs. One that was asked for and has not begun is that one. */
  async ask(key: ServiceKey): Promise<void> {
    const { journal, clock } = this.options;
    const { askedAt = -1, done, failed } = journal.record(key).builds;
    const began = Math.max(this.#began.get(key) ?? 0, done?.beganAt ?? 0, failed?.beganAt ?? 0);
    if (askedAt > began) return;
    await journal.append({ type: "build-asked", at: Math.max(clock.now(), began + 1), key });
  }

  forget(key: ServiceKey): void {
    this.#began.delete(key);
    this.#outputs.delete(key);
  }

  /** Ends the builds under way; the engine's cache keeps the steps that were done. One whose disk hangs is left behind. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#queue.clear();
    const idle = this.#queue.onIdle().then(() => true);
    const ended = await inTime(idle, this.options.clock, longestEndMs, () => undefined);
    if (ended === undefined) this.options.log.warn({}, "a build does not end; it is no longer waited for");
  }

  async #run(step: BuildStep, end: EndOfStep): Promise<void> {
    const { clock, journal, telemetry } = this.options;
    const key = serviceKey(step.project, step.service);
    const log = this.options.log.child({ project: step.project, service: step.service, build: step.name });
    const beganAt = clock.now();
    const began = clock.monotonic();
    const output: Output = { lines: [], dropped: 0, beganAt: new Date(beganAt).toISOString(), state: "running" };
    this.#began.set(key, beganAt);
    this.#outputs.set(key, output);
    const entry = { key, inputs: step.inputs, beganAt };
    try {
      log.info({}, "a build has begun");
      const image = await this.#build(step, output, log);
      output.state = "built";
      await journal.append({ ...entry, type: "built", at: clock.now(), image });
      log.info({ image, seconds: (clock.monotonic() - began) / 1_000 }, "the image is built");
      this.#underWay.end(step.mark);
      end();
    } catch (thrown) {
      output.state = "failed";
      const error = asFairleadError(thrown);
      end({ kind: "error", reason: "BuildFailed", message: error.message });
      await this.#failed(step, error, { entry, output, log });
    }
    telemetry.stepDone("build-image", (clock.monotonic() - began) / 1_000);
    this.options.onEnd(key);
  }

  /** The mark comes last: it tells that the image is whole, and what it is made of. */
  async #build(step: BuildStep, output: Output, log: Log): Promise<ImageId> {
    const { engine, contexts } = this.options;
    const { signal } = this.#abort;
    const onLine = (line: string) => {
      log.debug({}, line);
      if (output.lines.push(line) > linesKept) output.dropped += output.lines.splice(0, 1).length;
    };
    const context = await contexts.open(step.build, step.contents, signal);
    try {
      const image = await engine.build({ build: step.build, context, tags: [step.name], onLine }, signal);
      await engine.tagImage(image, step.mark);
      return image;
    } finally {
      await context.close();
    }
  }

  async #failed(step: BuildStep, error: FairleadError, { entry, output, log }: Traces): Promise<void> {
    const { clock, journal } = this.options;
    // Not a failure: the next process begins again.
    if (this.#abort.signal.aborted) {
      this.#underWay.end(step.mark);
      return;
    }
    const lasting = error.retry === "never";
    const message = error.remedy === undefined ? error.message : `${error.message} (${error.remedy})`;
    const logs = output.lines.slice(-linesOfFailure);
    await journal.append({ ...entry, type: "build-failed", at: clock.now(), lasting, message, logs });
    if (lasting) this.#underWay.end(step.mark);
    else this.#underWay.fail(step.mark, { state: "failed", message });
    log.warn({ error: message, logs }, "the build failed; what runs is left as it is");
  }
}
