// @ts-check
/*
 * What a page does beyond what the server has written: it follows what changes, filters and sorts without asking, tells how
 * long ago something was, asks in a dialog, and shows logs as they come. Without it everything works by links and forms.
 */

/** @param {string} id */
const byId = (id) => document.getElementById(id);

/** @template {Element} T @param {string} selector @param {ParentNode} [below] @returns {T[]} */
const all = (selector, below = document) => [...below.querySelectorAll(selector)].map((one) => /** @type {T} */ (one));

/* Times */

const units = /** @type {const} */ ([
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
]);

/** @param {number} seconds */
function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = units.find(([, one]) => whole >= one * 2 || (one === 60 && whole >= 60)) ?? ["s", 1];
  return `${Math.floor(whole / size)}${unit}`;
}

/** @param {number} seconds */
function exact(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, "0")}s`;
}

/** @param {ParentNode} [below] */
function tellTimes(below) {
  const now = Date.now();
  for (const time of /** @type {HTMLTimeElement[]} */ (all("time[datetime]", below))) {
    const at = Date.parse(time.dateTime);
    const text =
      "until" in time.dataset
        ? exact((at - now) / 1_000)
        : "since" in time.dataset
          ? exact((now - at) / 1_000)
          : `${span((now - at) / 1_000)}${time.closest(".services") ? "" : " ago"}`;
    if (time.textContent !== text) time.textContent = text;
    if (!time.title) time.title = new Date(at).toLocaleString();
  }
}

/* One tree made equal to another: what has the focus, is open or is selected stays so. */

/** @param {Element} old @param {Element} wanted */
function morph(old, wanted) {
  if (old.nodeName !== wanted.nodeName || old.id !== wanted.id) {
    old.replaceWith(wanted);
    return;
  }
  // What somebody types, and what goes on here, is nobody else's.
  if (old instanceof HTMLInputElement || "kept" in /** @type {HTMLElement} */ (old).dataset) return;
  if (old.isEqualNode(wanted)) return;
  for (const { name } of [...old.attributes])
    if (!wanted.hasAttribute(name) && name !== "open" && name !== "title") old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const [mine, theirs] = [[...old.childNodes], [...wanted.childNodes]];
  for (const [index, node] of theirs.entries()) {
    const own = mine[index];
    if (own === undefined) old.append(node);
    else if (own instanceof Element && node instanceof Element) morph(own, node);
    else if (own.nodeType !== node.nodeType) own.replaceWith(node);
    else if (own.nodeValue !== node.nodeValue) own.nodeValue = node.nodeValue;
  }
  for (const extra of mine.slice(theirs.length)) extra.remove();
}

/** @param {string} text */
function parsed(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content.firstElementChild;
}

/* The table: filtered and sorted here */

const filter = /** @type {HTMLInputElement | null} */ (byId("q"));
const state = /** @type {HTMLInputElement | null} */ (byId("state"));
const sort = /** @type {HTMLInputElement | null} */ (byId("sort"));
/** @type {WeakMap<Element, string>} */
const texts = new WeakMap();
const standings = ["attention", "busy", "waiting", "well", "off"];

/** @param {Element} row */
function textOf(row) {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const words = [...row.children].filter(({ className }) => className !== "age").map((cell) => cell.textContent);
  const text = words.join(" ").toLowerCase();
  texts.set(row, text);
  return text;
}

function applyFilter() {
  const rows = /** @type {HTMLTableRowElement[]} */ (all("#services tbody tr[id]"));
  if (!filter || !state || rows.length === 0) return;
  const words = filter.value.toLowerCase().split(/\s+/);
  const shown = new Set();
  let count = 0;
  for (const row of rows) {
    const fits =
      (state.value === "" || row.dataset["state"] === state.value) && words.every((word) => textOf(row).includes(word));
    if (row.hidden === fits) row.hidden = !fits;
    if (fits) {
      shown.add(row.dataset["project"]);
      count += 1;
    }
  }
  for (const row of /** @type {HTMLTableRowElement[]} */ (all("#services .project")))
    row.hidden = !shown.has(row.textContent.trim());
  const told = byId("shown");
  const text =
    count === rows.length ? `${count} service${count === 1 ? "" : "s"}` : `${count} of ${rows.length} services`;
  if (told && told.textContent !== text) told.textContent = text;
  for (const chip of /** @type {HTMLElement[]} */ (all(".chip")))
    if (chip.dataset["state"] === state.value) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
}

/** @type {Record<string, (row: HTMLTableRowElement) => string | number>} */
const keys = {
  name: (row) => row.id,
  state: (row) => standings.indexOf(row.dataset["state"] ?? ""),
  why: (row) => row.querySelector(".why")?.textContent ?? "",
  image: (row) => row.querySelector(".image")?.textContent ?? "",
  replicas: (row) => {
    const [ready = 0, desired = 1] = (row.querySelector(".replicas")?.textContent ?? "").split("/").map(Number);
    return ready / Math.max(1, desired);
  },
  age: (row) => -Date.parse(row.querySelector("time")?.dateTime ?? "1970-01-01"),
};

function applySort() {
  const body = document.querySelector("#services tbody");
  if (!sort || !body) return;
  const column = sort.value.replace(/^-/, "") || "name";
  const isDown = sort.value.startsWith("-");
  const key = keys[column] ?? (() => "");
  const rows = /** @type {HTMLTableRowElement[]} */ (all("tr[id]", body)).map((row) => ({ row, key: key(row) }));
  rows.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : one.row.id < other.row.id ? -1 : 1));
  if (isDown) rows.reverse();
  const groups = /** @type {HTMLTableRowElement[]} */ (all(".project", body));
  for (const group of groups) group.remove();
  const projects = [...new Set(rows.map(({ row }) => row.dataset["project"] ?? ""))];
  const isGrouped = column === "name" && projects.length > 1;
  const fragment = document.createDocumentFragment();
  let last;
  for (const { row } of rows) {
    const { project = "" } = row.dataset;
    if (isGrouped && project !== last)
      fragment.append(groups.find((one) => one.textContent.trim() === project) ?? groupRow(project));
    last = project;
    fragment.append(row);
  }
  body.append(fragment);
  for (const link of /** @type {HTMLElement[]} */ (all("#services [data-sort]"))) {
    const order = link.dataset["sort"] === column ? (isDown ? "descending" : "ascending") : "none";
    link.closest("th")?.setAttribute("aria-sort", order);
  }
}

/** @param {string} project */
function groupRow(project) {
  const row = document.createElement("tr");
  row.className = "project";
  row.setAttribute("role", "row");
  const head = document.createElement("th");
  head.setAttribute("role", "rowheader");
  head.scope = "rowgroup";
  head.colSpan = 6;
  head.textContent = project;
  row.append(head);
  return row;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let noting;

/** The address says what is shown, so that it can be sent on: once nobody types any more, as browsers look for the icon then. */
function noteWish() {
  clearTimeout(noting);
  noting = setTimeout(writeWish, 400);
}

function writeWish() {
  const query = new URLSearchParams();
  for (const field of [filter, state, sort]) if (field?.value) query.set(field.name, field.value);
  history.replaceState(null, "", query.size === 0 ? "/" : `/?${query}`);
}

if (filter && state && sort) {
  filter.form?.addEventListener("submit", (event) => {
    event.preventDefault();
  });
  const button = filter.form?.querySelector("button");
  if (button) button.hidden = true;
  filter.addEventListener("input", () => {
    applyFilter();
    noteWish();
  });
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-sort], .chip");
    if (!(link instanceof HTMLElement) || !isPlain(event)) return;
    event.preventDefault();
    const { sort: column, state: standing } = link.dataset;
    if (column !== undefined) {
      sort.value = sort.value.replace(/^$/, "name") === column ? `-${column}` : column;
      applySort();
    } else state.value = state.value === standing ? "" : (standing ?? "");
    applyFilter();
    noteWish();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /** @type {Element} */ (event.target).closest("input, textarea, dialog");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    filter.focus();
    filter.select();
  });
}

/** @param {MouseEvent} event */
function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/* What changes */

const main = /** @type {HTMLElement} */ (byId("main"));
const live = byId("live");
/** @type {EventSource | undefined} */
let source;
let seen = main.dataset["version"] ?? "";
let waitMs = 1_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

/** @param {boolean} isAway */
function tellLive(isAway) {
  if (!live) return;
  live.hidden = false;
  live.className = isAway ? "live away" : "live";
  const text = isAway ? "No connection" : "Live";
  if (live.textContent !== text) live.textContent = text;
}

function follow() {
  const at = main.dataset["live"];
  clearTimeout(later);
  if (at === undefined || document.hidden || source) return;
  source = new EventSource(`${at}&seen=${encodeURIComponent(seen)}`);
  source.onopen = () => {
    waitMs = 1_000;
    tellLive(false);
  };
  source.onerror = () => {
    tellLive(true);
    if (source?.readyState !== EventSource.CLOSED) return;
    rest();
    later = setTimeout(again, waitMs);
    waitMs = Math.min(waitMs * 2, 15_000);
  };
  source.addEventListener("part", (event) => {
    seen = event.lastEventId;
    /** @type {unknown} */
    const data = JSON.parse(String(event.data));
    const part = /** @type {{ id: string, html: string }} */ (data);
    show(part.id, part.html);
  });
  source.addEventListener("page", (event) => {
    seen = event.lastEventId;
    void load();
  });
}

function rest() {
  source?.close();
  source = undefined;
}

/** Whoever has been signed out has to sign in; whoever asks a controller that is away asks later. */
async function again() {
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => undefined);
  if (answer?.status === 401 || answer?.status === 404) location.reload();
  else follow();
}

/** @param {string} id @param {string} text */
function show(id, text) {
  const [old, wanted] = [byId(id), parsed(text)];
  if (!old || !wanted) return;
  texts.delete(old);
  tellTimes(/** @type {ParentNode} */ (wanted));
  const holds = old.contains(document.activeElement) ? document.activeElement : undefined;
  morph(old, wanted);
  if (holds instanceof HTMLElement && holds !== document.activeElement && holds.id) byId(holds.id)?.focus();
  if (old instanceof HTMLTableRowElement || id === "summary") applyFilter();
}

/** More has changed than single parts. */
async function load() {
  const place = new URL(main.dataset["live"] ?? "", location.href).searchParams.get("at") ?? location.href;
  const answer = await fetch(place, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!answer) return;
  if (answer.status === 401 || answer.status === 404) {
    location.reload();
    return;
  }
  const wanted = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["waiting-count", "main"]) {
    const [old, part] = [byId(id), wanted.getElementById(id)];
    if (!old || !part) continue;
    const said = old.querySelector(".flash");
    if (said) part.prepend(said.cloneNode(true));
    tellTimes(part);
    for (const row of all("tr", old)) texts.delete(row);
    morph(old, part);
  }
  applySort();
  applyFilter();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) later = setTimeout(rest, 10_000);
  else follow();
});
addEventListener("pagehide", rest);
addEventListener("pageshow", follow);

/* Orders: asked for in a dialog */

const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = target.closest("a[data-order]");
  if (link instanceof HTMLAnchorElement && isPlain(event)) {
    event.preventDefault();
    void ask(link.href);
  }
  if (dialog.open && (target === dialog || target.closest("[data-close]"))) {
    event.preventDefault();
    dialog.close();
  }
});

/** @param {string} href */
async function ask(href) {
  const answer = await fetch(href, { headers: { accept: "text/html" } }).catch(() => undefined);
  const wanted = answer && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("confirm");
  if (!wanted) {
    location.assign(href);
    return;
  }
  dialog.replaceChildren(wanted);
  dialog.showModal();
  const field = /** @type {HTMLInputElement | null} */ (dialog.querySelector("label input"));
  field?.focus();
}

/* Logs */

const logs = byId("logs");
const mostLines = 2_000;

/** @param {HTMLElement} section */
function offerLogs(section) {
  const begin = document.createElement("button");
  begin.type = "button";
  begin.className = "order";
  begin.textContent = "Follow";
  const told = section.querySelector("p:last-child");
  told?.replaceWith(begin);
  section.dataset["kept"] = "";
  /** @type {AbortController | undefined} */
  let reading;
  begin.addEventListener("click", () => {
    if (reading) {
      reading.abort();
      return;
    }
    reading = new AbortController();
    begin.textContent = "Stop";
    void read(section, reading.signal).finally(() => {
      reading = undefined;
      begin.textContent = "Follow";
    });
  });
  if ("open" in section.dataset) begin.click();
}

/** @param {HTMLElement} section @param {AbortSignal} signal */
async function read(section, signal) {
  section.querySelector("pre, .empty")?.remove();
  const box = document.createElement("pre");
  box.className = "log";
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Log lines");
  section.append(box);
  const path = `/api/v1${section.dataset["logs"]}/logs?follow=true&tail=200`;
  const answer = await fetch(path, { signal, headers: { accept: "application/x-ndjson" } }).catch(() => undefined);
  if (!answer?.ok || !answer.body) {
    box.textContent = "The logs cannot be read now.";
    return;
  }
  let rest = "";
  /** @type {Set<string>} */
  const names = new Set();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      const isAtEnd = box.scrollTop + box.clientHeight > box.scrollHeight - 40;
      for (const line of lines.slice(-mostLines)) {
        /** @type {unknown} */
        const entry = JSON.parse(line);
        box.append(lineOf(/** @type {Entry} */ (entry), names));
      }
      while (box.childElementCount > mostLines) box.firstElementChild?.remove();
      if (isAtEnd) box.scrollTop = box.scrollHeight;
    }
  } catch {
    // Whoever has stopped it knows, and a controller that ends is told at the top.
  }
}

/** @typedef {{ container: string, text?: string, notice?: string, stream?: string }} Entry */

/** @param {Entry} entry @param {Set<string>} names */
function lineOf({ container, text, notice, stream }, names) {
  names.add(container);
  const line = document.createElement(stream === "stderr" ? "b" : "span");
  const said = notice === undefined ? (text ?? "") : `(${notice})`;
  // What a terminal would take for a command is nothing here.
  const plain = said
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "");
  line.textContent = `${names.size > 1 ? `${container}  | ` : ""}${plain}\n`;
  return line;
}

/* Begin */

for (const field of [filter, state, sort])
  if (field) field.value = new URLSearchParams(location.search).get(field.name) ?? "";
if (new URLSearchParams(location.search).has("done")) history.replaceState(null, "", location.pathname);
tellTimes();
setInterval(tellTimes, 1_000);
if (logs) offerLogs(logs);
follow();
