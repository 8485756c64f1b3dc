import type { ServiceKey } from "../../compose/model/service.js";
import type { Rollout } from "../../plan/model/condition.js";
import type { Outcome } from "../../plan/model/outcome.js";
import type { Step } from "../../plan/model/step.js";

/** Which span another one belongs to: a W3C `traceparent`. */
export type TraceParent = string;

/** What control reports of the way of a push, from its delivery to the end of its rollout; `tracing/` makes spans of it. */
export interface Tracing {
  /** Somebody asked for a look: what is done for the service from now on is done for that, until the service is settled. */
  asked(key: ServiceKey, cause: string, parent: TraceParent | undefined): void;
  /** A run of the service begins. `waitedMs`: how long it waited for its turn. */
  run(key: ServiceKey, id: string, waitedMs: number): RunTrace;
  /** A rollout has begun or has ended. */
  rollout(key: ServiceKey, rollout: Rollout): void;
  /** No file declares the service any more. */
  forget(key: ServiceKey): void;
}

/** One run of one service. */
export interface RunTrace {
  /** A part of the run. */
  within<T>(part: "observe" | "resolve", work: () => Promise<T>): Promise<T>;
  /** A step begins; the answer ends it. A pull and a build end after the run that began them. */
  step(step: Step): EndOfStep;
  /** What a container has shown is acted on: nobody waits for its health any more. */
  judged(): void;
  ended(how: Outcome | Flaw): void;
}

/** Why something could not be done. */
export interface Flaw {
  readonly kind: "error";
  /** One word, such as `EngineRefused`. */
  readonly reason: string;
  readonly message: string;
}

/** Without a flaw: it is done. */
export type EndOfStep = (flaw?: Flaw) => void;

/** Each is told of everything. */
export function toldBoth(one: Tracing, other: Tracing): Tracing {
  return {
    asked: (key, cause, parent) => {
      for (const each of [one, other]) each.asked(key, cause, parent);
    },
    run: (key, id, waitedMs) => traceBoth(one.run(key, id, waitedMs), other.run(key, id, waitedMs)),
    rollout: (key, rollout) => {
      for (const each of [one, other]) each.rollout(key, rollout);
    },
    forget: (key) => {
      for (const each of [one, other]) each.forget(key);
    },
  };
}

function traceBoth(one: RunTrace, other: RunTrace): RunTrace {
  return {
    within: (part, work) => one.within(part, () => other.within(part, work)),
    step: (step) => {
      const ends = [one.step(step), other.step(step)];
      return (flaw) => {
        for (const end of ends) end(flaw);
      };
    },
    judged: () => {
      for (const each of [one, other]) each.judged();
    },
    ended: (how) => {
      for (const each of [one, other]) each.ended(how);
    },
  };
}

/** Nobody asks how it ends. */
export const untracedStep = (): EndOfStep => () => undefined;

const noRun: RunTrace = {
  within: (_part, work) => work(),
  step: untracedStep,
  judged: () => undefined,
  ended: () => undefined,
};

/** Nobody follows what is done. */
export const untraced: Tracing = {
  asked: () => undefined,
  run: () => noRun,
  rollout: () => undefined,
  forget: () => undefined,
};
