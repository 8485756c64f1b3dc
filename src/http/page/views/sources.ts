import type { Problem } from "../../../compose/values/problem.js";
import type { RepositoryState } from "../../../control/ports/source.js";
import { badge, time } from "../html/bits.js";
import { html, type Html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import type { Known } from "./pieces/known.js";
import { noticesPart } from "./pieces/notices.js";

/** Where the services come from, and what is wrong there. */
export function sourcesView(known: Known, repositories: readonly RepositoryState[]): View {
  const parts = new Parts();
  const { problems, services } = known;
  const projects = [...new Set(services.map(({ project }) => project))];
  const main = html`${noticesPart(parts, known)}
    <h1>Sources</h1>
    ${parts.section("problems", "Problems", problems.length === 0 ? undefined : problemList(problems))}
    ${parts.add("fine", html`<p id="fine" class="empty" ${problems.length > 0 && html` hidden`}>The services files have no problem.</p>`)}
    ${parts.section(
      "repositories",
      "Repositories",
      repositories.length === 0
        ? undefined
        : html`<ul class="cards">
            ${repositories.map(repositoryCard)}
          </ul>`,
    )}
    ${parts.section(
      "projects",
      "Projects",
      projects.length === 0
        ? undefined
        : html`<ul class="plain">
            ${projects.map((project) => projectItem(project, known))}
          </ul>`,
    )}`;
  return { title: "Sources", place: "sources", main, parts: parts.all };
}

function problemList(problems: readonly Problem[]): Html {
  return html`<p class="hint">The last good version of each file stays in force.</p>
    <ul class="cards">
      ${problems.map(problemCard)}
    </ul>`;
}

function problemCard({ file, commit, line, column, path, message, hint }: Problem): Html {
  const place = [commit?.slice(0, 7), file, line, column].filter((part) => part !== undefined).join(":");
  return html`<li class="bad">
    <p><code>${place}</code>${path !== "" && html` <code>${path}</code>`}</p>
    <p>${message}</p>
    ${hint !== undefined && html`<p class="hint">${hint}</p>`}
  </li>`;
}

function repositoryCard({
  source,
  ref,
  newest,
  inForce,
  lastSuccessAt,
  condition,
  projects,
  writeBack,
}: RepositoryState): Html {
  const isWell = condition.status === "True";
  return html`<li class="${isWell ? "" : "bad"}">
    <div class="line"><b>${source}</b> <code>${ref}</code> ${badge(condition.reason, isWell ? "good" : "bad")}</div>
    <p>${condition.message}</p>
    <dl class="facts">
      <div>
        <dt>In force</dt>
        <dd>${commitOf(inForce)}</dd>
      </div>
      ${
        newest?.id !== inForce?.id &&
        html`<div>
          <dt>Newest</dt>
          <dd>${commitOf(newest)}</dd>
        </div>`
      }
      <div>
        <dt>Last read</dt>
        <dd>${time(lastSuccessAt)}</dd>
      </div>
      ${
        writeBack !== undefined &&
        html`<div>
          <dt>Written back</dt>
          <dd>${writeBack.condition.message}</dd>
        </div>`
      }
    </dl>
    <ul class="plain">
      ${projects.map(({ project, file, revision }) => html`<li><b>${project}</b> <code>${file}</code> at <code>${revision.slice(0, 7)}</code></li>`)}
    </ul>
  </li>`;
}

function commitOf(commit: RepositoryState["newest"]): Html {
  if (commit === undefined) return html`–`;
  return html`<code title="${commit.id}">${commit.id.slice(0, 7)}</code> ${commit.subject}
    <span class="hint">${commit.author}, ${time(commit.at)}</span>`;
}

function projectItem(project: string, { services }: Known): Html {
  const own = services.filter((one) => one.project === project);
  return html`<li>
    <a href="/?q=${encodeURIComponent(`${project}/`)}">${project}</a>
    <span class="hint">${own.length} service${own.length === 1 ? "" : "s"}</span>
  </li>`;
}
