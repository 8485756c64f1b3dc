import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { SeenOffice } from "../../plan/model/view.js";
import type { Clock } from "../ports/clock.js";
import type { Others } from "../ports/others.js";
import type { Standbys } from "./standing-by.js";

/** The office, as the controller that is in it has it. */
export interface OwnOffice {
  /** On our monotonic clock. */
  readonly since: number;
  /** The controllers that stand by in a hand-over. */
  readonly standbys: Pick<Standbys, "look" | "clear">;
  /** Who else is in charge on the engine. Absent: nobody is. */
  readonly others?: Others;
  /** Has it end, for the controller in this container, by its id. */
  readonly handOver: (heir: string) => void;
}

/** As the planner sees it. Nobody is looked for where there is no helper: without one nothing is handed over. */
export async function officeSeen(
  { since, standbys }: OwnOffice,
  { helpers = [] }: HostSnapshot,
  clock: Clock,
): Promise<SeenOffice> {
  if (helpers.length === 0) await standbys.clear();
  const shown = helpers.length === 0 ? new Map<string, number>() : await standbys.look();
  const now = clock.now();
  return { ageMs: clock.monotonic() - since, standbys: new Map([...shown].map(([id, forMs]) => [id, now - forMs])) };
}
