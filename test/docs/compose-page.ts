import { sections, type Section } from "../../src/compose/keys/sections.js";
import { supportOn, type Support } from "../../src/compose/keys/support.js";
import { isReached } from "./reach.js";
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
      `- **${words.ignored}**: taken with a warning; it concerns something that does not exist there.`,
      `- **${words.obsolete}**: taken with a warning.`,
      `- **${words.planned}**: not yet; an error with file, line and column.`,
      `- **${words.refused}**: an error too, and the note says what to write instead.`,
    ].join("\n"),
    "The second column is of projects that a Swarm runs. Where it stays empty, a Swarm does as one host does.",
    "Any other key is an error, except those that begin with `x-`, which may stand anywhere.",
    ...sections.flatMap(renderSection),
  ].join("\n\n")}\n`;
}

function renderSection(section: Section): string[] {
  const { path, table, engine } = section;
  const onHost = (entry: Support) => (engine === "swarm" ? "" : words[entry.support]);
  const rows = Object.entries(table)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, entry]) => [`\`${key}\``, onHost(entry), onSwarm(entry, section), noteOf(entry)]);
  const heading = `## ${path === "" ? "Top level" : `\`${path}\``}`;
  return [heading, renderTable([["Key", "One host", "Swarm", "Note"], ...rows])];
}

function onSwarm(entry: Support, section: Section): string {
  if (!isReached(section, "swarm")) return words.refused;
  return entry.swarm === undefined && section.engine !== "swarm" ? "" : words[supportOn("swarm", entry).support];
}

function noteOf(entry: Support): string {
  const { swarm } = entry;
  const said = [noteIn(entry), swarm === undefined || noteIn(swarm) === "" ? "" : `Swarm: ${noteIn(swarm)}`];
  return said.filter((note) => note !== "").join(". ");
}

function noteIn(entry: ReturnType<typeof supportOn>): string {
  return (entry.support === "supported" ? entry.note : entry.hint) ?? "";
}
