import type { Commit } from "../control/ports/source.js";
import type { State } from "./kept/state.js";
import { isNamed } from "./reading/finder.js";
import { readOne, readRevision, selectedAs } from "./reading/revision.js";
import type { Held, ReadRevision, ReadRevisionOptions, Revision } from "./reading/revision.js";

export interface Recalled extends ReadRevision {
  readonly newest: Revision;
}

/** What a state stands for: each project as of its own revision, and then the newest revision over them. */
export async function recalled(
  state: State,
  open: (commit: Commit) => Promise<Revision>,
  reading: ReadRevisionOptions,
  signal: AbortSignal,
): Promise<Recalled> {
  const commits = new Map(
    [state.newest, ...(state.inForce === undefined ? [] : [state.inForce])].map((one) => [one.id, one]),
  );
  const opened = new Map<string, Revision>();
  const at = async (commit: Commit) => {
    const revision = opened.get(commit.id) ?? (await open(commit));
    opened.set(commit.id, revision);
    return revision;
  };
  const held = new Map<string, Held>();
  for (const [file, { revision, changed }] of Object.entries(state.projects)) {
    // The settings may name others by now.
    if (!isNamed(file, reading.paths)) continue;
    const commit = commits.get(revision) ?? { ...changed, id: revision };
    const one = await readOne(selectedAs(file, reading.paths), undefined, await at(commit), reading, signal);
    held.set(file, { ...one, changed });
  }
  const newest = await at(state.newest);
  return { ...(await readRevision(newest, held, reading, signal)), newest };
}

/** Enough to have it all again. */
export function stateOfHeld(
  held: ReadonlyMap<string, Held>,
  barren: readonly string[],
  rest: { readonly store: string; readonly newest: Commit; readonly inForce: Commit },
): State {
  const projects = [...held].flatMap(([file, { known, revision, changed }]) => {
    // One that left while others stayed was meant to leave: a restart forgets it, as with files.
    const isForgotten = known.gone && barren.length === 0;
    return revision === undefined || changed === undefined || isForgotten
      ? []
      : [[file, { revision, changed }] as const];
  });
  return { version: 1, ...rest, projects: Object.fromEntries(projects) };
}
