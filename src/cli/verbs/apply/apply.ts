import { dependenciesOf } from "../../../compose/model/relations.js";
import { serviceKey } from "../../../compose/model/service.js";
import type { ProjectSpec, ServiceKey } from "../../../compose/model/service.js";
import type { Config } from "../../../config/config.js";
import type { ServicePlan } from "../../../control/surface/forecast/service-plan.js";
import { asFairleadError, FairleadError } from "../../../errors.js";
import { shorten } from "../../../plan/steps/render.js";
import { printable } from "../../../tools/printable.js";
import { adminUrl, fetchServices, isDeclared } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { chosenFrom } from "../../shared/chosen.js";
import { changedSince, fingerprintOf } from "../../shared/fingerprint.js";
import { refuseProblems, showWarnings } from "../../shared/problems.js";
import { standingOf } from "../../shared/verdict.js";
import type { Wiring } from "../../shared/wiring.js";
import { fetchPlans, isSame, plan } from "./plan.js";
import { displayOn } from "./display.js";
import type { Display } from "./display.js";
import { follow } from "./follow.js";
import type { Followed } from "./follow.js";
import { keyOf, ourselves, pause, through } from "./operator.js";
import type { Named, Operator } from "./operator.js";

export interface ApplyFlags {
  /** Names or patterns; none: all. */
  readonly names: readonly string[];
  /** The address of the controller that is to do it, whatever files are here. */
  readonly admin: string | undefined;
  /** The fingerprint of the plan that is meant. */
  readonly plan: string | undefined;
  readonly timeoutMs: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Who does it, and for which services. */
interface Undertaking {
  readonly operator: Operator;
  readonly services: readonly Named[];
  /** The controller's address; undefined: this process. */
  readonly where: string | undefined;
  /** What is under way ends; a controller goes on. */
  readonly stop: () => Promise<void>;
  /** Rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

const patienceMs = 5_000;
const pollMs = 500;
const never = new Promise<void>(() => undefined);

/**
 * Has the services as wanted, once, and shows what is done: by the running controller where there is one with the same files,
 * else by this process in its place. Exit 0: all are. 3: one was rolled back or is held, or waits for a person. 4: the time is up.
 * 1: an error, another plan than the one that is meant, or an interruption; what was begun is finished by whoever comes next.
 */
export async function apply(wiring: Wiring, config: Config, flags: ApplyFlags): Promise<0 | 1 | 2 | 3 | 4> {
  if (flags.dryRun) return dryRun(wiring, config, flags);
  const admin = {
    url: flags.admin === undefined ? `http://${config.adminListen}` : adminUrl(flags.admin),
    token: config.adminToken,
  };
  const projects = flags.admin === undefined ? await read(wiring, config) : undefined;
  if (projects === "refused") return 1;
  const theirs = await controllersPlans(admin, config, projects);
  if (theirs === undefined && projects === undefined) await fetchServices(admin);
  const ours = projects === undefined ? [] : chosenIn(projects, flags.names);
  if (!(await isMeant(wiring, config, flags, theirs))) return 1;
  const undertaking =
    theirs === undefined
      ? await actOurselves(wiring, config, {
          projects: projects ?? [],
          services: ours,
          isAll: flags.names.length === 0,
        })
      : await haveItDone(admin, flags.names);
  return see(wiring, undertaking, flags);
}

function dryRun(wiring: Wiring, config: Config, { names, admin, json }: ApplyFlags): Promise<0 | 1 | 2> {
  return plan(wiring, config, { names, admin, json });
}

async function read(wiring: Wiring, config: Config): Promise<readonly ProjectSpec[] | "refused"> {
  const { projects, problems, warnings } = await wiring.load(config);
  showWarnings(wiring, warnings);
  return refuseProblems(wiring, problems) ? "refused" : projects;
}

/** Undefined: no controller answers there. Throws FairleadError where it has other files in force, or would not prune as it is asked to. */
async function controllersPlans(
  admin: Admin,
  config: Config,
  projects: readonly ProjectSpec[] | undefined,
): Promise<readonly ServicePlan[] | undefined> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const asked = await fetchPlans(admin, false).catch((thrown: unknown) => asFairleadError(thrown));
    if (asked instanceof FairleadError) return undefined;
    const { plans } = asked;
    if (projects === undefined || isSame(plans, projects)) {
      if (config.prune) await assertPrunes(admin, plans);
      return plans;
    }
    // An edited file reaches it within a moment.
    if (performance.now() >= deadline) {
      throw new FairleadError("ConfigInvalid", `the controller at ${admin.url} has other files in force`, {
        remedy: "name its address with --admin to have its own files applied, or end it first",
        retry: "never",
      });
    }
    await pause(pollMs, AbortSignal.timeout(patienceMs));
  }
}

