import { Mutex } from "../../tools/sharing/mutex.js";
import type { Clock } from "../ports/clock.js";
import type { HostFiles } from "../ports/host-files.js";
import { inTime } from "../time/in-time.js";

/** How long a file is waited for: its disk may be a network's, and hang. */
const patienceMs = 1_000;

/**
 * The same files, asked for one at a time, and not waited for without bound: what does not answer cannot be seen. While it
 * does not, nothing more is asked, for each call that hangs takes one of the few threads that all of Node's files share.
 */
export function patientFiles(files: HostFiles, clock: Clock): HostFiles {
  const questions = new Mutex();
  const line = { isStuck: false };

  async function ask<T>(question: () => Promise<T | undefined>): Promise<T | undefined> {
    if (line.isStuck) return undefined;
    const asker = { isGone: false };
    const turn = questions.run(async () => ({ answer: asker.isGone ? undefined : await question() }));
    const ended = await inTime(turn, clock, patienceMs, () => {
      line.isStuck = false;
    });
    asker.isGone = true;
    if (ended === undefined) line.isStuck = true;
    return ended?.answer;
  }

  return {
    look: (path) => ask(() => files.look(path)),
    contentOf: (path) => ask(() => files.contentOf(path)),
    survey: async (path) => {
      const folder = await ask(() => files.survey(path));
      if (typeof folder !== "object") return folder;
      return { ...folder, content: () => ask(() => folder.content()) };
    },
  };
}
