import type { ClusterSpec } from "../../../../src/compose/model/cluster.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { readProject, type ReadResult } from "../../../../src/compose/project/compose.js";
import { formatProblem, formatWarning } from "../../../../src/compose/values/problem.js";
import { surroundings } from "../read.js";

type Files = Readonly<Record<string, string>>;

/** A whole file, for a Swarm. `files`: by their paths in the project's folder. */
export function readForSwarm(text: string, files: Files = {}): ReadResult {
  const readText = (path: string) => {
    const found = files[path.replace(`${surroundings.directory}/`, "")];
    return found === undefined ? { missing: "ENOENT" } : { text: found };
  };
  return readProject({ ...surroundings, text, environment: { TOKEN: "hunter2" }, engine: "swarm", readText });
}

/** Of the service `web`, whose further keys are these lines of YAML. */
export function webOf(lines: string, rest = "", files: Files = {}): ReadResult {
  const body = lines.replace(/^/gm, "    ");
  return readForSwarm(`name: shop\nservices:\n  web:\n    image: nginx\n${body}\n${rest}`, files);
}

export function specIn(result: ReadResult): ServiceSpec & { readonly cluster: ClusterSpec } {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  const [spec] = result.project.services;
  if (spec?.cluster === undefined) throw new Error("no service is for a Swarm");
  return { ...spec, cluster: spec.cluster };
}

export function told(result: ReadResult): readonly string[] {
  return result.ok ? result.warnings.map(formatWarning) : result.problems.map(formatProblem);
}