async function assertPrunes(admin: Admin, plans: readonly ServicePlan[]): Promise<void> {
  const { plans: supposed } = await fetchPlans(admin, true);
  if (fingerprintOf(supposed) === fingerprintOf(plans)) return;
  throw new FairleadError("ConfigInvalid", `the controller at ${admin.url} does not prune`, {
    remedy: "start it with --prune, or leave that out here",
    retry: "never",
  });
}

/** Throws FairleadError ConfigInvalid for a word that means no service. */
function chosenIn(projects: readonly ProjectSpec[], names: readonly string[]): readonly Named[] {
  const all = projects.flatMap(({ services }) => services.map(({ project, name }) => ({ project, service: name })));
  return names.length === 0 ? all : chosenFrom(all, names);
}

async function isMeant(
  wiring: Wiring,
  config: Config,
  { plan: meant, names }: ApplyFlags,
  theirs: readonly ServicePlan[] | undefined,
): Promise<boolean> {
  if (meant === undefined) return true;
  const plans = theirs ?? (await wiring.preview(config)).plans;
  const chosen = names.length === 0 ? plans : chosenFrom(plans, names);
  const changed = changedSince(meant, chosen);
  if (fingerprintOf(chosen) === meant) return true;
  wiring.complain(
    `fairlead: the plan is another by now (${fingerprintOf(chosen)}); nothing was done. What it is now where it differs:`,
  );
  for (const { text } of changed) wiring.complain(text);
  return false;
}

async function haveItDone(admin: Admin, names: readonly string[]): Promise<Undertaking> {
  const declared = (await fetchServices(admin)).filter(isDeclared);
  const services = names.length === 0 ? declared : chosenFrom(declared, names);
  return { operator: through(admin), services, where: admin.url, stop: () => Promise.resolve(), ended: never };
}

interface OwnWork {
  readonly projects: readonly ProjectSpec[];
  readonly services: readonly Named[];
  readonly isAll: boolean;
}

async function actOurselves(
  wiring: Wiring,
  config: Config,
  { projects, services, isAll }: OwnWork,
): Promise<Undertaking> {
  const needed = withNeeded(projects, services);
  const acting = await wiring.act(config, (key) => isAll || needed.has(key));
  const { surface, ended } = acting;
  return { operator: ourselves(surface), services, where: undefined, stop: () => acting.stop(), ended };
}

/** Whatever they depend on has to be there first. */
function withNeeded(projects: readonly ProjectSpec[], services: readonly Named[]): ReadonlySet<ServiceKey> {
  const specs = new Map(
    projects.flatMap((project) => project.services.map((spec) => [serviceKey(spec.project, spec.name), spec] as const)),
  );
  const needed = new Set<ServiceKey>();
  const rest = services.map(keyOf);
  for (let key = rest.pop(); key !== undefined; key = rest.pop()) {
    const spec = specs.get(key);
    if (spec === undefined || needed.has(key)) continue;
    needed.add(key);
    rest.push(...dependenciesOf(spec).map(({ service }) => serviceKey(spec.project, service)));
  }
  return needed;
}

