import pc from "picocolors";
import type { Progress } from "../../../control/surface/surface.js";
import { printable } from "../../../tools/printable.js";
import { sizeText } from "../../shared/size.js";
import { healthText, probeText, pullText, secondsBetween, titleOf } from "./figures.js";
import type { Rollout, Step } from "./figures.js";
import { keyOf } from "./operator.js";

const barWidth = 20;
/** Layers that are shown at once: those that move come first. */
const mostLayers = 8;
const signs = { done: "[x]", failed: "[!]", running: "[>]", waiting: "[ ]" } as const;

/** What there is to see of services that are worked on, in no more than `rows` lines. Plain characters and colours only. */
export function picture(all: readonly Progress[], now: number, rows: number): readonly string[] {
  const shown = all.flatMap(({ project, service, rollout }) =>
    rollout === null || rollout.endedAt !== undefined ? [] : [{ name: keyOf({ project, service }), rollout }],
  );
  const full = shown.flatMap(({ name, rollout }) => block(name, rollout, now, () => true));
  if (full.length <= rows) return full;
  const brief = shown.flatMap(({ name, rollout }) =>
    block(name, rollout, now, ({ state }) => state === "running" || state === "failed"),
  );
  if (brief.length <= rows) return brief;
  const kept = brief.slice(0, Math.max(0, rows - 1));
  return [...kept, `... and ${brief.length - kept.length} lines more`];
}

function block(name: string, rollout: Rollout, now: number, isShown: (step: Step) => boolean): readonly string[] {
  const head = `${name}  ${titleOf(rollout)}  ${secondsBetween(rollout.beganAt, now)}`;
  const steps = rollout.steps.filter(isShown).flatMap((step) => stepLines(step, rollout, now));
  return [pc.bold(printable(head)), ...steps];
}

function stepLines(step: Step, rollout: Rollout, now: number): readonly string[] {
  const { state, text, beganAt, endedAt, message } = step;
  const took = beganAt === undefined ? "" : secondsBetween(beganAt, endedAt ?? now);
  const line = printable(
    `  ${signs[state]} ${took.padStart(7)}  ${text}${message === undefined ? "" : `: ${message}`}`,
  );
  const coloured = { done: pc.green, failed: pc.red, running: pc.cyan, waiting: pc.dim }[state](line);
  if (state !== "running") return [coloured];
  if (step.kind === "pull-image") return [coloured, ...pullLines(rollout)];
  if (step.kind === "wait") return [coloured, ...healthLines(rollout, now)];
  return [coloured];
}

const order = ["downloading", "extracting", "downloaded", "waiting", "done", "there"] as const;

function pullLines({ pull }: Rollout): readonly string[] {
  if (pull === null) return [];
  const layers = [...pull.layers].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const shown = layers.filter(({ state }) => state !== "there" && state !== "done").slice(0, mostLayers);
  const lines = shown.map(({ id, state, bytes, total }) => {
    const amounts = total === undefined ? "" : `${sizeText(bytes)} of ${sizeText(total)}`;
    return `      ${id}  ${bar(bytes, total)}  ${amounts.padStart(20)}  ${state}`;
  });
  return [...lines, `      ${"all".padEnd(12)}  ${bar(pull.bytes, pull.total)}  ${pullText(pull)}`];
}

function bar(bytes: number, total: number | undefined): string {
  const share = total === undefined || total === 0 ? 0 : Math.min(1, bytes / total);
  return `[${"#".repeat(Math.round(share * barWidth)).padEnd(barWidth)}]`;
}

function healthLines({ health }: Rollout, now: number): readonly string[] {
  if (health === null) return [];
  const lines = [healthText(health, now), probeText(health)];
  return lines.flatMap((line) => (line === undefined ? [] : [printable(`               ${line}`)]));
}
