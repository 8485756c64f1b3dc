import type { KeptState } from "./cli/shared/wiring.js";
import type { Config } from "./config/config.js";
import { nodeDisk } from "./control/journal/disk/node-disk.js";
import { inspectJournal, type OnEntry } from "./control/journal/inspect/segments.js";
import { FairleadError } from "./errors.js";
import { inspectOutbox } from "./notify/outbox/inspect.js";
import { codeOf, readFault } from "./tools/files/file-fault.js";

/** What of a controller's memory is on the disk. Nothing is changed. */
export async function inspectKept({ data, places }: Config, onEntry?: OnEntry): Promise<KeptState> {
  try {
    const journal = await inspectJournal(nodeDisk, data, onEntry);
    return { journal, outbox: await inspectOutbox(nodeDisk, data) };
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause;
    const { message, remedy } =
      codeOf(cause) === "ENOTDIR"
        ? { message: `${data} is no directory`, remedy: "name the data directory of a controller" }
        : readFault(data, cause);
    throw new FairleadError("ConfigInvalid", `${places.data}: ${message}`, { cause, remedy });
  }
}
