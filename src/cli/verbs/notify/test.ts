/*
 * What `fairlead notify` does lives here: somebody who is told is told a sample.
 */

import type { Config } from "../../../config/config.js";
import { FairleadError } from "../../../errors.js";
import type { TestWish } from "../../../notify/model/standing.js";
import { noticeKinds, type NoticeKind } from "../../../notify/model/notice.js";
import { quote } from "../../../tools/quote.js";
import { nearest } from "../../../tools/suggest.js";
import { ask, type Admin, type Shape } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

export interface NotifyTestOptions {
  readonly event?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** One try of a channel, and the answer's way. */
const patienceMs = 6 * 60_000;

/**
 * Tells one of those who are told a sample: the running controller does, else this process by the settings. Exit 1: it did
 * not get through.
 */
export async function notifyTest(
  wiring: Wiring,
  // Without the address of one, no controller need be there.
  {
    config,
    admin,
    isNamed,
  }: { readonly config: () => Promise<Config>; readonly admin: Admin; readonly isNamed: boolean },
  name: string,
  { event, dryRun = false, json = false }: NotifyTestOptions,
): Promise<0 | 1> {
  const wish: TestWish = { dryRun, ...(event === undefined ? {} : { kind: kindIn(event) }) };
  const isRunning =
    isNamed ||
    (await ask(admin, "get", "/livez", {}).then(
      () => true,
      () => false,
    ));
  const outcome = isRunning ? await byController(admin, name, wish) : await wiring.tell(await config(), name, wish);
  if (json) wiring.print(JSON.stringify({ name, ...outcome }, undefined, 2));
  else print(wiring, name, outcome);
  return outcome.answer === undefined || outcome.answer.outcome === "delivered" ? 0 : 1;
}

function byController(admin: Admin, name: string, { kind, dryRun }: TestWish): Promise<Shape<"TestOutcome">> {
  const query = { dryRun, ...(kind === undefined ? {} : { event: kind }) };
  return ask(admin, "post", "/api/v1/notifications/{name}/test", { path: { name }, query, patienceMs });
}

function print(wiring: Wiring, name: string, { kind, text, isUnwanted, answer }: Shape<"TestOutcome">): void {
  wiring.print(text);
  wiring.print("");
  if (isUnwanted === true) wiring.print(`${name}: its settings leave out ${kind}: only a test tells it that`);
  if (answer === undefined) {
    wiring.print(`${name}: nothing is sent`);
    return;
  }
  const said = answer.outcome === "delivered" ? (answer.said ?? "it is told") : answer.why;
  const words = { delivered: "delivered", later: "not delivered, and would be tried again", refused: "refused" };
  wiring.print(`${name}: ${words[answer.outcome]}: ${said}`);
}

function kindIn(written: string): NoticeKind {
  const known = noticeKinds.find((kind) => kind === written);
  if (known !== undefined) return known;
  if (/^hook:[\w.-]{1,64}$/.test(written)) return written as NoticeKind;
  const meant = nearest(written, noticeKinds);
  const hint = meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`;
  throw new FairleadError("ConfigInvalid", `--event: ${quote(written)} is no event${hint}`, {
    remedy: `write one of ${noticeKinds.join(", ")}, hook:<receiver>`,
  });
}
