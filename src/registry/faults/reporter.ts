import { printable } from "../../tools/printable.js";
import type { Answer } from "../client/transport.js";
import { headerOf } from "./failure.js";

/** What the adapter says about its own doings. `registry` is the name in image references, mirror or not. */
export interface RegistryTelemetry {
  /** One HTTP request, to the registry or its token server; `error`: no answer came. */
  requested(registry: string, method: string, code: number | "error"): void;
  /** How many pulls the registry still grants in its current window; Docker Hub says so. */
  pullsRemaining?(registry: string, remaining: number): void;
  /** A notice of the registry's operators (`Warning: 299`), each text once. */
  warned?(registry: string, text: string): void;
}

const mostWarnings = 200;

/** Reads from answers what is worth telling, and tells it. */
export class Reporter {
  private readonly told = new Set<string>();

  constructor(private readonly telemetry: RegistryTelemetry) {}

  answered(registry: string, method: string, answer: Answer): void {
    this.telemetry.requested(registry, method, answer.status);
    const remaining = /^\d+/.exec(headerOf(answer, "ratelimit-remaining") ?? "")?.[0];
    if (remaining !== undefined) this.telemetry.pullsRemaining?.(registry, Number(remaining));
    for (const text of warningsOf(answer)) this.warn(registry, text);
  }

  failed(registry: string, method: string): void {
    this.telemetry.requested(registry, method, "error");
  }

  private warn(registry: string, text: string): void {
    const key = `${registry} ${text}`;
    if (this.told.has(key) || this.told.size >= mostWarnings) return;
    this.told.add(key);
    this.telemetry.warned?.(registry, text);
  }
}

/** OCI distribution: code 299, agent `-`, a quoted text; anything else under this name is for caches. */
function warningsOf(answer: Answer): readonly string[] {
  const value = answer.headers.warning;
  const lines = value === undefined ? [] : typeof value === "string" ? [value] : value;
  const texts = lines.flatMap((line) => [...line.matchAll(/\b299 - "((?:[^"\\]|\\.)*)"/g)]);
  return texts.map(([, text = ""]) => printable(text.replace(/\\(.)/g, "$1"), 500));
}
