import type { Progress } from "../../../control/surface/surface.js";
import { printable } from "../../../tools/printable.js";
import { keyOf } from "./operator.js";
import { probeText, pullText, secondsBetween } from "./figures.js";
import type { Rollout, Step } from "./figures.js";

/** Of a pull a line is said whenever so much more of it is here, or after so long. */
const shareOfPull = 0.25;
const pullPauseMs = 10_000;

interface Told {
  readonly beganAt: string;
  readonly steps: Map<string, Step["state"]>;
  probe: string | undefined;
  share: number;
  pulledAt: number;
  isOver: boolean;
}

/** What has changed, a line each, without anything that steers a terminal: for logs and pipelines. */
export class Lines {
  readonly #told = new Map<string, Told>();

  /** `stays`: it is an end, and not how something goes on. */
  constructor(private readonly print: (line: string, stays: boolean) => void) {}

  news(progress: Progress, now: number): void {
    const { rollout } = progress;
    if (rollout === null) return;
    const name = keyOf(progress);
    const known = this.#told.get(name);
    const told = known?.beganAt === rollout.beganAt ? known : begin(rollout);
    // What had ended before anybody looked is no news.
    if (known === undefined && rollout.endedAt !== undefined) told.isOver = true;
    this.#told.set(name, told);
    if (told.isOver) return;
    for (const [index, step] of rollout.steps.entries()) this.#step(name, told, `${index + rollout.moreSteps}`, step);
    this.#pull(name, told, rollout, now);
    this.#probe(name, told, rollout);
    if (rollout.endedAt === undefined) return;
    told.isOver = true;
    const { outcome = "done", beganAt, endedAt, message } = rollout;
    const why = message === undefined || outcome === "promoted" ? "" : `: ${message}`;
    this.#say(name, `${outcome} after ${secondsBetween(beganAt, endedAt)}${why}`, true);
  }

  #step(name: string, told: Told, index: string, step: Step): void {
    const { state, text, beganAt = "", endedAt = beganAt, message } = step;
    if (state === "waiting" || told.steps.get(index) === state) return;
    const isLong = step.kind === "wait" || step.kind === "pull-image" || step.kind === "build-image";
    if (state === "running" && !isLong) return;
    told.steps.set(index, state);
    if (state === "running") this.#say(name, `begun: ${text}`);
    else {
      const why = message === undefined ? "" : `: ${message}`;
      this.#say(name, `${state} in ${secondsBetween(beganAt, endedAt)}: ${text}${why}`, state === "failed");
    }
  }

  #pull(name: string, told: Told, { pull }: Rollout, now: number): void {
    if (pull === null || pull.bytes === 0) return;
    const share = pull.total === undefined ? 0 : pull.bytes / pull.total;
    if (share - told.share < shareOfPull && now - told.pulledAt < pullPauseMs) return;
    if (share === told.share && share >= 1) return;
    [told.share, told.pulledAt] = [share, now];
    this.#say(name, `pulled ${pullText(pull)}`);
  }

  #probe(name: string, told: Told, { health }: Rollout): void {
    const probe = health === null ? undefined : probeText(health);
    if (probe === undefined || probe === told.probe) return;
    told.probe = probe;
    this.#say(name, `${health?.container ?? ""}: ${probe}`);
  }

  #say(name: string, text: string, stays = false): void {
    this.print(printable(`${name}: ${text}`), stays);
  }
}

function begin({ beganAt }: Rollout): Told {
  return { beganAt, steps: new Map(), probe: undefined, share: 0, pulledAt: 0, isOver: false };
}
