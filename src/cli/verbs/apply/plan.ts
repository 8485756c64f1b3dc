import { declarationHash } from "../../../compose/model/hash.js";
import { serviceKey } from "../../../compose/model/service.js";
import type { ProjectSpec } from "../../../compose/model/service.js";
import type { Config } from "../../../config/config.js";
import { asFairleadError, FairleadError } from "../../../errors.js";
import { adminUrl, ask, type Shape } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { chosenFrom } from "../../shared/chosen.js";
import { fingerprintOf } from "../../shared/fingerprint.js";
import { refuseProblems, showWarnings } from "../../shared/problems.js";
import type { Wiring } from "../../shared/wiring.js";

export interface PlanFlags {
  /** Names or patterns; none: all. */
  readonly names: readonly string[];
  /** The address of the controller that is to be asked, whatever files are here. */
  readonly admin: string | undefined;
  readonly json: boolean;
}

type Plans = Pick<Shape<"Plans">, "plans"> & { readonly orphans: readonly { readonly text: string }[] };

interface Told extends Plans {
  /** The address of the controller whose plan it is; undefined: nobody was asked. */
  readonly controller: string | undefined;
  /** What it does not consider. */
  readonly notice?: string;
}

/**
 * Says what would be done now and changes nothing: exit 0 nothing, 2 something, 1 an error, also in one of several projects.
 * The running controller is asked, where there is one that has the same files in force: it knows what is pinned and held.
 */
export async function plan(wiring: Wiring, config: Config, { names, admin, json }: PlanFlags): Promise<0 | 1 | 2> {
  const { adminToken: token, prune } = config;
  if (admin !== undefined) {
    const theirs = await fetchPlans({ url: adminUrl(admin), token }, prune);
    return tell(wiring, { ...theirs, controller: admin }, names, json);
  }
  const { projects, problems, warnings } = await wiring.load(config);
  showWarnings(wiring, warnings);
  const refused = refuseProblems(wiring, problems);
  if (refused && projects.length === 0) return 1;
  const url = `http://${config.adminListen}`;
  const asked = await fetchPlans({ url, token }, prune).catch((thrown: unknown) => asFairleadError(thrown));
  const isOurs = !(asked instanceof FairleadError) && isSame(asked.plans, projects);
  const look = () =>
    lookOurselves(wiring, config, asked, url).catch((thrown: unknown) => {
      // What is wrong with the name is told first: the host is not needed for that.
      if (!refused && names.length > 0) chosenFrom(projects.flatMap(namesOf), names);
      throw thrown;
    });
  const told = isOurs ? { ...asked, controller: url } : await look();
  const code = tell(wiring, told, names, json);
  return refused ? 1 : code;
}

function namesOf({ services }: ProjectSpec): readonly { readonly project: string; readonly service: string }[] {
  return services.map(({ project, name }) => ({ project, service: name }));
}

/** `prune`: as if the controller pruned, too. */
export function fetchPlans(admin: Admin, prune: boolean): Promise<Plans> {
  return ask(admin, "get", "/api/v1/plan", { query: prune ? { prune } : {} });
}

/** What the controller has in force is what the files here say. */
export function isSame(plans: Plans["plans"], projects: readonly ProjectSpec[]): boolean {
  const theirs = plans.flatMap(({ project, service, declared }) =>
    declared === undefined ? [] : [`${serviceKey(project, service)} ${declared}`],
  );
  const ours = projects.flatMap(({ services }) =>
    services.map((spec) => `${serviceKey(spec.project, spec.name)} ${declarationHash(spec)}`),
  );
  return theirs.sort().join() === ours.sort().join();
}

async function lookOurselves(wiring: Wiring, config: Config, asked: Plans | FairleadError, url: string): Promise<Told> {
  const { plans, orphans, remembers } = await wiring.preview(config);
  const why =
    asked instanceof FairleadError
      ? asked.message
      : `the controller at ${url} has other files in force (name it with --admin for its own plan)`;
  const known = remembers
    ? `pins, holds and approvals are as the journal in ${config.data} has them`
    : `pins, holds and approvals are unknown: there is no journal in ${config.data}`;
  return { plans, orphans, controller: undefined, notice: `${why}; ${known}` };
}

function tell(wiring: Wiring, told: Told, names: readonly string[], json: boolean): 0 | 1 | 2 {
  const { controller, notice } = told;
  const plans = names.length === 0 ? told.plans : chosenFrom(told.plans, names);
  const orphans = names.length === 0 ? told.orphans : [];
  const fingerprint = fingerprintOf(plans);
  if (json) wiring.print(JSON.stringify({ plans, orphans, fingerprint, controller, notice }, undefined, 2));
  else wiring.print([...plans, ...orphans].map(({ text }) => text).join("\n"));
  if (notice !== undefined) wiring.complain(`fairlead: ${notice}`);
  const unknown = plans.filter(({ error }) => error !== undefined);
  for (const { project, service, error } of unknown) wiring.complain(`fairlead: ${project}/${service}: ${error}`);
  if (unknown.length > 0) return 1;
  if (!plans.some(({ changes }) => changes)) return 0;
  if (!json)
    wiring.complain(`fairlead: this plan and no other: fairlead apply ${[...names, "--plan", fingerprint].join(" ")}`);
  return 2;
}
