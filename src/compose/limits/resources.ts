/*
 * What a container may use and do lives here. What it runs does not.
 */

import { groupOf } from "../../tools/present.js";
import { matching } from "../document/lists.js";
import { quoted, read, report, type Node } from "../document/node.js";
import { options } from "../document/pairs.js";
import { boolean, byteSize, integer, processors } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import type { Resources } from "../model/container/options.js";
import { blockIo } from "./blkio.js";
import { agreeing, limits, memorySize, type Deployed } from "./limits.js";
import { ulimits } from "./ulimits.js";

const cpusetPattern = /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/;

/** Limits and shares: the service's own keys and `deploy.resources` in one. 0 stands for no limit, as in Compose. */
export function resources(field: Fields<typeof serviceKeys>, deployed: Deployed): Resources | undefined {
  const found = groupOf({
    memory: agreeing(limits(field("mem_limit"), memorySize), deployed.memory),
    memoryReservation: agreeing(limits(field("mem_reservation"), byteSize), deployed.memoryReservation),
    memorySwap: limits(field("memswap_limit"), sizeOrUnlimited)?.value,
    memorySwappiness: read(field("mem_swappiness"), (at) => integer(at, 0, 100)),
    oomKillDisable: read(field("oom_kill_disable"), boolean),
    oomScoreAdj: read(field("oom_score_adj"), (at) => integer(at, -1000, 1000)),
    nanoCpus: agreeing(limits(field("cpus"), processors), deployed.cpus),
    cpuShares: limits(field("cpu_shares"), (at) => integer(at, 0, 262_144))?.value,
    cpuPeriod: limits(field("cpu_period"), microseconds)?.value,
    cpuQuota: limits(field("cpu_quota"), microseconds)?.value,
    cpuRealtimePeriod: limits(field("cpu_rt_period"), microseconds)?.value,
    cpuRealtimeRuntime: limits(field("cpu_rt_runtime"), microseconds)?.value,
    cpuset: read(field("cpuset"), (at) =>
      matching(at, cpusetPattern, "a set of processors", "write for example `0-3,5`"),
    ),
    pids: agreeing(
      limits(field("pids_limit"), (at) => integer(at, -1, 4_194_304)),
      deployed.pids,
    ),
    shmSize: limits(field("shm_size"), byteSize)?.value,
    ulimits: read(field("ulimits"), ulimits),
    blkio: read(field("blkio_config"), blockIo),
    storageOptions: read(field("storage_opt"), options),
  });
  if (found !== undefined) checkTogether(found, field);
  return found;
}

/** What the engine would refuse, each time anew, only when the container is created. */
function checkTogether(found: Resources, field: Fields<typeof serviceKeys>): void {
  const { memory, memoryReservation, memorySwap, nanoCpus, cpuPeriod, cpuQuota } = found;
  const swap = field("memswap_limit");
  if (swap !== undefined && memorySwap !== undefined && memorySwap !== -1) {
    if (memory === undefined) report(swap, "needs a limit of memory too", "write `mem_limit`");
    else if (memorySwap < memory)
      report(swap, "is less than the limit of memory", "it counts memory and swap together");
  }
  const reservation = field("mem_reservation");
  if (reservation !== undefined && memory !== undefined && (memoryReservation ?? 0) > memory) {
    report(reservation, "is more than the limit of memory");
  }
  const quota = field("cpu_quota") ?? field("cpu_period");
  if (quota !== undefined && nanoCpus !== undefined && (cpuPeriod !== undefined || cpuQuota !== undefined)) {
    report(quota, "says the same as `cpus`", "remove one of them");
  }
}

function sizeOrUnlimited(node: Node): number | null {
  return node.value === -1 || node.value === "-1" ? -1 : byteSize(node);
}

/** A whole number, or a duration. */
function microseconds(node: Node): number | null {
  const written = typeof node.value === "string" ? /^(\d{1,12})(us|ms|s)$/.exec(node.value) : null;
  if (written === null) return integer(node, 0, Number.MAX_SAFE_INTEGER);
  const scale = { us: 1, ms: 1_000, s: 1_000_000 }[written[2] as "us" | "ms" | "s"];
  const value = Number(written[1]) * scale;
  return Number.isSafeInteger(value) ? value : report(node, `${quoted(node)} is too long`);
}
