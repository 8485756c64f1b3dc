import type { ServiceStatus } from "../../../plan/model/condition.js";
import { html, type Html } from "./html.js";

export type Tone = "good" | "busy" | "bad" | "note" | "off";

const syncTones: Readonly<Record<ServiceStatus["sync"], Tone>> = {
  ...{ Synced: "good", OutOfSync: "busy", Held: "bad", Pinned: "note", Paused: "note", Stopped: "off", Unknown: "off" },
};
const healthTones: Readonly<Record<ServiceStatus["health"], Tone>> = {
  ...{ Healthy: "good", Progressing: "busy", Degraded: "bad", Missing: "bad", Unknown: "off" },
};

/** A word that tells by its colour and its sign too how good that is. */
export function badge(word: string, tone: Tone, what?: string): Html {
  return html`<span class="badge ${tone}"
    >${what === undefined ? "" : html`<span class="unseen">${what}: </span>`}${word}</span
  >`;
}

export function syncBadge({ sync }: Pick<ServiceStatus, "sync">): Html {
  return badge(sync, syncTones[sync], "sync");
}

export function healthBadge({ health, sync }: Pick<ServiceStatus, "health" | "sync">): Html {
  return badge(health, sync === "Stopped" && health === "Missing" ? "off" : healthTones[health], "health");
}

export const outcomeTones = {
  ...{ promoted: "good", "rolled-back": "bad", superseded: "off", failed: "bad" },
} as const satisfies Readonly<Record<string, Tone>>;

/** Without a script in UTC; a script makes of it how long ago that was. */
export function time(iso: string | undefined): Html {
  if (iso === undefined) return html`<span class="none">–</span>`;
  return html`<time datetime="${iso}">${iso.replace("T", " ").replace(/(?::\d\d)(?:\.\d+)?Z$/, " UTC")}</time>`;
}

/** A script counts down to it. */
export function countdown(iso: string): Html {
  return html`<time datetime="${iso}" data-until>${iso.replace("T", " ").replace(/\.\d+Z$/, " UTC")}</time>`;
}

/** `1m 12s`. */
export function spanOf(from: string, to: string): string {
  return duration(Date.parse(to) - Date.parse(from));
}

export function duration(ms: number): string {
  if (!(ms >= 0)) return "";
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3_600)}h ${Math.floor((seconds % 3_600) / 60)}m`;
}

const shown = 12;

export function digest(text: string | undefined): Html {
  if (text === undefined) return html`<span class="none">–</span>`;
  return html`<code title="${text}">${text.replace(/^sha256:/, "").slice(0, shown)}</code>`;
}

export function serviceLink({ project, service }: { readonly project: string; readonly service: string }): string {
  return `/services/${encodeURIComponent(project)}/${encodeURIComponent(service)}`;
}

/** `docker.io/library/nginx:1.27` as people write it. */
export function familiar(image: string): string {
  return image.replace(/^docker\.io\/(?:library\/)?/, "");
}
