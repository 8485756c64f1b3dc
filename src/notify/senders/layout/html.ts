import type { Fact, Sheet } from "./sheet.js";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

export function htmlLink(text: string, address: string): string {
  return `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`;
}

export function htmlFact({ name, value, link }: Fact): string {
  return `<b>${name}:</b> ${link === undefined ? escapeHtml(value) : htmlLink(value, link)}`;
}

/** What mail programs and Matrix clients show. `head`: the title is not shown anywhere else. */
export function htmlOf(sheet: Sheet, head: boolean): string {
  const { title, text, reason, facts, between, logs, command, link } = sheet;
  const lines = (texts: readonly string[]) => texts.join("<br>");
  if (text !== undefined) return `<p>${lines((text || title).split("\n").map(escapeHtml))}</p>`;
  return [
    head ? `<p><strong>${escapeHtml(title)}</strong></p>` : "",
    reason === undefined ? "" : `<p>${escapeHtml(reason)}</p>`,
    facts.length === 0 ? "" : `<p>${lines(facts.map(htmlFact))}</p>`,
    between.length === 0 ? "" : `<p>Commits between:<br>${lines(between.map(escapeHtml))}</p>`,
    command === undefined ? "" : `<p>Run: <code>${escapeHtml(command)}</code></p>`,
    logs.length === 0 ? "" : `<p>Last log lines:</p><pre><code>${logs.map(escapeHtml).join("\n")}</code></pre>`,
    link === undefined ? "" : `<p>${htmlLink("Open in Fairlead", link)}</p>`,
  ].join("");
}
