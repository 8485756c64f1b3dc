import { shorten } from "../../plan/steps/render.js";
import { ask, fetchServices, findService, isDeclared, type Shape } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import { printData } from "../shared/forms.js";
import type { Form } from "../shared/forms.js";
import { sizeText } from "../shared/size.js";
import { printTable } from "../shared/table.js";
import type { Wiring } from "../shared/wiring.js";

interface Surveyed extends Shape<"Images"> {
  readonly project: string;
  readonly service: string;
}

const columns = ["SERVICE", "IMAGE", "POLICY", "TAG", "DIGEST", "SIGNED", "RUNS", "ON HOST", "PROBLEM"] as const;
const keptColumns = ["ON HOST", "REVISION", "SIZE", "WHY"] as const;
const candidateColumns = ["TAG", "VERDICT", "WHY"] as const;

/** Which tag each service follows, one line each; of one that is named also what became of the other tags. */
export async function images(wiring: Wiring, admin: Admin, name: string | undefined, form: Form): Promise<0> {
  const services =
    name === undefined ? (await fetchServices(admin)).filter(isDeclared) : [await findService(admin, name)];
  const surveys = await Promise.all(
    services.map(async ({ project, service }): Promise<Surveyed> => {
      const path = { project, service };
      return { ...path, ...(await ask(admin, "get", "/api/v1/services/{project}/{service}/images", { path })) };
    }),
  );
  const names = surveys.map(({ image, digest }) => (digest === undefined ? image : `${image}@${digest}`));
  if (await printData(wiring, form, { services: surveys }, names)) return 0;
  printTable(wiring, [columns, ...surveys.map(rowOf)]);
  const [only] = surveys;
  if (name === undefined || only === undefined) return 0;
  printKept(wiring, only);
  printCandidates(wiring, only);
  return 0;
}

function rowOf({
  project,
  service,
  image,
  policy,
  tag,
  digest,
  signed,
  running,
  problem,
  kept = [],
}: Surveyed): readonly string[] {
  return [
    `${project}/${service}`,
    image,
    policy ?? "the written tag",
    tag ?? "-",
    digest === undefined ? "-" : shorten(digest),
    signed === true ? "yes" : (problem?.reason.startsWith("Signature") ?? false) ? "no" : "-",
    running.length === 0 ? "-" : running.join(", "),
    kept.length === 0 ? "-" : `${kept.length} (${sizeText(bytesOf(kept))})`,
    problem === undefined ? "-" : shorten(`${problem.reason}: ${problem.message}`),
  ];
}

function bytesOf(kept: NonNullable<Surveyed["kept"]>): number {
  return kept.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}

/** What is on this host, why, and what could be given back. */
function printKept(wiring: Wiring, { kept = [] }: Surveyed): void {
  if (kept.length === 0) return;
  wiring.print("");
  const rows = kept.map(({ id, digest, bytes, revisions, why }) => [
    shorten(digest ?? id),
    revisions.length === 0 ? "-" : revisions.join(", "),
    bytes === undefined ? "-" : sizeText(bytes),
    why.join("; "),
  ]);
  printTable(wiring, [keptColumns, ...rows]);
  const spare = kept.filter(({ isSpare }) => isSpare);
  wiring.print(
    `${sizeText(bytesOf(kept))} in all; without those that no container was made of, at most ${sizeText(bytesOf(spare))} would be given back (layers that others have too stay)`,
  );
}

function printCandidates(wiring: Wiring, { candidates, more }: Surveyed): void {
  if (candidates.length === 0) return;
  wiring.print("");
  printTable(wiring, [candidateColumns, ...candidates.map(({ tag, verdict, why }) => [tag, verdict, why])]);
  if (more > 0) wiring.print(`and ${more} more`);
}
