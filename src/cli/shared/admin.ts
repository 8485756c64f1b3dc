/*
 * What verbs have in common lives here. No verb does.
 */

import type { ProblemReport } from "../../compose/values/problem.js";
import { quote } from "../../compose/values/quote.js";
import type { JournalState } from "../../control/journal/standing.js";
import type { EngineState } from "../../control/surface/engine-state.js";
import type { RepositoryState } from "../../control/surface/surface.js";
import { FairleadError } from "../../errors.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import type { Secret } from "../../tools/secret.js";
import type { Wiring } from "./wiring.js";

/** A running controller's admin address, as the verbs reach it. */
export interface Admin {
  /** `http://127.0.0.1:8421`. */
  readonly url: string;
  readonly token: Secret | undefined;
}

/** What a controller says of all its services, and of itself. */
export interface Overview {
  readonly services: readonly ServiceStatus[];
  /** What is wrong with the newest versions of its files. Absent: an older controller. */
  readonly problems?: readonly ProblemReport[];
  readonly journal: JournalState;
  /** Absent: an older controller. */
  readonly engine?: EngineState;
  /** The repositories that services files come from. Absent: an older controller. */
  readonly sources?: readonly RepositoryState[];
}

/** `--admin`: a URL, or what stands in one behind `http://`. Throws FairleadError ConfigInvalid, without the flag. */
export function adminUrl(written: string): string {
  const text = written.includes("://") ? written : `http://${written}`;
  if (/^https?:\/\/[^/]/i.test(text) && URL.canParse(text)) return text;
  throw new FairleadError("ConfigInvalid", `${quote(written)} is not the address of a controller`, {
    remedy: "write for example http://127.0.0.1:8421",
  });
}

export async function fetchOverview(admin: Admin): Promise<Overview> {
  return (await ask(admin, "GET", "/api/v1/services")) as Overview;
}

export async function fetchServices(admin: Admin): Promise<readonly ServiceStatus[]> {
  return (await fetchOverview(admin)).services;
}

/** Of the services that a controller shows, not those that are only left over. */
export function isDeclared({ conditions }: ServiceStatus): boolean {
  return !conditions.some(({ type, reason }) => type === "Ready" && (reason === "Orphaned" || reason === "Removing"));
}

/** The header that shows the admin token, where there is one. */
export function authorizationFor({ token }: Admin): { readonly authorization?: string } {
  return token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
}

/** Throws FairleadError ApiUnreachable, with the API's own words where it has some. */
export async function ask(admin: Admin, method: "GET" | "POST", path: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(new URL(path, admin.url), {
      method,
      headers: authorizationFor(admin),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (cause) {
    throw unreachable(admin, cause);
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw refusedBy(admin, response.status, body);
}

/**
 * Asks for something that is to last. `finish` says so where it may not, and answers the exit code: call it when the rest
 * has been said.
 */
export async function decide(
  wiring: Wiring,
  admin: Admin,
  path: string,
): Promise<{ readonly answer: unknown; readonly finish: () => 0 | 5 }> {
  const answer = await ask(admin, "POST", path);
  const isLost = typeof answer === "object" && answer !== null && "durable" in answer && answer.durable === false;
  const finish = (): 0 | 5 => {
    if (!isLost) return 0;
    wiring.complain(
      "fairlead: it is in force, but the journal cannot be written: a restart of the controller forgets it\n  see the controller's log, and make room on its data directory or mend it",
    );
    return 5;
  };
  return { answer, finish };
}

export function unreachable({ url }: Admin, cause: unknown): FairleadError {
  return new FairleadError("ApiUnreachable", `no controller answers at ${withoutUrlSecrets(url)}`, {
    remedy: "start `fairlead run`, or name its admin address with --admin",
    cause,
  });
}

/** In the API's own words, as far as `body` has some. */
export function refusedBy({ url }: Admin, status: number, body: unknown): FairleadError {
  const said = body as { readonly error?: string; readonly remedy?: string };
  const remedy = said.remedy === undefined ? {} : { remedy: said.remedy };
  return new FairleadError(
    "ApiUnreachable",
    `${withoutUrlSecrets(url)} answers ${status}: ${said.error ?? "no reason given"}`,
    remedy,
  );
}

export function servicePath({ project, service }: Named, verb: string): string {
  return `/api/v1/services/${encodeURIComponent(project)}/${encodeURIComponent(service)}/${verb}`;
}

/** `project/service`, or `service` where the controller knows one by that name only. */
export async function findService(admin: Admin, name: string): Promise<ServiceStatus> {
  return serviceIn(await fetchServices(admin), name);
}

interface Named {
  readonly project: string;
  readonly service: string;
}

/** Throws FairleadError ConfigInvalid. */
export function serviceIn<T extends Named>(services: readonly T[], name: string): T {
  const found = services.filter(({ project, service }) => name === `${project}/${service}` || name === service);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = services.map(({ project, service }) => `${project}/${service}`).join(", ");
  throw new FairleadError(
    "ConfigInvalid",
    found.length === 0 ? `no service is called ${name}` : `several services are called ${name}`,
    {
      remedy: known === "" ? "there are no services" : `name one of ${known}`,
    },
  );
}
