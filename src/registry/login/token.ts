import { z } from "zod";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { Secret } from "../../tools/secret.js";
import type { Answer } from "../client/transport.js";
import { distrusted, refusal, type Subject } from "../faults/failure.js";
import type { Letter, Referral } from "./correspondence.js";
import { badPassword, plainRealm, privateImage } from "./unauthorized.js";

export interface Realm {
  readonly url: URL;
  /** The address of the registry that has named it. */
  readonly remote: string | undefined;
  readonly service: string | undefined;
}

export interface Token {
  readonly value: Secret;
  /** From its receipt; the server's clock is not trusted. */
  readonly lifeMs: number;
}

/** Sends a letter to a token server; throws ConnectionFault. */
export type Post = (letter: Letter, referral: Referral, subject: Subject) => Promise<Answer>;

/** What Docker's token specification says of an answer that names no life. */
const defaultLifeSeconds = 60;

export const noSecret = new Secret("");

/** It goes into a header of each request. */
const longestToken = 64 * 1024;

const tokenSchema = z
  .object({
    token: z.string().optional(),
    access_token: z.string().optional(),
    expires_in: z.number().optional(),
  })
  .transform(({ token, access_token, expires_in = 0 }) => {
    const seconds = expires_in > 0 && Number.isFinite(expires_in) ? expires_in : defaultLifeSeconds;
    return { value: (token ?? "") === "" ? (access_token ?? "") : (token ?? ""), lifeMs: seconds * 1000 };
  })
  // A line break would end the header early.
  .refine(({ value }) => value.length <= longestToken && /^[\x21-\x7e]+$/.test(value))
  .transform(({ value, lifeMs }): Token => ({ value: new Secret(value), lifeMs }));

/**
 * Asks a token server for a pull token: with the refresh-token grant for an identity token, else by GET, with a password
 * if there is one. Any answer is one; throws ConnectionFault, and Unauthorized where it is asked for over plain HTTP.
 */
export async function askRealm(
  post: Post,
  { realm, scope }: { readonly realm: Realm; readonly scope: string },
  credentials: RegistryCredentials | undefined,
  subject: Subject,
): Promise<Answer> {
  if (realm.url.protocol === "http:" && !subject.endpoint.trust.plain) throw plainRealm(realm.url.host, subject);
  const at = (url: URL): Referral => ({ url, remote: realm.remote });
  if (credentials?.identitytoken === undefined) {
    const { username, password = noSecret } = credentials ?? {};
    return post(getLetter(username, password), at(getUrl(realm, scope, username)), subject);
  }
  const answer = await post(refreshLetter(realm, scope, credentials.identitytoken), at(realm.url), subject);
  if (answer.status !== 404 && answer.status !== 405) return answer;
  return post(getLetter("<token>", credentials.identitytoken), at(getUrl(realm, scope, undefined)), subject);
}

/** The token in a token server's answer. Throws FairleadError where there is none, with the reason. */
export function readToken(
  answer: Answer,
  credentials: RegistryCredentials | undefined,
  subject: Subject,
  now: number,
): Token {
  const { status, url } = answer;
  if (status === 200) return parseToken(answer, subject);
  if (credentials !== undefined && [400, 401, 403].includes(status)) throw badPassword(url.host, credentials, subject);
  if (status === 401 || status === 403) throw privateImage(subject);
  if (status === 404) {
    throw distrusted(subject, `its token server ${url.host} does not exist (404)`, "Look at the registry's settings.");
  }
  throw refusal(answer, subject, now);
}

function getUrl({ url, service }: Realm, scope: string, account: string | undefined): URL {
  const asked = new URL(url);
  if (service !== undefined) asked.searchParams.set("service", service);
  for (const part of scope.split(" ")) asked.searchParams.append("scope", part);
  if (account !== undefined) asked.searchParams.set("account", account);
  return asked;
}

function getLetter(username: string | undefined, password: Secret): Letter {
  const headers = username === undefined ? {} : { authorization: basic(username, password) };
  return { method: "GET", headers: { accept: "application/json", ...headers } };
}

function refreshLetter({ service }: Realm, scope: string, token: Secret): Letter {
  const form = (text: string) =>
    new URLSearchParams({
      ...{ grant_type: "refresh_token", refresh_token: text, client_id: "fairlead", scope },
      ...(service === undefined ? {} : { service }),
    });
  return {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: token.map((text) => form(text).toString()),
  };
}

/** The Authorization header of a password. */
export function basic(username: string, password: Secret): Secret {
  return password.map((text) => `Basic ${Buffer.from(`${username}:${text}`, "utf8").toString("base64")}`);
}

function parseToken(answer: Answer, subject: Subject): Token {
  const parsed = tokenSchema.safeParse(parseJson(answer.body));
  if (parsed.success) return parsed.data;
  throw distrusted(
    subject,
    `the token server ${answer.url.host} answered without a token`,
    `Look at the log of ${answer.url.host}.`,
  );
}

/** The parser's own error would quote the body, which may hold a token. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
