import { sections, type Section } from "../../src/compose/keys/sections.js";
import type { Support } from "../../src/compose/keys/support.js";
import { renderTable } from "./table.js";

export const composePage = new URL("../../docs/compose-support.md", import.meta.url);

const words: Record<Support["support"], string> = {
  supported: "yes",
  ignored: "no effect",
  obsolete: "obsolete",
  planned: "planned",
  refused: "refused",
};

/** `docs/compose-support.md`, from the tables that the reader of services files itself obeys. */
export function renderComposePage(): string {
  const all = sections.flatMap(({ table }) => Object.values(table));
  const count = (support: Support["support"]) => all.filter((entry) => entry.support === support).length;
  return `${[
    "# Compose support",
    "<!-- Written by `npm run docs`. -->",
    "Every key of the [Compose Specification](https://github.com/compose-spec/compose-spec/blob/main/spec.md), and what becomes of it in [a services file](compose.md). " +
      `Of ${all.length} keys, ${count("supported")} are supported, ${count("planned")} planned, and ${count("refused")} refused.`,
    [
      `- **${words.supported}**: it means what the specification says.`,
      `- **${words.ignored}**: taken with a warning; it concerns something that does not exist on a single host.`,
      `- **${words.obsolete}**: taken with a warning.`,
      `- **${words.planned}**: not yet; an error with file, line and column.`,
      `- **${words.refused}**: an error too, and the note says what to write instead.`,
    ].join("\n"),
    "Any other key is an error, except those that begin with `x-`, which may stand anywhere.",
    ...sections.flatMap(renderSection),
  ].join("\n\n")}\n`;
}

function renderSection({ path, table }: Section): string[] {
  const rows = Object.entries(table)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, entry]) => [`\`${key}\``, words[entry.support], noteOf(entry)]);
  return [`## ${path === "" ? "Top level" : `\`${path}\``}`, renderTable([["Key", "Support", "Note"], ...rows])];
}

function noteOf(entry: Support): string {
  return (entry.support === "supported" ? entry.note : entry.hint) ?? "";
}
