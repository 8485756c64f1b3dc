import { z } from "zod";
import { patternAt, type Pattern } from "../../patterns/pattern.js";
import { noticeKinds, type Notice } from "../model/notice.js";
import { checkKind, isMeant } from "./kinds.js";
import { familiar, hasRegistry, subjectOf } from "./words.js";

const patterns = () => z.array(z.string().min(1)).min(1).readonly().optional();

/** The keys by which notices are chosen. */
export const choiceFields = {
  on: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .describe(
      `which events: ${noticeKinds.map((kind) => `\`${kind}\``).join(", ")}; \`hook:<receiver>\` is a delivery there, \`hook:*\` any`,
    ),
  projects: patterns().describe("patterns of projects that count (any)"),
  services: patterns().describe("patterns of services that count, `web` or `shop/web` (any)"),
  repositories: patterns().describe("patterns of repositories that count, with or without their registry (any)"),
  tags: patterns().describe("patterns of tags that count (any)"),
  ignoreTags: patterns().describe("patterns of tags that do not (none)"),
};

export type WrittenChoice = z.infer<z.ZodObject<typeof choiceFields>>;

/** Whether somebody wants to be told. */
export type Choice = (notice: Notice) => boolean;

/** `receivers`: those that there are, where that is to be checked. Throws FairleadError `ConfigInvalid`. */
export function choiceOf(
  written: WrittenChoice,
  place: (key: string) => string = (key) => key,
  receivers?: readonly string[],
): Choice {
  if (receivers !== undefined) {
    for (const [index, word] of written.on.entries()) checkKind(word, () => place(`on.${index}`), receivers);
  }
  const patternsOf = (key: Exclude<keyof WrittenChoice, "on">) =>
    written[key]?.map((text, index) => patternAt(text, () => place(`${key}.${index}`)));
  const projects = patternsOf("projects");
  const services = patternsOf("services");
  const repositories = patternsOf("repositories");
  const tags = patternsOf("tags");
  const ignored = patternsOf("ignoreTags");
  return (notice) => {
    const { kind, project, service } = notice;
    const { repository, tag } = subjectOf(notice);
    if (
      !isMeant(kind, written.on) ||
      !fits(projects, project) ||
      !fits(repositories, repository, pathOf(repository), familiar(repository))
    )
      return false;
    if (!fits(services, service, service === undefined ? undefined : `${project ?? ""}/${service}`)) return false;
    // Any tag may have moved: also one of those that count.
    return tag === undefined || (fits(tags, tag) && ignored?.some((one) => one.fits(tag)) !== true);
  };
}

/** No patterns: anything does, also nothing. */
function fits(patterns: readonly Pattern[] | undefined, ...names: readonly (string | undefined)[]): boolean {
  if (patterns === undefined) return true;
  return names.some((name) => name !== undefined && patterns.some((one) => one.fits(name)));
}

/** Without its registry. */
function pathOf(repository: string | undefined): string | undefined {
  return repository === undefined || !hasRegistry(repository) ? repository : repository.replace(/^[^/]*\//, "");
}
