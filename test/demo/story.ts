import { setTimeout as sleep } from "node:timers/promises";
import { shorten } from "../../src/plan/steps/render.js";
import { summarise, type Answers, type Attempt } from "./answers.js";
import { check } from "./failure.js";
import { hookFor, postHook } from "./hook.js";
import { readServices, sumOf, untilServices } from "./observe.js";
import { pageOf, push, type Scene } from "./scene.js";
import { readPage, type Visitor } from "./visitor.js";

export interface Visitors {
  /** Asks on the published port. */
  readonly portfolio: Visitor;
  /** Asks by the service's name, on the network of the containers. */
  readonly intranet: Visitor;
}

/** What the visitors saw of one rollout. */
export interface Seen {
  readonly portfolio: Answers;
  readonly intranet: Answers;
}

/** From the first look until both services serve the first version. */
export async function firstStart(scene: Scene, digest: string): Promise<void> {
  const { screen, fairlead, narrator, pageUrl } = scene;
  const began = Date.now();
  await untilServices(fairlead.adminUrl, "the first start", (service) => isServing(service, digest));
  narrator.catchUp();
  screen.say("");
  screen.good(`both services serve after ${secondsSince(began)}`);
  await expectPage(pageUrl, "v1");
  screen.good(`${pageUrl} answers "${pageOf("v1")}"`);
}

/** A good version is pushed and announced: both services roll. */
export async function goodVersion(scene: Scene, visitors: Visitors, version: string): Promise<Seen> {
  const { screen, fairlead, narrator, pageUrl } = scene;
  const began = Date.now();
  const digest = await announce(scene, version, "good");
  await untilServices(fairlead.adminUrl, `the rollout of ${version}`, (service) => isServing(service, digest));
  await expectPage(pageUrl, version);
  const attempts = await lookBack(visitors, began);
  narrator.catchUp();
  screen.say("");
  screen.good(
    `${pageUrl} answers "${pageOf(version)}"; the first visitor saw it ${firstSight(attempts, version, began)}`,
  );
  return report(scene, attempts);
}

/** A bad version is pushed and announced: both services are rolled back, and its digest is held. */
export async function badVersion(scene: Scene, visitors: Visitors, version: string, good: string): Promise<Seen> {
  const { screen, fairlead, narrator, pageUrl } = scene;
  const began = Date.now();
  const seenLogs = fairlead.logs.length;
  const digest = await announce(scene, version, { diesAfterMs: 1_600 });
  const services = await untilServices(
    fairlead.adminUrl,
    `the roll-back of ${version}`,
    ({ sync, health, lastRollout }) =>
      sync === "Held" && health === "Healthy" && lastRollout?.to === digest && lastRollout.outcome === "rolled-back",
  );
  await expectPage(pageUrl, good);
  const attempts = await lookBack(visitors, began);
  narrator.catchUp();
  const kept = fairlead.logs.slice(seenLogs).filter(({ logs }) => Array.isArray(logs) && logs.length > 0);
  check(kept.length === services.length, "the failing containers' last log lines are not in Fairlead's log");
  screen.say("");
  screen.good(`rolled back: ${pageUrl} answers "${pageOf(good)}" again`);
  screen.good(`${shorten(digest)} [${version}] is held, and the failing containers' last lines are kept`);
  return report(scene, attempts);
}

