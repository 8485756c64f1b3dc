/*
 * Who may be the controller lives here. What a controller does does not.
 */

import { asFairleadError } from "../../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import { pause } from "../time/pause.js";
import type { DirectoryLock } from "./directory-lock.js";
import { alreadyRunning, describeHolder } from "./holder.js";
import type { Holder } from "./holder.js";
import type { Claim, Lease } from "./lease.js";

export interface OfficeOptions {
  /** Undefined: there is no directory that could be locked. */
  readonly directory: DirectoryLock | undefined;
  /** The lease as this one takes its part in it; `owns`: the directory in the holder's word is locked by us. */
  readonly lease: (owns: () => boolean) => Lease;
  readonly self: Holder;
  /** Whether this one's end is to be waited for, in place of giving up. */
  readonly mayWait: (holder: Holder | undefined) => boolean | Promise<boolean>;
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
  /** Resolves when another one is found to have taken it, or to have had it all along. */
  readonly lost: Promise<Holder | undefined>;
  /** With an heir, a container's id, the controller in there has the first claim. */
  leave(heir?: string): Promise<void>;
}

const soonMs = 500;
/** The other one lives: it is asked again after so long. */
const patienceMs = 2_000;

/**
 * Takes the office, or waits for it where it may. Throws FairleadError `AlreadyRunning`. Undefined: the signal came first.
 * An engine that cannot be reached is waited for in office: it may be as dead for everybody else.
 */
export async function takeOffice(options: OfficeOptions, signal: AbortSignal): Promise<Office | undefined> {
  const candidacy = new Candidacy(options);
  const first = await candidacy.stand(signal).catch((thrown: unknown) => thrown);
  const isAbsent = first instanceof Error && asFairleadError(first).code === "EngineUnreachable";
  if (first === false || (first instanceof Error && !isAbsent)) {
    await candidacy.leave();
    if (first === false) return undefined;
    throw asFairleadError(first);
  }
  if (first instanceof Error) {
    const { message, remedy } = asFairleadError(first);
    options.log.warn({ error: message, remedy }, "the engine cannot be reached; waiting for it");
  }
  const { lease } = candidacy;
  return {
    confirmed: first === true ? Promise.resolve() : candidacy.standLater(signal),
    assertHeld: () => lease.assertHeld(),
    lost: Promise.race([lease.lost, candidacy.refused]),
    leave: (heir) => candidacy.leave(heir),
  };
}

/** One try to get the office, from the first question to the end of the time in it. */
class Candidacy {
  readonly lease: Lease;
  /** Resolves when the engine has come, and another one is in charge whose end may be waited for. */
  readonly refused: Promise<Holder | undefined>;
  #tellRefused: (holder: Holder | undefined) => void = () => undefined;
  #owns = false;
  #isAnnounced = false;

  constructor(private readonly options: OfficeOptions) {
    this.lease = options.lease(() => this.#owns);
    this.refused = new Promise((resolve) => {
      this.#tellRefused = resolve;
    });
  }

  /** True: it is held; false: the signal came first. The directory comes first, and waits for who is the lease's heir. */
  async stand(signal: AbortSignal): Promise<boolean> {
    const { directory, clock } = this.options;
    for (;;) {
      if (!(await this.#lock(signal))) return false;
      const answer = await this.#claim(signal);
      if (answer !== "reserved") return answer;
      await directory?.unlock();
      this.#owns = false;
      await pause(clock, patienceMs, signal);
    }
  }

  /** The engine was not there at first. Never resolves where it is refused. Throws `AlreadyRunning`. */
  async standLater(signal: AbortSignal): Promise<void> {
    const { mayWait, clock } = this.options;
    while (!signal.aborted) {
      const answer = await this.lease.claim().catch(() => undefined);
      if (answer?.kind === "held") return;
      if (answer !== undefined && answer.kind !== "asking") {
        if (!(await mayWait(answer.holder))) throw alreadyRunning("the engine", answer.holder);
        this.#tellRefused(answer.holder);
        await new Promise(() => undefined);
      }
      await pause(clock, soonMs, signal);
    }
  }

  async leave(heir?: string): Promise<void> {
    await this.lease.release(heir);
    await this.options.directory?.release();
  }

  /** False: the signal came first. */
  async #lock(signal: AbortSignal): Promise<boolean> {
    const { directory, self } = this.options;
    if (directory === undefined) return !signal.aborted;
    let answer = await directory.take();
    if (answer === "taken") {
      await this.#wait("the data directory", await directory.holder());
      answer = await directory.take(signal);
      if (answer === "taken") return false;
    }
    this.#owns = answer === "held";
    await directory.sign(self);
    return true;
  }

  /** True: it is held; false: the signal came first; `reserved`: it is another one's to take. */
  async #claim(signal: AbortSignal): Promise<boolean | "reserved"> {
    while (!signal.aborted) {
      const answer = await this.#ask();
      if (answer.kind === "held") return true;
      if (answer.kind !== "asking") await this.#wait("the engine", answer.holder);
      if (answer.kind === "reserved") return "reserved";
      await pause(this.options.clock, answer.kind === "taken" ? patienceMs : soonMs, signal);
    }
    return false;
  }

  /** Whoever knows of another one in charge waits for the engine too. */
  async #ask(): Promise<Claim> {
    try {
      return await this.lease.claim();
    } catch (thrown) {
      const isAbsent = asFairleadError(thrown).code === "EngineUnreachable";
      if (isAbsent && this.#isAnnounced) return { kind: "asking", holder: undefined };
      throw thrown;
    }
  }

  /** Throws `AlreadyRunning` where that is not to be. */
  async #wait(what: string, holder: Holder | undefined): Promise<void> {
    const { mayWait, onStandingBy, log } = this.options;
    if (!(await mayWait(holder))) throw alreadyRunning(what, holder);
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    await onStandingBy();
    log.info({}, `standing by: the controller is ${describeHolder(holder)}`);
  }
}
