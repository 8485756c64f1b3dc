import { z } from "zod";
import { patternAt } from "../../patterns/pattern.js";
import type { Pattern } from "../../patterns/pattern.js";
import { noticeKinds, type Notice, type Severity } from "../model/notice.js";
import { checkKind, isMeant } from "../words/kinds.js";

const patterns = () => z.array(z.string().min(1)).min(1).readonly().optional();
const severities = ["info", "warning", "error"] as const satisfies readonly Severity[];

/** What is told where nothing is chosen: not that a rollout has begun, and no deliveries. */
const usual = noticeKinds.filter((kind) => kind !== "started");

/** The keys by which a subscription chooses what it is told. */
export const filterFields = {
  on: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .optional()
    .describe(
      `which events: ${noticeKinds.map((kind) => `\`${kind}\``).join(", ")}, \`hook:<receiver>\`, \`hook:*\` (all but \`started\` and hooks)`,
    ),
  projects: patterns().describe("patterns of projects that count (any)"),
  services: patterns().describe("patterns of services that count, such as `shop/*` (any)"),
  labels: z
    .record(z.string().min(1), z.string())
    .readonly()
    .optional()
    .describe("labels that the service has to have in its file, each by a pattern (any)"),
  severity: z.enum(severities).optional().describe("`info`, `warning` or `error`: nothing that is less grave (`info`)"),
};

export type WrittenFilter = z.output<z.ZodObject<typeof filterFields>>;

export interface FilterContext {
  readonly place: (key: string) => string;
  /** The receivers that there are. */
  readonly receivers: readonly string[];
}

/**
 * Whether a notice is wanted. What concerns no single service is: by its project, where that is known, else in any case.
 * Throws FairleadError `ConfigInvalid`.
 */
export function filterOf(written: WrittenFilter, { place, receivers }: FilterContext): (notice: Notice) => boolean {
  for (const [index, word] of (written.on ?? []).entries()) checkKind(word, () => place(`on.${index}`), receivers);
  const kinds: readonly string[] = written.on ?? usual;
  const projects = written.projects?.map((text, index) => patternAt(text, () => place(`projects.${index}`)));
  const services = written.services?.map((text, index) => patternAt(text, () => place(`services.${index}`)));
  const ofServices = written.services?.map((text) => patternAt(projectIn(text), () => place("services")));
  const labels = Object.entries(written.labels ?? {}).map(
    ([name, text]) => [name, patternAt(text, () => place(`labels.${name}`))] as const,
  );
  const least = severities.indexOf(written.severity ?? "info");
  return ({ kind, severity, project, service, labels: own = {} }) => {
    if (!isMeant(kind, kinds) || severities.indexOf(severity) < least) return false;
    if (project === undefined) return true;
    if (!fits(projects, project)) return false;
    if (service === undefined) return fits(ofServices, project);
    if (!fits(services, `${project}/${service}`, service)) return false;
    return labels.every(([name, pattern]) => Object.hasOwn(own, name) && pattern.fits(own[name] ?? ""));
  };
}

/** A pattern without a project is one of any. */
function projectIn(pattern: string): string {
  if (/^\/.*\/$/s.test(pattern)) return "**";
  const [project = "", ...service] = pattern.split("/");
  return service.length === 0 || project.includes("**") ? "**" : project;
}

function fits(all: readonly Pattern[] | undefined, ...names: readonly string[]): boolean {
  return all === undefined || names.some((name) => all.some((one) => one.fits(name)));
}
