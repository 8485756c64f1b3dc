import type { ServiceStatus } from "../../../plan/model/condition.js";
import { digest, familiar, healthBadge, serviceLink, syncBadge, time } from "../html/bits.js";
import { html, type Html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import type { Known } from "./pieces/known.js";
import { deliveriesPart } from "./pieces/events.js";
import { noticesPart } from "./pieces/notices.js";
import { reasonOf } from "./pieces/reason.js";
import { conditionOf, standingOf, standings, standingWords } from "./pieces/standing.js";

/** How the table is to be shown. */
export interface TableWish {
  /** Every word of it has to be in a row. */
  readonly filter: string;
  readonly standing: string;
  readonly sort: string;
}

export const columns = [
  ["name", "Service"],
  ["state", "State"],
  ["why", "Why"],
  ["image", "Image"],
  ["replicas", "Replicas"],
  ["age", "Age"],
] as const;
type Column = (typeof columns)[number][0];

/** All services, as one table. */
export function servicesView(known: Known, wish: TableWish): View {
  const parts = new Parts();
  const services = known.services;
  const sort = columns.find(([name]) => name === wish.sort.replace(/^-/, ""))?.[0] ?? "name";
  const isDown = wish.sort.startsWith("-");
  const all = sorted(services, sort, isDown);
  const shown = new Set(all.filter((status) => isWanted(status, wish)));
  const main = html`${noticesPart(parts, known)}
    <div class="head">
      <h1>Services</h1>
      ${parts.add("summary", summaryOf(services, wish.standing))}
    </div>
    <form class="filter" method="get" action="/" role="search">
      <input
        type="search"
        name="q"
        id="q"
        value="${wish.filter}"
        placeholder="Filter by name, image or reason"
        aria-label="Filter services"
        autocomplete="off"
        spellcheck="false"
      />
      <input type="hidden" name="state" id="state" value="${wish.standing}" />
      <input type="hidden" name="sort" id="sort" value="${wish.sort}" />
      <button>Filter</button>
      <span id="shown" role="status">${countOf(shown.size, services.length)}</span>
    </form>
    ${services.length === 0 ? empty(known) : tableOf(parts, all, { sort, isDown, wish, shown })}
    ${deliveriesPart(parts, known)}`;
  return { title: "Services", place: "services", main, parts: parts.all };
}

function summaryOf(services: readonly ServiceStatus[], chosen: string): Html {
  const counts = new Map<string, number>();
  for (const status of services) {
    const standing = standingOf(status);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  return html`<ul id="summary" class="chips" aria-label="By state">
    ${standings.map(
      (standing) =>
        html`<li>
          <a
            class="chip ${standing}"
            href="/?state=${chosen === standing ? "" : standing}"
            data-state="${standing}"
            ${chosen === standing && html` aria-current="true"`}
            ><b>${counts.get(standing) ?? 0}</b> ${standingWords[standing]}</a
          >
        </li>`,
    )}
  </ul>`;
}

function countOf(shown: number, all: number): string {
  return shown === all ? `${all} service${all === 1 ? "" : "s"}` : `${shown} of ${all} services`;
}

function empty({ problems }: Known): Html {
  return problems.length > 0
    ? html`<p class="empty">No service is in force: the services files have <a href="/sources">problems</a>.</p>`
    : html`<p class="empty">No services file declares a service yet.</p>`;
}

interface TableState {
  readonly sort: Column;
  readonly isDown: boolean;
  readonly wish: TableWish;
  /** The others are hidden: a script can show them without asking. */
  readonly shown: ReadonlySet<ServiceStatus>;
}

function tableOf(parts: Parts, services: readonly ServiceStatus[], { sort, isDown, wish, shown }: TableState): Html {
  const isGrouped = sort === "name" && new Set(services.map(({ project }) => project)).size > 1;
  const query = (column: Column) =>
    new URLSearchParams({
      ...(wish.filter === "" ? {} : { q: wish.filter }),
      ...(wish.standing === "" ? {} : { state: wish.standing }),
      sort: column === sort && !isDown ? `-${column}` : column,
    }).toString();
  return html`<table class="services" role="table" id="services">
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(([name, word]) => {
          const order = name === sort ? (isDown ? "descending" : "ascending") : "none";
          return html`<th role="columnheader" scope="col" class="${name}" aria-sort="${order}">
            <a href="/?${query(name)}" data-sort="${name}">${word}</a>
          </th>`;
        })}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${services.map((status, index) => {
        const { project } = status;
        const isFirst = isGrouped && services[index - 1]?.project !== project;
        const isHidden = !shown.has(status);
        const row = parts.add(rowId(status), html`<tr${isHidden && html` hidden`}${rowOf(status)}`);
        if (!isFirst) return row;
        const isEmpty = !services.some((other) => other.project === project && shown.has(other));
        return html`${groupRow(project, isEmpty)}${row}`;
      })}
    </tbody>
  </table>`;
}

function groupRow(project: string, isEmpty: boolean): Html {
  return html`<tr role="row" class="project" ${isEmpty && html` hidden`}>
    <th role="rowheader" scope="rowgroup" colspan="6">${project}</th>
  </tr> `;
}

const rows = new WeakMap<ServiceStatus, Html>();

/** From its first attribute on. What has not changed is not written again: five hundred of them are looked through every second. */
function rowOf(status: ServiceStatus): Html {
  const known = rows.get(status);
  if (known !== undefined) return known;
  const written = writeRow(status);
  rows.set(status, written);
  return written;
}

function writeRow(status: ServiceStatus): Html {
  const { project, service, replicas } = status;
  const { name, tag } = imageOf(status.image);
  return html` role="row" id="${rowId(status)}" data-state="${standingOf(status)}" data-project="${project}"><th role="rowheader" scope="row" class="name"><a href="${serviceLink(status)}"><span class="of">${project}/</span>${service}</a></th><td role="cell" class="state">${syncBadge(status)} ${healthBadge(status)}</td><td role="cell" class="why">${reasonOf(status)}</td><td role="cell" class="image"><span>${name}<b>${tag}</b></span> ${digest(status.activeDigest)}</td><td role="cell" class="replicas">${replicas.ready}/${replicas.desired}</td><td role="cell" class="age">${time(status.createdAt)}</td></tr>
`;
}

function imageOf(image: string): { readonly name: string; readonly tag: string } {
  const [, name = image, tag = ""] = /^(.*?)((?::[^:/@]+)?(?:@.*)?)$/.exec(familiar(image)) ?? [];
  return { name, tag: tag.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*/, "@$1") };
}

function rowId({ project, service }: ServiceStatus): string {
  return `s:${project}/${service}`;
}

function isWanted(status: ServiceStatus, { filter, standing }: TableWish): boolean {
  if (standing !== "" && standingOf(status) !== standing) return false;
  const words = filter.toLowerCase().split(/\s+/);
  const text = `${status.project}/${status.service} ${status.image} ${status.sync} ${status.health} ${conditionOf(status, "Ready")?.reason ?? ""} ${conditionOf(status, "Ready")?.message ?? ""}`;
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

function sorted(services: readonly ServiceStatus[], column: Column, isDown: boolean): readonly ServiceStatus[] {
  const keyed = services.map((status, index) => ({ status, index, key: keyOf(status, column) }));
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : one.index - other.index));
  const all = keyed.map(({ status }) => status);
  return isDown ? all.reverse() : all;
}

function keyOf(status: ServiceStatus, column: Column): string | number {
  switch (column) {
    case "name":
      return "";
    case "state":
      return standings.indexOf(standingOf(status));
    case "why":
      return conditionOf(status, "Ready")?.reason ?? "";
    case "image":
      return familiar(status.image);
    case "replicas":
      return status.replicas.ready / Math.max(1, status.replicas.desired);
    case "age":
      return -Date.parse(status.createdAt ?? "1970-01-01");
  }
}
