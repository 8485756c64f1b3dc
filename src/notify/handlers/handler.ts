/*
 * Programs of the settings file that are run on events live here: how one is checked, run, bounded and ended.
 */

import type { Event } from "../../control/journal/event.js";
import type { Log } from "../../control/ports/log.js";
import type { HandlerOutcome, HandlerTelemetry } from "../../control/ports/telemetry.js";
import type { Environment } from "../../process/environment.js";
import { given } from "../../tools/present.js";
import { printable } from "../../tools/printable.js";
import { Mutex } from "../../tools/sharing/mutex.js";
import type { Answer, Channel } from "../model/channel.js";
import type { Notice } from "../model/notice.js";
import { choiceOf } from "../words/choice.js";
import { subjectOf } from "../words/words.js";
import { Output } from "./output.js";
import { programFault } from "./program.js";
import { graceMs, runHandler, type End } from "./run.js";
import type { HandlerSettings } from "./settings.js";
import { inputOf, variablesOf } from "./told.js";

export interface HandlerContext {
  /** What any program is given of our variables. */
  readonly environment: Environment;
  readonly log: Pick<Log, "debug" | "info" | "warn">;
  readonly telemetry: HandlerTelemetry;
  /** What has become of a run, for the events. */
  told(event: Omit<Event, "id" | "at">): void;
  /** Never goes back, in ms. */
  monotonic(): number;
}

/** A channel for each handler. */
export function handlersOf(handlers: readonly HandlerSettings[], context: HandlerContext): readonly Channel[] {
  return handlers.map((handler) => channelOf(handler, context));
}

/** Of a run's end so much belongs into a message and an event. */
const mostToldLines = 20;
const marginMs = 5_000;

function channelOf(handler: HandlerSettings, context: HandlerContext): Channel {
  const { name, timeoutMs, choice } = handler;
  const turns = new Mutex();
  context.telemetry.handlerKnown(name);
  void warn(handler, context);
  return {
    ...{ name: `handler/${name}`, wants: choiceOf(choice), newestOf: subjectText },
    deliver: (notice, signal) => turns.run(() => deliver(handler, context, notice, signal)),
    timeoutMs: timeoutMs + graceMs + marginMs,
  };
}

/** It is looked at again whenever it is to run: by then it may be there. */
async function warn({ name, command: [program = ""], place }: HandlerSettings, { log }: HandlerContext): Promise<void> {
  const fault = await programFault(program);
  if (fault !== undefined) log.warn({ handler: name }, `handler ${name}: ${program} (${place}): ${fault}`);
}

/** A newer event takes the place of one that waits only where it is the same thing that has happened to the same. */
function subjectText(notice: Notice): string {
  const { kind, project, service, problem } = notice;
  const { repository, tag } = subjectOf(notice);
  return JSON.stringify([kind, project, service, problem, repository, tag]);
}

async function deliver(
  handler: HandlerSettings,
  context: HandlerContext,
  notice: Notice,
  signal: AbortSignal,
): Promise<Answer> {
  const { name, command, timeoutMs, env } = handler;
  const log = { handler: name, notice: notice.id };
  const began = context.monotonic();
  const output = new Output((line) => {
    context.log.debug({ ...log, line }, "a handler says");
  });
  const [program = ""] = command;
  const fault = await programFault(program);
  const start = {
    ...{ command, timeoutMs, input: inputOf(notice) },
    environment: { ...context.environment, ...env, ...variablesOf(notice, name) },
  };
  const end: End = fault === undefined ? await runHandler(start, output, signal) : { kind: "unstarted", why: fault };
  const seconds = (context.monotonic() - began) / 1_000;
  const outcome = outcomeOf(end);
  const said = saidBy(end, handler);
  const run = { outcome, seconds, ...(end.kind === "exit" ? { exitCode: end.code } : {}) };
  const fields = { ...log, ...run, lines: output.last, lost: output.lost };
  if (outcome === "done") context.log.info(fields, `the handler has ended: ${said}`);
  else context.log.warn(fields, `the handler has not ended well: ${said}`);
  context.telemetry.handlerRan(name, run);
  const last = output.last.slice(-mostToldLines).join(" | ");
  context.told({
    ...given({ project: notice.project, service: notice.service }),
    type: "handler",
    reason: outcome === "done" ? "HandlerDone" : "HandlerFailed",
    message: printable(`handler ${name} on ${notice.kind}: ${said}${last === "" ? "" : `; it said: ${last}`}`, 2_000),
  });
  if (outcome === "done") return { outcome: "delivered", said };
  if (outcome === "stopped") return { outcome: "later", why: said };
  const words = output.last.at(-1);
  return { outcome: "refused", why: words === undefined ? said : `${said}; it said last: ${printable(words, 200)}` };
}

function outcomeOf(end: End): HandlerOutcome {
  if (end.kind === "exit") return end.code === 0 ? "done" : "failed";
  return end.kind === "signal" ? "failed" : end.kind;
}

function saidBy(end: End, { command: [program = ""], place, timeoutMs }: HandlerSettings): string {
  switch (end.kind) {
    case "exit":
      return `${program} ended with exit code ${end.code}`;
    case "signal":
      return `${program} was ended by ${end.signal}`;
    case "timeout":
      return `${program} did not end within ${timeoutMs / 1_000} s, and was ended`;
    case "stopped":
      return `${program} was ended before its time, and is run again`;
    case "unstarted":
      return `${program} (${place}): ${end.why}`;
  }
}
