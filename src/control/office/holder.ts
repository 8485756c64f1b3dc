import { z } from "zod";
import { FairleadError } from "../../errors.js";

/** A controller, as another one is told of it. */
export interface Holder {
  /** One run of one process. */
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** Its own container's id. */
  readonly container?: string | undefined;
  /** Its data directory, the same for every process that has locked it, whatever path that has there. */
  readonly directory?: string | undefined;
  /** ISO 8601. */
  readonly since: string;
  /** It is a helper, and there for the sake of this service. */
  readonly helps?: string | undefined;
  /** It has given the lease up for the controller in this container, by its id. */
  readonly heir?: string | undefined;
}

const word = z.string().max(200);
const schema = z.object({
  token: word,
  host: word,
  pid: z.int(),
  container: word.optional(),
  directory: word.optional(),
  since: word,
  helps: word.optional(),
  heir: word.optional(),
});

export function formatHolder(holder: Holder): string {
  return JSON.stringify(holder);
}

/** Undefined: nothing that one of us has written. */
export function parseHolder(text: string | undefined): Holder | undefined {
  if (text === undefined || text.length > 4_096) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** For people: where it is to be found. */
export function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return "a controller that does not say who it is";
  const { host, pid, container, since, helps, heir } = holder;
  const where =
    container === undefined ? `process ${pid} on ${host}` : `container ${container.slice(0, 12)} on ${host}`;
  const whose = helps === undefined ? where : `the helper of ${helps}, ${where}`;
  const left = heir === undefined ? "" : `, which has handed over to container ${heir.slice(0, 12)}`;
  // Whoever may write on the engine may have written this.
  return `${whose}, since ${since}${left}`.replace(/[^\x20-\x7e]/g, "?");
}

/** What a second controller is refused with. */
export function alreadyRunning(what: string, holder: Holder | undefined): FairleadError {
  const message = `${what} is held by another controller: ${describeHolder(holder)}`;
  return new FairleadError("AlreadyRunning", message, {
    remedy:
      "stop that one first; or start this one with --standby, and it takes over when that one is gone; " +
      "or, if no project name is in both, give each a --data and a --lease of its own",
    retry: "never",
  });
}
