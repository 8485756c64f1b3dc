/*
 * What this process itself is and may lives here, whatever it is for. What it does for services does not.
 */

import { readdirSync, readFileSync } from "node:fs";

/** With fewer nothing here works: the modules alone take about a hundred while they are loaded. */
export const leastOpenFiles = 180;

export const openFilesRemedy =
  "raise the hard limit: LimitNOFILE= in a systemd unit, `ulimits: {nofile: 4096}` in a Compose file, `ulimit -Hn 4096` in a shell";

/**
 * How many files, sockets and pipes this process may have open at once; Infinity where the system does not tell. It is
 * the hard limit: Node raises the soft one to it when it starts.
 */
export function openFileLimit(limits = readLimits()): number {
  const [, soft] = /^Max open files +(\S+)/m.exec(limits) ?? [];
  const limit = Number(soft);
  return soft === undefined || Number.isNaN(limit) ? Infinity : limit;
}

/** So many are open now; undefined where the system does not tell, or where no more can be opened to ask it. */
export function openFilesNow(): number | undefined {
  try {
    // One of them is the folder that is read.
    return readdirSync("/dev/fd").length - 1;
  } catch {
    return undefined;
  }
}

function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
