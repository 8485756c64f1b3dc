import { vi } from "vitest";
import { patienceMs } from "./sandbox/host/patience.js";

/** Until it no longer throws. How long that takes on a busy machine is nothing that a test is about. */
export function eventually(look: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(look, { timeout: patienceMs, interval: 5 });
}
