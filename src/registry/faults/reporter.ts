import { printable } from "../../tools/printable.js";
import type { Answer } from "../client/transport.js";
import { headerOf } from "./failure.js";

/** What the adapter says about its own doings. `registry` is who was asked: its name in image references, or a mirror's host. */
export interface RegistryTelemetry {
  /** One HTTP request, to the registry or its token server; `error`: no answer came. */
  requested(registry: string, method: string, code: number | "error"): void;
  /** How many pulls the registry still grants in its current window; Docker Hub says so. */
  pullsRemaining?(registry: string, remaining: number): void;
  /**
   * It is left alone, since it does not answer, or it is asked as usual. `news`: what has changed, to stand behind its name;
   * undefined: it is asked for the first time.
   */
  circuit?(registry: string, isOpen: boolean, news: string | undefined): void;
  /**
   * What is only looked at in its turn is asked once in `gapMs`; 0: at once. `reason`, once for each of the registry's windows:
   * why it is spread.
   */
  paced?(registry: string, gapMs: number, reason: string | undefined): void;
  /** A mirror has not had what was asked for, and the next one is asked. */
  passedOver?(registry: string, mirror: string, reason: string): void;
  /** A notice of the registry's operators (`Warning: 299`), each text once. */
  warned?(registry: string, text: string): void;
}

/** Hears the answers of a registry, for what they say of its limits. */
export interface Listener {
  answered(registry: string, method: string, budget: Budget): void;
}

/** How many requests a registry still grants, and of how long a time it counts them, where it says so. */
export interface Budget {
  readonly remaining: number;
  readonly windowMs: number | undefined;
}

const mostWarnings = 200;

/** Reads from answers what is worth telling, and tells it. */
export class Reporter {
  private readonly told = new Set<string>();

  constructor(
    private readonly telemetry: RegistryTelemetry,
    private readonly listener?: Listener,
  ) {}

  answered(registry: string, method: string, answer: Answer): void {
    this.telemetry.requested(registry, method, answer.status);
    const budget = budgetOf(answer);
    if (budget !== undefined) {
      this.telemetry.pullsRemaining?.(registry, budget.remaining);
      this.listener?.answered(registry, method, budget);
    }
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

/** `ratelimit-remaining: 76;w=21600`. */
function budgetOf(answer: Answer): Budget | undefined {
  const said = /^(\d{1,9})(?!\d)/.exec(headerOf(answer, "ratelimit-remaining") ?? "");
  if (said === null) return undefined;
  const windows = ["ratelimit-remaining", "ratelimit-limit"].map((name) => headerOf(answer, name) ?? "");
  const seconds = /;\s*w=(\d{1,9})/.exec(windows.join(" "))?.[1];
  return { remaining: Number(said[1]), windowMs: seconds === undefined ? undefined : Number(seconds) * 1000 };
}

/** OCI distribution: code 299, agent `-`, a quoted text; anything else under this name is for caches. */
function warningsOf(answer: Answer): readonly string[] {
  const value = answer.headers.warning;
  const lines = value === undefined ? [] : typeof value === "string" ? [value] : value;
  const texts = lines.flatMap((line) => [...line.matchAll(/\b299 - "((?:[^"\\]|\\.)*)"/g)]);
  return texts.map(([, text = ""]) => printable(text.replace(/\\(.)/g, "$1"), 500));
}
