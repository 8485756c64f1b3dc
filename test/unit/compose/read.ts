import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { readProject, type ReadResult } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";

export const surroundings = { file: "services.yaml", directory: "/srv/shop" };

/** Reads a file with one service `web` whose further keys are these lines of YAML. */
export function readService(lines: string, environment: Record<string, string> = {}, rest = ""): ReadResult {
  const body = lines.replace(/^/gm, "    ");
  const text = `name: shop\nservices:\n  web:\n    image: nginx\n${body}\n${rest}`;
  return readProject({ ...surroundings, text, environment });
}

export function serviceOf(result: ReadResult): ServiceSpec {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.project.services[0]!;
}

/** The problems, without their place. */
export function complaints(result: ReadResult): readonly string[] {
  return result.ok ? [] : result.problems.map(({ message }) => message);
}
