import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import type { Marks } from "../ports/marks.js";
import { aborted } from "../time/pause.js";
import type { DirectoryLock } from "./directory-lock.js";
import { alreadyRunning } from "./holder.js";
import type { Holder } from "./holder.js";
import { Lease } from "./lease.js";
import { takeOffice } from "./office.js";
import type { Office } from "./office.js";
import { StandingBy, Standbys } from "./standing-by.js";

export interface TermOptions {
  /** As others are told of it; its token is of this term alone. */
  readonly self: Holder;
  readonly directory: DirectoryLock | undefined;
  readonly marks: Marks;
  /** The lease's name. */
  readonly lease: string;
  /** Wait for whoever is in charge, in place of giving up. */
  readonly standby: boolean;
  /** Give up at once where another one has it, or is to have it: nothing is begun that would come later. */
  readonly isHasty?: boolean;
  /** Fairlead itself has made the container that this process runs in: asked where it would give up. */
  readonly isManaged: () => Promise<boolean>;
  /** There is another one to wait for; `isFit`: this one could take over. Answers what ends that. */
  readonly onStandingBy: (isFit: () => boolean) => Promise<() => Promise<void>>;
  /** Begins to control. */
  readonly open: (term: Term) => Promise<{ stop(): Promise<void> }>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One time in charge. */
export interface Term {
  readonly office: Office;
  readonly standbys: Standbys;
  /** Has the term end, for the controller in this container (its id) to go on. */
  readonly handOver: (heir: string) => void;
}

/** From standing by to the end of one time in charge. Throws FairleadError, as `AlreadyRunning` where this one is not to wait. */
export async function serveTerm(options: TermOptions, signal: AbortSignal): Promise<{ readonly handedOver: boolean }> {
  const { marks, lease, clock, standby, open, log } = options;
  const mayWait = async (holder: Holder | undefined) =>
    options.isHasty !== true &&
    (standby || holder?.helps !== undefined || holder?.heir !== undefined || (await options.isManaged()));
  const office = await enter(options, mayWait, signal);
  if (office === undefined) return { handedOver: false };
  const heir: { id?: string } = {};
  try {
    const handedOver = new AbortController();
    const handOver = (id: string) => {
      heir.id ??= id;
      handedOver.abort();
    };
    const controller = await open({ office, standbys: new Standbys({ marks, lease, clock }), handOver });
    const end = AbortSignal.any([signal, handedOver.signal]);
    const lost = Promise.race([office.lost, aborted(end), office.confirmed.then(() => office.lost)]);
    const holder = await lost.finally(() => controller.stop());
    if (!end.aborted && !(await mayWait(holder ?? undefined))) throw alreadyRunning("the engine", holder ?? undefined);
    return { handedOver: handedOver.signal.aborted };
  } finally {
    if (heir.id !== undefined) log.info({}, `handing over to the controller in container ${heir.id.slice(0, 12)}`);
    await office.leave(heir.id);
  }
}

/** Undefined: the signal came first. */
async function enter(
  { self, directory, marks, lease: name, onStandingBy, clock, log }: TermOptions,
  mayWait: (holder: Holder | undefined) => Promise<boolean>,
  signal: AbortSignal,
): Promise<Office | undefined> {
  const standingBy = new StandingBy({ marks, lease: name, self, clock, log });
  const waiting: { end: () => Promise<void> } = { end: () => Promise.resolve() };
  const lease = (owns: () => boolean) =>
    new Lease({
      marks,
      name,
      self,
      // What locks a directory is its process: as the lock is ours, that one has ended.
      isGone: (holder) => owns() && holder.directory !== undefined && holder.directory === directory?.identity,
      clock,
      log,
    });
  const announce = async () => {
    standingBy.begin();
    waiting.end = await onStandingBy(() => standingBy.isFit());
  };
  try {
    return await takeOffice({ directory, lease, self, mayWait, onStandingBy: announce, clock, log }, signal);
  } finally {
    await waiting.end();
    await standingBy.end();
  }
}
