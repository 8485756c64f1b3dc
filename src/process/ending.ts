import { setTimeout as sleep } from "node:timers/promises";

/** What has been asked of a disk that answers is over long before. */
const patienceMs = 1_000;
const pollMs = 20;

/**
 * Ends this process, whatever peers keep open. An orderly exit waits for all that was asked of files, for ever where a disk
 * hangs: then only SIGKILL ends it, and the exit code is 137. Everything else has to be closed before.
 */
export async function endProcess(): Promise<never> {
  for (let waited = 0; isFileAsked(); waited += pollMs) {
    if (waited >= patienceMs) process.kill(process.pid, "SIGKILL");
    await sleep(pollMs);
  }
  process.exit();
}

/** Node's own word for a call on a file that has not been answered. */
function isFileAsked(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
}
