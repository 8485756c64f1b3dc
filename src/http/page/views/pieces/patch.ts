import { html, lines, newline, type Html } from "../../html/html.js";
import { shortened } from "./reason.js";

const longest = 400;

/** A unified diff. Undefined: nothing differs. */
export function patchBox(patch: string | undefined): Html | undefined {
  if (patch === undefined || patch === "") return undefined;
  const all = shortened(patch).trimEnd().split("\n");
  const rest = all.length > longest ? `\n… ${all.length - longest} more lines: \`fairlead diff\` shows them` : "";
  const told = all.slice(0, longest).map((line) => html`${lineOf(line)}${newline}`);
  return html`<pre class="patch" tabindex="0" role="group" aria-label="What differs">${told}${rest}</pre>`;
}

function lineOf(line: string): Html {
  if (line.startsWith("+++") || line.startsWith("---")) return html`<b>${lines(line)}</b>`;
  if (line.startsWith("+")) return html`<ins>${lines(line)}</ins>`;
  if (line.startsWith("-")) return html`<del>${lines(line)}</del>`;
  return line.startsWith("@@") ? html`<i>${lines(line)}</i>` : lines(line);
}
