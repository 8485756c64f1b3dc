import type { GateState } from "../../plan/model/host/observed.js";
import type { Route } from "../../plan/model/step.js";

/** The proxies within gates. Container arguments are full engine ids of running gates. Throws FairleadError only. */
export interface Gates {
  /** The ages that it tells are counted back from `now`. */
  state(container: string, now: number): Promise<GateState>;
  /** In this order. Where it throws, some may have been set. A server that the gate does not have is an error. */
  setRoutes(container: string, routes: readonly Route[]): Promise<void>;
}
