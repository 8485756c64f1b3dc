/*
 * Verbs live here, one file each. A verb asks a running controller or looks by itself; it decides nothing.
 */

import { familiarImage, parseImage } from "../../../compose/values/image.js";
import { formatProblem } from "../../../compose/values/problem.js";
import type { ProblemReport } from "../../../compose/values/problem.js";
import { journalNotice } from "../../../control/journal/standing.js";
import { engineNotices } from "../../../control/surface/engine-state.js";
import { asFairleadError } from "../../../errors.js";
import { notificationNotices } from "../../../notify/model/standing.js";
import { isOver } from "../../../plan/status/explain.js";
import { shorten } from "../../../plan/steps/render.js";
import { ask, fetchOverview, type Service, serviceIn } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { ageOf } from "../../shared/age.js";
import { printData } from "../../shared/forms.js";
import type { Form } from "../../shared/forms.js";
import { printFailure } from "../../shared/failure.js";
import { sourceLine } from "../../shared/source-line.js";
import { printTable } from "../../shared/table.js";
import type { Wiring } from "../../shared/wiring.js";

const columns = [
  ...["SERVICE", "IMAGE", "SYNC", "HEALTH", "REPLICAS", "REVISION", "DIGEST", "AGE", "LAST ROLLOUT", "REASON"],
] as const;
const wideColumns = ["DESIRED", "TAG", "POLICY", "MESSAGE"] as const;
const conditionColumns = ["CONDITION", "STATUS", "REASON", "SINCE", "MESSAGE"] as const;

/**
 * What is wrong first: with the files, with the journal, with the engine, with those who are told, then services that are not ready. One line a
 * service; of one that is named also its conditions, and what failed last while that still counts. Exit 1: files have
 * problems. A service that is not well is none: `plan`, `wait` and metrics are for scripts.
 */
export async function status(wiring: Wiring, admin: Admin, name: string | undefined, form: Form): Promise<0 | 1> {
  const { services: all, problems = [], journal, engine, sources = [], notifications } = await fetchOverview(admin);
  const services = name === undefined ? all : [serviceIn(all, name)];
  const code = problems.length === 0 ? 0 : 1;
  const data = { services, problems, journal, engine, sources, notifications };
  const names = services.map(({ project, service }) => `${project}/${service}`);
  if (await printData(wiring, form, data, names)) return code;
  printProblems(wiring, problems);
  for (const line of name === undefined ? sources.map(sourceLine) : []) wiring.print(line);
  const notice = journalNotice(journal);
  if (notice !== undefined) wiring.print(notice);
  for (const line of engine === undefined ? [] : engineNotices(engine)) wiring.print(line);
  for (const line of notifications === undefined ? [] : notificationNotices(notifications)) wiring.print(line);
  const now = Date.now();
  const worstFirst = [...services.filter((one) => !isReady(one)), ...services.filter(isReady)];
  const isWide = form === "wide";
  const rows = worstFirst.map((service) => [...rowOf(service, now), ...(isWide ? moreOf(service) : [])]);
  printTable(wiring, [[...columns, ...(isWide ? wideColumns : [])], ...rows]);
  const [only] = services;
  if (name === undefined || only === undefined) for (const service of worstFirst) printNews(wiring, service);
  else await printDetails(wiring, admin, only, now);
  return code;
}

function printProblems(wiring: Wiring, problems: readonly ProblemReport[]): void {
  if (problems.length === 0) return;
  for (const { remedy, ...problem } of problems) {
    wiring.print(formatProblem({ ...problem, ...(remedy === undefined ? {} : { hint: remedy }) }));
  }
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  wiring.print(`${count} in the services files: the last good version of each stays in force\n`);
}

function printNews(wiring: Wiring, { project, service, conditions }: Service): void {
  for (const { message } of conditions.filter(isNews)) wiring.print(`${project}/${service}: ${shorten(message)}`);
}

function isNews({ type, status: is, reason }: Service["conditions"][number]): boolean {
  if (type === "Ready") return is === "False";
  return reason === "Flapping" || reason === "TagGone" || (is === "True" && reason === "ReloadFailed");
}

async function printDetails(wiring: Wiring, admin: Admin, service: Service, now: number): Promise<void> {
  const rows = service.conditions.map(({ type, status: is, reason, lastTransitionTime, message }) => [
    ...[type, is, reason, ageOf(lastTransitionTime, now), shorten(message)],
  ]);
  wiring.print("");
  printTable(wiring, [conditionColumns, ...rows]);
  // With the engine out of reach there is none, and the rest has been said.
  const path = { project: service.project, service: service.service };
  const failures = await ask(admin, "get", "/api/v1/services/{project}/{service}/history", { path }).then(
    (history) => history.failures,
    (thrown: unknown) => {
      wiring.complain(`fairlead: what failed last is not known: ${asFairleadError(thrown).message}`);
      return [];
    },
  );
  const [failure] = failures;
  if (failure !== undefined && !isOver(service, failure.at)) printFailure(wiring, { failures });
}

function isReady({ conditions }: Service): boolean {
  return conditions.find(({ type }) => type === "Ready")?.status === "True";
}

/** Of what no file declares any more, as its container says; which may be anything. */
function imageOf({ image }: Service): string {
  try {
    return familiarImage(parseImage(image));
  } catch {
    return image;
  }
}

function rowOf(service: Service, now: number): readonly string[] {
  const ready = service.conditions.find(({ type }) => type === "Ready");
  const rollout = service.lastRollout;
  return [
    `${service.project}/${service.service}`,
    shorten(imageOf(service)),
    service.sync,
    service.health,
    `${service.replicas.ready}/${service.replicas.desired}`,
    service.revision === undefined ? "-" : String(service.revision),
    service.activeDigest === undefined ? "-" : shorten(service.activeDigest),
    service.createdAt === undefined ? "-" : ageOf(service.createdAt, now),
    rollout === undefined ? "-" : (rollout.outcome ?? "under way"),
    ready?.reason ?? "-",
  ];
}

function moreOf({ desiredDigest, tag, policy, conditions }: Service): readonly string[] {
  const ready = conditions.find(({ type }) => type === "Ready");
  return [
    desiredDigest === undefined ? "-" : shorten(desiredDigest),
    tag ?? "-",
    policy ?? "-",
    shorten(ready?.message ?? "-"),
  ];
}
