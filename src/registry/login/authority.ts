/*
 * How one gets in lives here: challenges, tokens, credentials. Nothing of them leaves this folder but a header.
 */

import { createHash } from "node:crypto";
import type { Clock } from "../../control/ports/clock.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import type { FairleadError } from "../../errors.js";
import { BoundedMap } from "../../tools/sharing/bounded-map.js";
import type { Secret } from "../../tools/secret.js";
import { SingleFlight } from "../../tools/sharing/single-flight.js";
import { ConnectionFault } from "../../tools/http/fault.js";
import type { Answer } from "../client/transport.js";
import { distrusted, unreachable, type Subject } from "../faults/failure.js";
import { parseChallenges, type Challenge } from "./challenge.js";
import { askRealm, basic, noSecret, readToken, type Post, type Realm } from "./token.js";
import { badPassword, insufficientScope, noWayIn, privateImage, unbelievedToken } from "./unauthorized.js";

/** How a host lets readers in, learnt from its last 401. */
type Entrance = { readonly kind: "basic" } | { readonly kind: "bearer"; readonly realm: Realm; readonly scope: string };

export interface Pass {
  /** The Authorization header. */
  readonly header: Secret;
  readonly credentials: RegistryCredentials | undefined;
  /** Bearer passes only. */
  readonly tokenKey: string | undefined;
}

interface CachedToken {
  /** The Authorization header that shows it. */
  readonly header: Secret;
  readonly refreshAt: number;
}

/** Renewing before the end spares requests that are under way a 401. */
const refreshAtPart = 0.85;
const mostEntries = 5000;

/** Passes for registries: answers challenges, keeps tokens, and shows them unasked to a host that is known to want one. */
export class Authority {
  private readonly entrances = new BoundedMap<string, Entrance>(mostEntries);
  private readonly tokens = new BoundedMap<string, CachedToken>(mostEntries);
  private readonly flights = new SingleFlight<Answer>();

  constructor(
    private readonly post: Post,
    private readonly credentials: (registry: string) => Promise<RegistryCredentials | undefined>,
    private readonly clock: Pick<Clock, "now" | "monotonic">,
  ) {}

  /** What can be shown at once; undefined where nothing is known of the host yet. */
  async offer(subject: Subject): Promise<Pass | undefined> {
    const { endpoint } = subject;
    const own = this.entrances.get(entranceKey(subject));
    if (own !== undefined) return this.pass(own, subject);
    const general = this.entrances.get(endpoint.host);
    if (general?.kind === "bearer") return this.pass({ ...general, scope: wantedScope(subject) }, subject);
    return general === undefined ? undefined : this.pass(general, subject);
  }

  /** Answers a 401. `refused` is the pass that was shown, if any; a token in it is not used again. */
  async answer(
    { headers, remote }: Pick<Answer, "headers" | "remote">,
    refused: Pass | undefined,
    subject: Subject,
  ): Promise<Pass> {
    const header = headers["www-authenticate"];
    const entrance = entranceOf(parseChallenges(header), remote, subject);
    if (entrance === undefined) throw noWayIn(subject);
    this.entrances.set(entranceKey(subject), entrance);
    this.entrances.set(subject.endpoint.host, entrance);
    this.discard(refused);
    const pass = await this.pass(entrance, subject);
    if (pass === undefined) throw privateImage(subject);
    if (entrance.kind === "basic" && pass.header.equals(refused?.header)) throw this.rejection(header, pass, subject);
    return pass;
  }

  /** Why a registry still says 401 or 403 to a fresh pass. */
  rejection(header: string | readonly string[] | undefined, pass: Pass | undefined, subject: Subject): FairleadError {
    this.discard(pass);
    const errors = parseChallenges(header).map(({ parameters }) => parameters.get("error"));
    if (pass?.credentials === undefined) {
      return errors.includes("invalid_token") ? unbelievedToken(subject) : privateImage(subject);
    }
    // A login that may read, and not write, is refused without a further question.
    if (subject.about === "push" && header === undefined) return insufficientScope(subject);
    if (pass.tokenKey === undefined) return badPassword(subject.endpoint.host, pass.credentials, subject);
    return errors.includes("invalid_token") ? unbelievedToken(subject) : insufficientScope(subject);
  }

