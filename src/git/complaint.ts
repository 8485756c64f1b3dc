import type { Log } from "../control/ports/log.js";
import { asGitFault } from "./program/fault.js";
import { faultProblem, type SourceFault } from "./told.js";

export interface ComplaintOptions {
  readonly source: string;
  readonly log: Log;
  /** The commit that a fault of it names. */
  readonly newest: () => string | undefined;
  /** A snapshot would show otherwise. */
  readonly onChange: () => void;
}

/** What is wrong with a repository as a whole: told once, until it is something else or over. */
export class Complaint {
  #fault: SourceFault | undefined;

  constructor(private readonly options: ComplaintOptions) {}

  get fault(): SourceFault | undefined {
    return this.#fault;
  }

  /** Undefined: it has failed, and is told of. Throws only where the signal has aborted. */
  async around<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { source, log, newest } = this.options;
    try {
      const result = await work();
      if (this.#fault !== undefined) log.info({ source }, `${source} is followed again`);
      this.#become(undefined);
      return result;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asGitFault(thrown);
      const { reason, remedy, message } = error;
      const fault = { reason, problem: faultProblem(source, error, reason === "NotSigned" ? newest() : undefined) };
      if (!isSameFault(fault, this.#fault)) {
        log.error({ source, reason, remedy }, `${source}: ${message}; the last good revision stays`);
      }
      this.#become(fault);
      return undefined;
    }
  }

  #become(fault: SourceFault | undefined): void {
    const isNews = !isSameFault(this.#fault, fault);
    this.#fault = fault;
    if (isNews) this.options.onChange();
  }
}

/** Words that change with every try, such as how long one has waited, are not news. */
function isSameFault(one: SourceFault | undefined, other: SourceFault | undefined): boolean {
  return one?.reason === other?.reason && one?.problem.commit === other?.problem.commit;
}
