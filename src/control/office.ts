import { asFairleadError } from "../errors.js";
import type { DirectoryLock } from "./directory-lock.js";
import { alreadyRunning, describeHolder } from "./holder.js";
import type { Holder } from "./holder.js";
import type { Lease } from "./lease.js";
import { pause } from "./pause.js";
import type { Clock, Log } from "./ports.js";

export interface OfficeOptions {
  /** Undefined: there is no directory that could be locked. */
  readonly directory: DirectoryLock | undefined;
  /** The lease as this one takes it part in it; `owns`: the directory in the holder's word is locked by us. */
  readonly lease: (ownsDirectory: boolean) => Lease;
  readonly self: Holder;
  /** Wait for another controller's end, in place of giving up. */
  readonly standby: boolean;
  /** Called once, when there is another controller to wait for. */
  readonly onStandingBy: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The right to be the controller of this directory and this engine. */
export interface Office {
  /** Resolves when the engine has confirmed it: at once, unless it cannot be reached. Rejects with `AlreadyRunning`. */
  readonly confirmed: Promise<void>;
  /** Throws unless nobody else can have it at this moment. */
  readonly assertHeld: () => Promise<void>;
  /** Resolves when another one is found to have taken it. */
  readonly lost: Promise<Holder | undefined>;
  leave(): Promise<void>;
}

const soonMs = 500;
/** The other one lives: it is asked again after so long. */
const patienceMs = 2_000;

/**
 * Takes the office, or waits for it if asked to stand by. Throws FairleadError `AlreadyRunning`. Undefined: the signal
 * came first. An engine that cannot be reached is waited for in office: it may be as dead for everybody else.
 */
export async function takeOffice(options: OfficeOptions, signal: AbortSignal): Promise<Office | undefined> {
  const announced = { yet: false };
  const standBy = async (holder: Holder | undefined) => {
    if (announced.yet) return;
    announced.yet = true;
    await options.onStandingBy();
    options.log.info({}, `standing by: the controller is ${describeHolder(holder)}`);
  };
  const owns = await lockDirectory(options, standBy, signal);
  if (owns === undefined) return undefined;
  const lease = options.lease(owns);
  const first = await claim(lease, options, standBy, signal).catch((thrown: unknown) => thrown);
  const isAbsent = first instanceof Error && asFairleadError(first).code === "EngineUnreachable";
  if (first === false || (first instanceof Error && !isAbsent)) {
    await leave(lease, options.directory);
    if (first === false) return undefined;
    throw asFairleadError(first);
  }
  if (first instanceof Error)
    options.log.warn({ error: first.message }, "the engine cannot be reached; waiting for it");
  return {
    confirmed: first === true ? Promise.resolve() : claimLater(lease, options, standBy, signal),
    assertHeld: () => lease.assertHeld(),
    lost: lease.lost,
    leave: () => leave(lease, options.directory),
  };
}

/** Whether it is really locked; undefined: the signal came first. */
async function lockDirectory(
  { directory, self, standby }: OfficeOptions,
  standBy: (holder: Holder | undefined) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (directory === undefined) return false;
  let answer = await directory.take();
  if (answer === "taken") {
    const holder = await directory.holder();
    if (!standby) {
      await directory.release();
      throw alreadyRunning("the data directory", holder);
    }
    await standBy(holder);
    answer = await directory.take(signal);
    if (answer === "taken") {
      await directory.release();
      return undefined;
    }
  }
  await directory.sign(self);
  return answer === "held";
}

/** True: it is held; false: the signal came first. */
async function claim(
  lease: Lease,
  { standby, clock }: OfficeOptions,
  standBy: (holder: Holder | undefined) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const answer = await lease.claim();
    if (answer.kind === "held") return true;
    if (answer.kind === "taken") {
      if (!standby) throw alreadyRunning("the engine", answer.holder);
      await standBy(answer.holder);
    }
    await pause(clock, answer.kind === "taken" ? patienceMs : soonMs, signal);
  }
  return false;
}

/** The engine was not there at first. */
async function claimLater(
  lease: Lease,
  options: OfficeOptions,
  standBy: (holder: Holder | undefined) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await claim(lease, options, standBy, signal)) return;
    } catch (thrown) {
      if (asFairleadError(thrown).code === "AlreadyRunning") throw thrown;
      await pause(options.clock, soonMs, signal);
    }
  }
}

async function leave(lease: Lease, directory: DirectoryLock | undefined): Promise<void> {
  await lease.release();
  await directory?.release();
}
