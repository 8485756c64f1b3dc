import type { Clock } from "../control/ports/clock.js";
import type { Source } from "../control/ports/source.js";
import { inTime } from "../control/time/in-time.js";
import { asFairleadError } from "../errors.js";
import type { Notice } from "./model/notice.js";
import { linesBetween, unlisted } from "./notices/between.js";

/** So long a message waits for what came between, at the most. */
const patienceMs = 25_000;

/** With the commits between, or with why they are not listed. Never rejects; answers at once where the signal aborts. */
export type Complete = (notice: Notice, signal: AbortSignal) => Promise<Notice>;

/** From what follows the repositories. */
export function completedBy(source: Pick<Source, "commitsBetween">, clock: Clock): Complete {
  return async (notice, signal) => {
    const { commit, project } = notice;
    if (commit?.before === undefined || project === undefined) return notice;
    const { id, before } = commit;
    const asked = source.commitsBetween?.({ source: commit.source, project, before, commit: id }, signal);
    if (asked === undefined) return notice;
    const lines = asked.then(
      (found) => linesBetween(found, commit),
      (thrown: unknown) => unlisted(asFairleadError(thrown).message),
    );
    const between = (await inTime(lines, clock, patienceMs, () => undefined)) ?? unlisted("it takes too long");
    return between.length === 0 ? notice : { ...notice, between };
  };
}
