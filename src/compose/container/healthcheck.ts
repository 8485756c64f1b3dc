import { items, read, readAll, report, wrongKind, type Node } from "../document/node.js";
import { boolean, duration, filledText, integer, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { healthcheckKeys } from "../keys/keys.js";
import type { Healthcheck } from "../model/service.js";

const disabled = { disabled: true } as const;

/** `healthcheck`: what it leaves out is the image's, else the engine's. */
export function healthcheck(node: Node): Healthcheck {
  const field = fields(node, healthcheckKeys);
  const isDisabled = read(field("disable"), boolean) ?? false;
  const test = read(field("test"), healthTest);
  const startIntervalMs = read(field("start_interval"), period);
  const check = {
    disabled: false,
    test,
    intervalMs: read(field("interval"), period),
    timeoutMs: read(field("timeout"), period),
    retries: read(field("retries"), (at) => inherited(integer(at, 0, Infinity))),
    startPeriodMs: read(field("start_period"), duration),
    ...(startIntervalMs === undefined ? {} : { startIntervalMs }),
  } as const;
  return isDisabled || test?.[0] === "NONE" ? disabled : check;
}

/** In Docker's form. Text runs in the container's shell. */
function healthTest(node: Node): readonly string[] | null {
  if (typeof node.value === "string") {
    const command = filledText(node);
    return command === null ? null : ["CMD-SHELL", command];
  }
  if (!Array.isArray(node.value)) return wrongKind(node, "a string or a list of strings");
  const words = readAll(items(node), text);
  if (words.length < node.value.length) return null;
  if (words[0] === "NONE") return words.length === 1 ? words : report(node, "nothing can follow NONE");
  if (words[0] === "CMD") return words.length > 1 ? words : report(node, "the command after CMD is missing");
  if (words[0] === "CMD-SHELL") {
    if (words.length === 2) return words;
    if (words.length === 1) return report(node, "the command after CMD-SHELL is missing");
    const hint = "join them into one string, or write CMD for a command without a shell";
    return report(node, "the shell runs only the first string after CMD-SHELL", hint);
  }
  return report(node, "the list must begin with CMD, CMD-SHELL or NONE", 'write for example ["CMD", "/check"]');
}

function period(node: Node): number | null {
  return inherited(duration(node));
}

/** The engine takes 0 for the image's own, or else its default, as it takes what is left out. */
function inherited(value: number | null): number | null {
  return value === 0 ? null : value;
}
