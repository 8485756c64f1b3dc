/*
 * What several views are made of lives here, piece by piece: notices, events, reasons, orders, and what is known. A whole page
 * does not.
 */

import type { Problem } from "../../../../compose/values/problem.js";
import type { Event } from "../../../../control/journal/event.js";
import type { JournalState } from "../../../../control/journal/standing.js";
import type { EngineState } from "../../../../control/surface/engine-state.js";
import type { NotificationsStanding } from "../../../../notify/model/standing.js";
import type { ServiceStatus } from "../../../../plan/model/condition.js";

/** What every view may show. */
export interface Known {
  readonly services: readonly ServiceStatus[];
  readonly problems: readonly Problem[];
  readonly journal: JournalState;
  readonly engine: EngineState;
  /** The last webhooks' deliveries, newest first. */
  readonly deliveries: readonly Event[];
  readonly notifications: NotificationsStanding;
  readonly isReady: boolean;
  /** Whoever looks may also act. */
  readonly mayAct: boolean;
}
