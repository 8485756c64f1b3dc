import { asJson, asYaml } from "../../compose/resolved/forms.js";
import type { ResolvedProject } from "../../compose/resolved/writer.js";
import { imagesOf, selectServices } from "../../compose/resolved/selection.js";
import { nearest } from "../../tools/suggest.js";
import type { Config } from "../../config/config.js";
import { FairleadError } from "../../errors.js";
import { refuseProblems, showWarnings } from "../shared/problems.js";
import type { Wiring } from "../shared/wiring.js";

export interface ConfigOptions {
  readonly format: "yaml" | "json";
  readonly quiet: boolean;
  readonly services: boolean;
  readonly images: boolean;
  readonly networks: boolean;
  readonly volumes: boolean;
}

/** Prints what the services files say together, as Docker Compose does: one Compose file for each project. */
export async function config(
  wiring: Wiring,
  settings: Config,
  names: readonly string[],
  options: ConfigOptions,
): Promise<0 | 1> {
  const render = rendering(options);
  const { projects, problems, warnings } = await wiring.resolve(settings);
  showWarnings(wiring, warnings);
  if (refuseProblems(wiring, problems)) return 1;
  checkNames(projects, names);
  const chosen = names.length === 0 ? projects : projects.map((project) => selectServices(project, names));
  const texts = chosen.filter(({ services }) => Object.keys(services).length > 0).map(render);
  if (options.quiet) return 0;
  const separator = isListing(options) || options.format === "json" ? "\n" : "\n---\n";
  const text = texts.filter((each) => each !== "").join(separator);
  if (text !== "") wiring.print(text);
  return 0;
}

function isListing({ services, images, networks, volumes }: ConfigOptions): boolean {
  return services || images || networks || volumes;
}

function rendering(options: ConfigOptions): (project: ResolvedProject) => string {
  const lines = (names: readonly string[]) => names.join("\n");
  if (options.services) return ({ services }) => lines(Object.keys(services));
  if (options.images) return (project) => lines(imagesOf(project));
  if (options.networks) return ({ networks = {} }) => lines(Object.keys(networks));
  if (options.volumes) return ({ volumes = {} }) => lines(Object.keys(volumes));
  return options.format === "json" ? asJson : (project) => asYaml(project).trimEnd();
}

function checkNames(projects: readonly ResolvedProject[], names: readonly string[]): void {
  const known = projects.flatMap(({ services }) => Object.keys(services));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  throw new FairleadError("ConfigInvalid", `no service is called ${JSON.stringify(unknown)}`, {
    remedy: meant === undefined ? `name one of ${known.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`,
  });
}
