/*
 * What verbs have in common lives here. No verb does.
 */

import type { AdminPlace } from "../../config/admin.js";
import { FairleadError } from "../../errors.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { quote } from "../../tools/quote.js";
import { nearest } from "../../tools/suggest.js";
import {
  addressOf,
  type Answer,
  type Asked,
  type Method,
  type PathOf,
  type Placed,
  type Shape,
} from "../client/api.js";
import { openAnswer, wholeJson } from "../client/wire.js";
import type { Admin } from "./address.js";
import type { Wiring } from "./wiring.js";

export type { Admin, Shape };

/** What a controller says of all its services, and of itself. An older one may not say all of it. */
export type Overview = Pick<Shape<"Overview">, "services" | "journal"> & Partial<Shape<"Overview">>;

export type Service = Shape<"Service">;

/** `--admin`: a URL, or what stands in one behind `http://`. Throws FairleadError ConfigInvalid, without the flag. */
export function adminUrl(written: string): string {
  const text = written.includes("://") ? written : `http://${written}`;
  if (/^https?:\/\/[^/]/i.test(text) && URL.canParse(text)) return text;
  throw new FairleadError("ConfigInvalid", `${quote(written)} is not the address of a controller`, {
    remedy: "write for example http://127.0.0.1:8421",
  });
}

/** The controller that the settings name, or that `--admin` does. */
export function adminAt({ adminListen, adminToken }: AdminPlace, written: string | undefined): Admin {
  return { url: written === undefined ? `http://${adminListen}` : adminUrl(written), token: adminToken };
}

export function fetchOverview(admin: Admin): Promise<Overview> {
  return ask(admin, "get", "/api/v1/services", {});
}

export async function fetchServices(admin: Admin): Promise<readonly Service[]> {
  return (await fetchOverview(admin)).services;
}

/** Of the services that a controller shows, not those that are only left over. */
export function isDeclared({ conditions }: Service): boolean {
  return !conditions.some(({ type, reason }) => type === "Ready" && (reason === "Orphaned" || reason === "Removing"));
}

/** The header that shows the admin token, where there is one. */
export function authorizationFor({ token }: Admin): { readonly authorization?: string } {
  return token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
}

const patience = 10_000;

/** What the API answers. Throws FairleadError ApiUnreachable, with the API's own words where it has some. */
export async function ask<M extends Method, P extends PathOf<M>>(
  admin: Admin,
  method: M,
  path: P,
  asked: Asked<M, P> & { readonly patienceMs?: number },
): Promise<Answer<M, P>> {
  const { patienceMs = patience } = asked;
  const place = addressOf(path, asked as Placed);
  const answers = method === "get" ? admin.answers : undefined;
  const known = answers?.get(place);
  const headers = { ...authorizationFor(admin), ...(known === undefined ? {} : { "if-none-match": known.tag }) };
  const [status, body, tag] = await openAnswer(new URL(place, admin.url), {
    ...{ method: method === "get" ? "GET" : "POST", headers, patienceMs },
  })
    .then(async (response) => {
      const { statusCode = 0, headers: told } = response;
      return [statusCode, await wholeJson(response, patienceMs), told.etag] as const;
    })
    .catch((cause: unknown) => {
      throw unreachable(admin, cause);
    });
  if (status === 304 && known !== undefined) return known.body as Answer<M, P>;
  if (status < 200 || status >= 300) throw refusedBy(admin, status, body);
  if (tag !== undefined) answers?.set(place, { tag, body });
  return body as Answer<M, P>;
}

/**
 * Asks for something that is to last. `finish` says so where it may not, and answers the exit code: call it when the rest
 * has been said.
 */
type OrderPath = {
  [P in PathOf<"post">]: Answer<"post", P> extends { readonly durable: boolean } ? P : never;
}[PathOf<"post">];

export async function decide<P extends OrderPath>(
  wiring: Wiring,
  admin: Admin,
  path: P,
  asked: Asked<"post", P>,
): Promise<{ readonly answer: Answer<"post", P>; readonly finish: () => 0 | 5 }> {
  const { reason } = admin;
  const told = reason === undefined ? asked : { ...asked, query: { ...(asked as Placed).query, reason } };
  const answer = await ask(admin, "post", path, told);
  const isLost = !answer.durable;
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

/** `project/service`, or `service` where the controller knows one by that name only. */
export async function findService(admin: Admin, name: string): Promise<Service> {
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
  const known = services.map(({ project, service }) => `${project}/${service}`);
  throw new FairleadError(
    "ConfigInvalid",
    found.length === 0 ? `no service is called ${name}` : `several services are called ${name}`,
    {
      remedy: known.length === 0 ? "there are no services" : `name one of ${fewOf(known, name)}`,
    },
  );
}

const mostNamed = 12;

/** Those that may be meant first. A host may have hundreds. */
function fewOf(known: readonly string[], name: string): string {
  if (known.length <= mostNamed) return known.join(", ");
  const own = (one: string) => one.slice(one.indexOf("/") + 1);
  const meant = nearest(
    name,
    known.flatMap((one) => [one, own(one)]),
  );
  const isNear = (one: string) => one === meant || own(one) === meant || one.includes(name);
  const shown = [...known.filter(isNear), ...known.filter((one) => !isNear(one))].slice(0, mostNamed);
  return `${shown.join(", ")} and ${known.length - mostNamed} more: fairlead status -q lists them`;
}
