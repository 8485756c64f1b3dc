import type { TagSurvey } from "../../control/surface/surface.js";
import { shorten } from "../../plan/steps/render.js";
import { ask, fetchServices, findService, isDeclared, servicePath } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import { printTable } from "../shared/table.js";
import type { Wiring } from "../shared/wiring.js";

interface Surveyed extends TagSurvey {
  readonly project: string;
  readonly service: string;
}

const columns = ["SERVICE", "IMAGE", "POLICY", "TAG", "DIGEST", "RUNS", "PROBLEM"] as const;
const candidateColumns = ["TAG", "VERDICT", "WHY"] as const;

/** Which tag each service follows, one line each; of one that is named also what became of the other tags. */
export async function images(wiring: Wiring, admin: Admin, name: string | undefined, json: boolean): Promise<0> {
  const services =
    name === undefined ? (await fetchServices(admin)).filter(isDeclared) : [await findService(admin, name)];
  const surveys = await Promise.all(
    services.map(async ({ project, service }): Promise<Surveyed> => {
      const survey = (await ask(admin, "GET", servicePath({ project, service }, "images"))) as TagSurvey;
      return { project, service, ...survey };
    }),
  );
  if (json) {
    wiring.print(JSON.stringify({ services: surveys }, undefined, 2));
    return 0;
  }
  printTable(wiring, [columns, ...surveys.map(rowOf)]);
  const [only] = surveys;
  if (name !== undefined && only !== undefined) printCandidates(wiring, only);
  return 0;
}

function rowOf({ project, service, image, policy, tag, digest, running, problem }: Surveyed): readonly string[] {
  return [
    `${project}/${service}`,
    image,
    policy ?? "the written tag",
    tag ?? "-",
    digest === undefined ? "-" : shorten(digest),
    running.length === 0 ? "-" : running.join(", "),
    problem === undefined ? "-" : shorten(`${problem.reason}: ${problem.message}`),
  ];
}

function printCandidates(wiring: Wiring, { candidates, more }: Surveyed): void {
  if (candidates.length === 0) return;
  wiring.print("");
  printTable(wiring, [candidateColumns, ...candidates.map(({ tag, verdict, why }) => [tag, verdict, why])]);
  if (more > 0) wiring.print(`and ${more} more`);
}
