import { serviceLink } from "../html/bits.js";
import { html, lines } from "../html/html.js";
import { Parts, type View } from "../html/view.js";

export interface LogLines {
  readonly project: string;
  readonly service: string;
  /** Oldest first, each with its container's name where there are several. */
  readonly lines: readonly string[];
}

/** The last lines of a service's containers, for whoever has no script that follows them. */
export function logsView({ project, service, lines: all }: LogLines): View {
  const link = serviceLink({ project, service });
  const main = html`<nav class="crumbs" aria-label="You are here">
      <a href="/">Services</a> <span aria-hidden="true">/</span> <a href="${link}">${project}/${service}</a>
    </nav>
    <section id="logs" aria-labelledby="logs-heading" data-logs="${link}" data-open>
      <h1 id="logs-heading">Logs of ${project}/${service}</h1>
      ${all.length === 0 ? html`<p class="empty">They have said nothing.</p>` : html`<pre class="log" tabindex="0" role="group" aria-labelledby="logs-heading">${lines(all.join("\n"))}</pre>`}
      <p><a href="${link}/logs">Read again</a></p>
    </section>`;
  return { title: `Logs of ${project}/${service}`, place: "services", main, parts: new Parts().all };
}
