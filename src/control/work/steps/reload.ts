import type { StepOf } from "../../../plan/model/step.js";
import { given } from "../../../tools/present.js";
import type { Journal } from "../../journal/journal.js";
import type { Clock } from "../../ports/clock.js";
import type { Engine } from "../../ports/engine.js";
import type { Source } from "../../ports/source.js";
import { lastLines } from "../memory/last-lines.js";
import type { RunOf } from "../memory/run.js";

interface Parts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly source: Pick<Source, "takeBack">;
}

const logLines = 20;

/** The journal knows of it afterwards: cut off in between, the process is told once more, which is better than never. */
export async function sendReload(
  { engine, journal, clock }: Omit<Parts, "source">,
  { key }: Pick<RunOf, "key">,
  { container: name, signal, startedAt, wasSick, files }: StepOf<"signal-container">,
  id: string,
): Promise<void> {
  await engine.signalContainer(id, signal);
  const read = Object.fromEntries(files.map(({ path, identity, content }) => [path, { identity, content }]));
  const told = { container: id, name, signal, files: read, ...given({ startedAt, wasSick }) };
  await journal.append({ type: "reload", at: clock.now(), key, ...told });
}

/** The journal knows of it afterwards: cut off in between, what is to be taken back is found to be so already. */
export async function noteReload(
  { engine, journal, clock, source }: Parts,
  { key, log }: RunOf,
  { container: name, digest, specHash, failure, takeBack }: StepOf<"note-reload">,
  id: string,
): Promise<void> {
  const end = { type: "reloaded" as const, at: clock.now(), key, container: id, name, digest, specHash };
  if (failure === undefined) {
    await journal.append(end);
    return;
  }
  if (takeBack !== undefined) await source.takeBack?.(takeBack);
  const logs = await lastLines(engine, id, logLines);
  log.error({ container: name, reason: "ReloadFailed", logs }, `${name}: ${failure}`);
  await journal.append({ ...end, failure, logs: [...logs] });
}
