import { setTimeout as sleep } from "node:timers/promises";

/** Asks until it is so. Throws after 90 s. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what} has not come within 90 s`);
    await sleep(50);
  }
}
