import { setTimeout as sleep } from "node:timers/promises";

/** Asks until it is so. Throws after `patienceMs`. */
export async function until(what: string, isSo: () => Promise<boolean>, patienceMs = 90_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what} has not come within ${patienceMs / 1000} s`);
    await sleep(50);
  }
}
