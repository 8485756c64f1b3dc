import { createHash } from "node:crypto";
import { formatProblem, type Problem } from "../../compose/values/problem.js";
import type { Event } from "../../control/journal/event.js";
import { journalNotice, type JournalState } from "../../control/journal/standing.js";
import { engineNotices, type EngineState } from "../../control/surface/engine-state.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { printable } from "../../tools/printable.js";

const style = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8886;vertical-align:top}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}.bad{color:#c33}.good{color:#2a7d4f}`;

/** The one style that the page's Content-Security-Policy lets in. */
export const pageStyleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;

export interface PageContent {
  readonly services: readonly ServiceStatus[];
  readonly problems: readonly Problem[];
  /** The last ones, newest first. */
  readonly deliveries: readonly Event[];
  readonly journal: JournalState;
  readonly engine: EngineState;
  readonly version: string;
}

/** The services and their states as one HTML document, without a script; it reloads itself every ten seconds. */
export function renderPage({ services, problems, deliveries, journal, engine, version }: PageContent): string {
  const notices = [...problems.map(formatProblem), ...asList(journalNotice(journal)), ...engineNotices(engine)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>Fairlead</title>
<style>${style}</style>
</head>
<body>
<h1>Fairlead <small>${escape(version)}</small></h1>
${notices.map((notice) => `<p class="bad">${escape(notice)}</p>`).join("\n")}
<table>
<thead><tr><th>Service<th>Image<th>Sync<th>Health<th>Running<th>Why</tr></thead>
<tbody>
${services.map(row).join("\n")}
</tbody>
</table>
<h2>Last deliveries</h2>
${deliveries.length === 0 ? "<p>None since the start.</p>" : `<ul>\n${deliveries.map(item).join("\n")}\n</ul>`}
</body>
</html>
`;
}

function row(status: ServiceStatus): string {
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const why = ready === undefined ? "" : `${ready.reason}: ${ready.message}`;
  const tone = { Healthy: "good", Progressing: "", Degraded: "bad", Missing: "bad", Unknown: "" }[status.health];
  return [
    `<tr><td>${escape(`${status.project}/${status.service}`)}`,
    `<td><code>${escape(status.image)}</code>`,
    `<td>${escape(status.sync)}`,
    `<td class="${tone}">${escape(status.health)}`,
    `<td><code>${escape(status.activeDigest?.slice(0, "sha256:".length + 12) ?? "–")}</code>`,
    `<td>${escape(why)}</tr>`,
  ].join("");
}

function item({ at, message }: Event): string {
  return `<li><code>${escape(at)}</code> ${escape(message)}</li>`;
}

function asList(notice: string | undefined): readonly string[] {
  return notice === undefined ? [] : [notice];
}

/** Text and quoted attribute values: one line, whoever wrote it. */
function escape(text: string): string {
  return printable(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
