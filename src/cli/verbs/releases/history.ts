import { describeChoice } from "../../../plan/model/desired.js";
import { shorten } from "../../../plan/steps/render.js";
import { printable } from "../../../tools/printable.js";
import { ask, fetchServices, findService, type Shape } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { printData } from "../../shared/forms.js";
import type { Form } from "../../shared/forms.js";
import { printFailure } from "../../shared/failure.js";
import { printTable } from "../../shared/table.js";
import type { Wiring } from "../../shared/wiring.js";

type History = Shape<"History">;
export type Revision = History["revisions"][number];

const columns = ["SERVICE", "REVISION", "DIGEST", "BEGAN", "OUTCOME", "REASON"] as const;

/** What was rolled out, newest first, of one service or of all, and what was told of changed files; of one with the last lines of what failed last. */
export async function history(wiring: Wiring, admin: Admin, name: string | undefined, form: Form): Promise<0> {
  const services = name === undefined ? await fetchServices(admin) : [await findService(admin, name)];
  const histories = await Promise.all(
    services.map(async ({ project, service }) => {
      const path = { project, service };
      return { ...path, ...(await ask(admin, "get", "/api/v1/services/{project}/{service}/history", { path })) };
    }),
  );
  const names = histories.flatMap(({ project, service, revisions }) =>
    revisions.map(({ revision }) => `${project}/${service}@${revision}`),
  );
  if (await printData(wiring, form, { services: histories }, names)) return 0;
  const rows = histories.flatMap(({ project, service, revisions }) =>
    revisions.map((revision) => rowOf(`${project}/${service}`, revision)),
  );
  printTable(wiring, [columns, ...rows]);
  for (const one of histories) tell(wiring, one);
  const [only] = histories;
  if (name !== undefined && only !== undefined) printFailure(wiring, only);
  return 0;
}

export function rowOf(
  service: string,
  { revision, to, startedAt, outcome, rollback, active, reason, message, onRollback, commit, tag, cause }: Revision,
) {
  const ended = outcome ?? "under way";
  return [
    service,
    `${revision}${active ? "*" : ""}`,
    shorten(to),
    startedAt,
    rollback === true ? `${ended} by hand` : ended,
    shorten([message ?? reason, ...(onRollback === undefined ? [] : [onRollback.message])].join("; ")) +
      chosen(tag) +
      by(commit) +
      (cause === undefined ? "" : printable(`; asked for by ${cause}`)),
  ];
}

function tell(
  wiring: Wiring,
  { project, service, pinned, paused, reloads }: History & { readonly project: string; readonly service: string },
): void {
  const name = `${project}/${service}`;
  if (pinned !== undefined)
    wiring.print(shorten(`${name} is pinned to revision ${pinned.revision} (${pinned.digest})`));
  if (paused) wiring.print(`${name} is paused`);
  for (const { container, signal, files, at, outcome, message } of reloads) {
    const ended =
      outcome === undefined ? "under way" : [outcome, ...(message === undefined ? [] : [message])].join(": ");
    wiring.print(`${name}: ${container} was told by ${signal} that ${files.join(", ")} changed, at ${at}: ${ended}`);
  }
}

function chosen(tag: Revision["tag"]): string {
  return tag === undefined ? "" : printable(`; ${describeChoice(tag)}`);
}

function by(commit: Revision["commit"]): string {
  if (commit === undefined) return "";
  return `; rolled out by commit ${commit.id.slice(0, 7)} of ${commit.source}, ${commit.author}: ${commit.subject}`;
}