  forget(): void {
    this.entrances.clear();
    this.tokens.clear();
  }

  private async pass(entrance: Entrance, subject: Subject): Promise<Pass | undefined> {
    const credentials = await this.credentials(subject.endpoint.account);
    if (entrance.kind === "bearer") return this.bearer(entrance, credentials, subject);
    if (credentials === undefined) return undefined;
    const { username = "<token>", password, identitytoken } = credentials;
    return { header: basic(username, password ?? identitytoken ?? noSecret), credentials, tokenKey: undefined };
  }

  private async bearer(
    { realm, scope }: Entrance & { kind: "bearer" },
    credentials: RegistryCredentials | undefined,
    subject: Subject,
  ): Promise<Pass> {
    const tokenKey = keyOf(realm, scope, credentials, subject);
    const kept = this.tokens.get(tokenKey);
    if (kept !== undefined && kept.refreshAt > this.clock.monotonic()) {
      return { header: kept.header, credentials, tokenKey };
    }
    // Who shares a question shares the answer, but each judges it for itself: a message names its own image.
    const flight = this.flights.run(tokenKey, () => askRealm(this.post, { realm, scope }, credentials, subject));
    const answer = await flight.catch((thrown: unknown) => {
      throw thrown instanceof ConnectionFault ? unreachable(thrown, subject) : thrown;
    });
    const { value, lifeMs } = readToken(answer, credentials, subject, this.clock.now());
    const header = value.map((token) => `Bearer ${token}`);
    this.tokens.set(tokenKey, { header, refreshAt: this.clock.monotonic() + lifeMs * refreshAtPart });
    return { header, credentials, tokenKey };
  }

  /** Only the very token that was refused: another request may have renewed it meanwhile. */
  private discard(pass: Pass | undefined): void {
    if (pass?.tokenKey === undefined) return;
    if (pass.header.equals(this.tokens.get(pass.tokenKey)?.header)) this.tokens.delete(pass.tokenKey);
  }
}

/** Bearer before Basic: a token is worth less than a password to whoever sees it. */
function entranceOf(
  challenges: readonly Challenge[],
  remote: string | undefined,
  subject: Subject,
): Entrance | undefined {
  const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.has("realm"));
  if (bearer !== undefined) {
    const url = realmUrl(bearer.parameters.get("realm") ?? "", subject);
    const scope = bearer.parameters.get("scope") ?? "";
    const realm = { url, remote, service: bearer.parameters.get("service") };
    return { kind: "bearer", realm, scope: scope === "" ? wantedScope(subject) : scope };
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { kind: "basic" } : undefined;
}

function realmUrl(text: string, subject: Subject): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw distrusted(subject, "it names a token server that is no URL", "Look at the registry's token settings (realm).");
}

/** A registry may want another scope for its lists than for manifests. */
function entranceKey({ endpoint, image, about }: Subject): string {
  return `${endpoint.host}/${image.repository} ${about ?? ""}`;
}

function wantedScope({ image, about }: Subject): string {
  return `repository:${image.repository}:${about === "push" ? "pull,push" : "pull"}`;
}

/** GHCR's anonymous tokens hold for every public repository, and minting them counts against a limit all clients share. */
function keyOf(
  { url, service }: Realm,
  scope: string,
  credentials: RegistryCredentials | undefined,
  { endpoint, about }: Subject,
): string {
  const isShared = credentials === undefined && endpoint.host === "ghcr.io" && about !== "push";
  return JSON.stringify([endpoint.host, url.href, service, isShared ? "*" : scope, identityOf(credentials)]);
}

/** Tells logins apart without being one. */
function identityOf(credentials: RegistryCredentials | undefined): string {
  if (credentials === undefined) return "anonymous";
  const { username, password, identitytoken } = credentials;
  return createHash("sha256")
    .update(JSON.stringify([username, password?.reveal(), identitytoken?.reveal()]))
    .digest("hex");
}