/** The bad version is announced once more: Fairlead looks, and leaves the services alone. */
export async function heldVersion(scene: Scene): Promise<void> {
  const { screen, fairlead, narrator } = scene;
  const { adminUrl } = fairlead;
  const lines = fairlead.logs.length;
  const looks = () => sumOf(adminUrl, "fairlead_reconcile_total");
  const asked = () => sumOf(adminUrl, "fairlead_registry_requests_total", 'method="HEAD"');
  const before = { looks: await looks(), asked: await asked() };
  await post(scene);
  const { length } = await readServices(adminUrl);
  for (const deadline = Date.now() + 5_000; Date.now() < deadline && (await looks()) < before.looks + length;)
    await sleep(50);
  const after = { looks: (await looks()) - before.looks, asked: (await asked()) - before.asked };
  check(after.looks >= length, "the repeated webhook did not make Fairlead look again");
  check(after.asked >= 1, "Fairlead did not ask the registry again");
  narrator.catchUp();
  const steps = fairlead.logs.slice(lines).filter(({ step }) => step !== undefined);
  check(steps.length === 0, `a held digest was tried again: ${JSON.stringify(steps[0])}`);
  screen.good(
    `Fairlead looked again (${after.looks} looks, ${after.asked} question to the registry) and did nothing: 0 steps`,
  );
  screen.say("  It stays so until the tag moves, the file changes, or somebody says `fairlead retry`.");
}

/** Moves the tag, posts the webhook, and answers the new digest. */
export async function announce(scene: Scene, version: string, behaviour: Parameters<typeof push>[2]): Promise<string> {
  const { digest } = await push(scene.stage, version, behaviour);
  scene.narrator.name(digest, version);
  scene.screen.fact("pushed", `${scene.stage.image}:latest is now ${shorten(digest)} [${version}]`);
  await post(scene);
  return digest;
}

async function post({ stage, screen, fairlead, secret }: Scene): Promise<void> {
  const hook = hookFor(stage);
  const { status, text } = await postHook(fairlead.hooksUrl, secret, hook);
  screen.fact("webhook", `POST ${hook.path}/<secret>  →  ${status} ${text}`);
  screen.say("");
  check(status === 202, `the webhook was answered ${status} instead of 202: ${text}`);
}

function isServing(
  { sync, health, activeDigest }: Awaited<ReturnType<typeof readServices>>[number],
  digest: string,
): boolean {
  return sync === "Synced" && health === "Healthy" && activeDigest === digest;
}

async function expectPage(url: string, version: string): Promise<void> {
  const text = await readPage(url);
  check(text === pageOf(version), `${url} answers ${JSON.stringify(text)} instead of "${pageOf(version)}"`);
}

interface LookBack {
  readonly portfolio: readonly Attempt[];
  readonly intranet: readonly Attempt[];
}

/** Half a second more, so that the end of the rollout is in it. */
async function lookBack({ portfolio, intranet }: Visitors, since: number): Promise<LookBack> {
  await sleep(500);
  return { portfolio: await portfolio.since(since), intranet: await intranet.since(since) };
}

function report({ screen, stage }: Scene, attempts: LookBack): Seen {
  const seen = { portfolio: summarise(attempts.portfolio), intranet: summarise(attempts.intranet) };
  screen.say("");
  screen.say("Visitors asked for the page all the while:");
  screen.fact("portfolio", describe(seen.portfolio));
  screen.fact("", "on the published port, which the old one must leave before the new one can take it");
  screen.fact("intranet", describe(seen.intranet));
  screen.fact("", `on the network ${stage.project}_default, where the old one serves until the new one is proven`);
  for (const [name, { answered }] of Object.entries(seen)) check(answered > 0, `nobody could reach ${name}`);
  return seen;
}

export function describe({ answered, failed, longestGapMs }: Answers): string {
  return `${answered} answers, ${failed} failed, longest gap ${(longestGapMs / 1000).toFixed(2)}s`;
}

function firstSight({ portfolio, intranet }: LookBack, version: string, since: number): string {
  const sights = [...portfolio, ...intranet].filter(({ text }) => text === pageOf(version)).map(({ at }) => at - since);
  check(sights.length > 0, `no visitor saw ${version}`);
  return `${(Math.min(...sights) / 1000).toFixed(1)}s after the push began`;
}

export function secondsSince(began: number): string {
  return `${((Date.now() - began) / 1000).toFixed(1)}s`;
}
