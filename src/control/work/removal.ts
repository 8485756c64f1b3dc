import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Outcome } from "../../plan/model/outcome.js";
import { viewOf } from "../../plan/model/view.js";
import { isSteered, leaverGraceMs, planRemoval } from "../../plan/rollout/removal.js";
import { leftStatus } from "../../plan/status/left.js";
import type { Catalog } from "../desired/catalog.js";
import { officeSeen } from "../office/own-office.js";
import type { OwnOffice } from "../office/own-office.js";
import type { Clock } from "../ports/clock.js";
import type { Run } from "./memory/run.js";
import type { Reports } from "./reports.js";
import type { Executor } from "./steps/executor.js";

export interface RemovalOptions {
  readonly catalog: Pick<Catalog, "specs">;
  readonly executor: Executor;
  readonly reports: Reports;
  readonly office: OwnOffice;
  readonly clock: Clock;
  readonly prune: boolean;
}

/** A pass of a service that no file declares any more. */
export class Removal {
  constructor(private readonly options: RemovalOptions) {}

  /** Undefined: the world has changed, or may have: look again. */
  async pass(run: Run, snapshot: HostSnapshot): Promise<Outcome | undefined> {
    const { executor, reports, prune, clock } = this.options;
    const [project = "", name = ""] = run.key.split("/");
    const office = await officeSeen(this.options.office, snapshot, clock);
    const service = { project, name, dependsOn: [] };
    const view = { ...viewOf(snapshot, service, new Map(), { now: clock.now() }), office };
    if (isSteered(view, this.options.catalog.specs)) {
      reports.publish(run, undefined);
      return { kind: "converged", reason: "Converged", because: "its service decides when it goes" };
    }
    const { steps, outcome } = planRemoval({ project, name }, prune, leaverGraceMs, view);
    const left = [...view.containers, ...view.jobs];
    reports.publish(run, left.length === 0 ? undefined : leftStatus({ project, name }, left, outcome, clock.now()));
    await executor.act(run, steps, left, view.helpers);
    return outcome.kind === "continue" ? undefined : outcome;
  }
}