async function see(wiring: Wiring, undertaking: Undertaking, flags: ApplyFlags): Promise<0 | 1 | 3 | 4> {
  const { operator, services, where, stop, ended } = undertaking;
  const display = displayOn(wiring, flags.json);
  const signals = listen();
  if (where !== undefined) wiring.complain(`fairlead: the controller at ${where} does it`);
  try {
    const deadline = performance.now() + flags.timeoutMs;
    const following = follow({ operator, services, display, deadline }, signals.first);
    const all = await Promise.race([following, ended.then(() => following), signals.second]);
    if (all === "forced") return 1;
    if (signals.first.aborted) return await interrupted(wiring, display, undertaking, signals.second);
    const failures = await Promise.all(all.map((one) => wordsOf(operator, one)));
    display.end();
    tell(wiring, all, failures, flags);
    const stopped = await Promise.race([stop(), signals.second]);
    return stopped === "forced" ? 1 : codeOf(all);
  } finally {
    display.end();
    signals.forget();
    if (!signals.isForced()) await stop();
  }
}

async function interrupted(
  wiring: Wiring,
  display: Display,
  { where, stop }: Undertaking,
  second: Promise<"forced">,
): Promise<1> {
  display.end();
  wiring.complain(
    where === undefined
      ? "fairlead: interrupted: the step under way is finished; the next `fairlead apply` or `fairlead run` goes on from there"
      : `fairlead: interrupted: the controller at ${where} goes on by itself`,
  );
  await Promise.race([stop(), second]);
  return 1;
}

function codeOf(all: readonly Followed[]): 0 | 3 | 4 {
  if (all.some(({ verdict }) => verdict === 3)) return 3;
  return all.some(({ verdict }) => verdict === 4) ? 4 : 0;
}

/** What the container said last that failed last. */
async function wordsOf(operator: Operator, { service, verdict, status }: Followed): Promise<readonly string[]> {
  if (verdict !== 3 || status?.sync !== "Held") return [];
  const [failure] = await operator.failures(service).catch(() => []);
  if (failure === undefined) return [];
  const { container, at, reason, message, logs } = failure;
  const head = shorten(`${container} failed at ${at}: ${reason}: ${message}; its last lines:`);
  return [head, ...logs.map((line) => `  ${printable(line)}`)];
}

const words = { 0: "as wanted", 3: "not as wanted", 4: "out of time" } as const;

function tell(
  wiring: Wiring,
  all: readonly Followed[],
  failures: readonly (readonly string[])[],
  { json }: Pick<ApplyFlags, "json">,
): void {
  for (const [index, { service, verdict, status }] of all.entries()) {
    const lines = failures[index] ?? [];
    if (json) {
      wiring.print(JSON.stringify({ ...service, verdict: words[verdict], status, failure: lines }));
      continue;
    }
    const line = printable(
      `${keyOf(service)}: ${words[verdict]}: ${shorten(status === undefined ? "it was not looked at" : standingOf(status))}`,
    );
    if (verdict === 0) wiring.print(line);
    else wiring.complain([line, ...lines].join("\n"));
  }
  if (all.length === 0 && !json) wiring.print("no service is declared: there is nothing to do");
}

interface Signals {
  /** Aborts with the first SIGINT or SIGTERM. */
  readonly first: AbortSignal;
  /** Resolves with the second one. */
  readonly second: Promise<"forced">;
  isForced(): boolean;
  forget(): void;
}

function listen(): Signals {
  const first = new AbortController();
  const state = { isForced: false };
  const heard: { force: () => void } = { force: () => undefined };
  const second = new Promise<"forced">((resolve) => {
    heard.force = () => {
      state.isForced = true;
      resolve("forced");
    };
  });
  const onSignal = () => {
    if (first.signal.aborted) heard.force();
    first.abort();
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  return {
    first: first.signal,
    second,
    isForced: () => state.isForced,
    forget: () => {
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
    },
  };
}
