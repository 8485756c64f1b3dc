import { runOf } from "../../../plan/model/host/observed.js";
import type { ObservedContainer } from "../../../plan/model/host/observed.js";
import type { Catalog } from "../../desired/catalog.js";
import type { Journal } from "../../journal/journal.js";
import type { OwnOffice } from "../../office/own-office.js";
import type { Clock } from "../../ports/clock.js";
import type { Engine } from "../../ports/engine.js";
import type { Source } from "../../ports/source.js";
import type { Builds } from "../beside/builds.js";
import type { Pulls } from "../beside/pulls.js";
import type { Failures } from "../memory/failures.js";
import type { Ledger } from "../memory/ledger.js";
import type { Run, RunOf } from "../memory/run.js";
import { idOf } from "./execute.js";
import type { ControlExecutors } from "./execute.js";
import { noteLeaving, noteStop, runPreStop } from "./leaving.js";
import { runPostStart } from "./post-start.js";
import { noteReload, sendReload } from "./reload.js";

export interface ControlParts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly pulls: Pick<Pulls, "begin">;
  readonly builds: Pick<Builds, "begin">;
  readonly ledger: Pick<Ledger, "weStop">;
  readonly failures: Pick<Failures, "keepLogs" | "noteRefusal">;
  readonly catalog: Pick<Catalog, "specs">;
  readonly source: Pick<Source, "takeBack">;
  /** Has this controller's time in office end, for another one; what is under way ends first. */
  readonly handOver: OwnOffice["handOver"];
}

/** Steps that the journal must know of, that tell a process something, or that go on beside the run. */
export function controlExecutors(
  parts: ControlParts,
  run: Pick<Run, "key" | "log" | "trace">,
  containers: readonly ObservedContainer[],
): ControlExecutors {
  const { engine, pulls, builds, failures } = parts;
  return {
    "pull-image": (step) => {
      pulls.begin(step.reference, step.platform, () => run.trace.step(step));
    },
    "build-image": (step) => {
      builds.begin(step, () => run.trace.step(step));
    },
    "stop-container": async (step, context) => {
      const id = idOf(context, step.container);
      await noteEnd(parts, run, id, containers);
      await context.engine.stopContainer(id, step.graceMs);
    },
    "signal-container": (step, context) => sendReload(parts, run, step, idOf(context, step.container)),
    "pre-stop": (step, context) => runPreStop(engine, run, step, idOf(context, step.container)),
    "post-start": (step, context) => runPostStart(parts, run, step, idOf(context, step.container)),
    "note-leaving": (step, context) => noteLeaving(parts, run, step, idOf(context, step.container)),
    "note-reload": (step, context) => noteReload(parts, run, step, idOf(context, step.container)),
    "note-refusal": (step) => failures.noteRefusal(run, step),
    "keep-logs": (step, context) => failures.keepLogs(run, step, idOf(context, step.container)),
    "hand-over": (step) => {
      parts.handOver(step.heir);
    },
  };
}

/** An end of one that may end by itself, or that has not proved itself yet, would look like its own. */
async function noteEnd(
  parts: ControlParts,
  run: RunOf,
  id: string,
  containers: readonly ObservedContainer[],
): Promise<void> {
  parts.ledger.weStop(run.key, id);
  const spec = parts.catalog.specs.get(run.key);
  const stopped = containers.find((one) => one.id === id);
  if (stopped?.role !== "next" && spec?.mayEnd !== true && spec?.respectStopMs === undefined) return;
  await noteStop(parts, run, id, stopped === undefined ? undefined : runOf(stopped));
}
