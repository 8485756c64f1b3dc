import { FairleadError } from "../../../errors.js";
import { formatMs } from "../../../plan/judge/verdict.js";
import { shorten } from "../../../plan/steps/render.js";
import { printable } from "../../../tools/printable.js";
import { ask, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { printData } from "../../shared/forms.js";
import type { Form } from "../../shared/forms.js";
import type { Wiring } from "../../shared/wiring.js";
import { type Revision, rowOf } from "./history.js";

/** One revision of a service in full: its steps with their times and reasons, and in what its spec differed from the one before. */
export async function revisionHistory(
  wiring: Wiring,
  admin: Admin,
  name: string,
  { revision, form }: { readonly revision: number; readonly form: Form },
): Promise<0> {
  const { project, service } = await findService(admin, name);
  const path = { project, service };
  const { revisions: all } = await ask(admin, "get", "/api/v1/services/{project}/{service}/history", { path });
  const found = all.filter((one) => one.revision === revision);
  if (found.length === 0) {
    throw new FairleadError(
      "RevisionUnknown",
      `${project}/${service} has no revision ${revision}, or it is not known any more`,
      {
        remedy: `fairlead history ${project}/${service} lists those that are`,
        retry: "never",
      },
    );
  }
  const names = [`${project}/${service}@${revision}`];
  if (await printData(wiring, form, { project, service, revisions: found }, names)) return 0;
  for (const one of found) tellRevision(wiring, `${project}/${service}`, one);
  return 0;
}

function tellRevision(wiring: Wiring, service: string, one: Revision): void {
  const [name = "", number = "", , began = "", ended = "", reason = ""] = rowOf(service, one);
  wiring.print(`${name} revision ${number}: ${ended}`);
  const { from, to, image, finishedAt, steps = [], moreSteps, changes = [] } = one;
  const facts = {
    image,
    from: from === undefined ? undefined : shorten(from),
    to: shorten(to),
    began,
    ended: finishedAt,
    reason,
  };
  for (const [what, value] of Object.entries(facts))
    if (value !== undefined) wiring.print(printable(`  ${what.padEnd(6)} ${value}`));
  if (changes.length > 0) wiring.print("  spec:");
  for (const { field, from: was, to: is } of changes) {
    wiring.print(printable(`    ${field}: ${was === undefined ? "" : `${was} `}-> ${is ?? "not there"}`));
  }
  wiring.print(steps.length === 0 ? "  its steps are not known any more" : "  steps:");
  for (const { text, beganAt, endedAt, message } of steps) {
    const took = formatMs(Date.parse(endedAt) - Date.parse(beganAt));
    wiring.print(
      printable(`    ${beganAt} ${took.padStart(6)}  ${text}${message === undefined ? "" : `: failed: ${message}`}`),
    );
  }
  if (moreSteps !== undefined) wiring.print(`    ${moreSteps} steps in the middle are not known any more`);
}
