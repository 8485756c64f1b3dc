import { readingDifferences } from "../config/differences.js";
import { intendedDifferences } from "./intended.js";

/** `docs/compose-parity.md`. */
export function parityPage(): string {
  const rows = intendedDifferences.map(({ where, reason }) => `- ${where}: ${reason}`);
  const readings = readingDifferences.map(({ what, reason }) => `- ${what}: ${reason}`);
  return `${introduction}\n${rows.join("\n")}\n\n${rest}\n${reading}\n${readings.join("\n")}\n`;
}

const introduction = `# The same containers

\`npm run test:real\` creates each project of \`test/corpus\` three times on one engine: with Fairlead, with \`docker-compose\` 1.29 and with \`docker compose\` 2.40. The containers, networks and volumes are then compared, field by field, as \`docker inspect\` shows them. Any difference fails the test, unless it is one of these:
`;

const rest = `Ids, times, paths in the engine's own directories and addresses that the engine chose are another each time, and are not compared. Nothing is started: what an engine adds at the start is the same for all.

Between its creation and the moment it is trusted, a new container of Fairlead is unlike the others on purpose: its name ends in \`.next\`, it has no restart policy, and beside one that serves it has no aliases. The comparison is with the container that has been trusted.
`;

const reading = `## The same reading

\`npm run test:real\` draws projects of services, keys, several files (\`-f\`, \`extends\`, \`include\`, \`!reset\`) and variables, and compares what \`fairlead config --format json\` prints of each with what \`docker compose config --format json\` (2.40) prints; some are created too, and their containers are compared as above. \`npm run parity -- 2000\` draws more, from another seed each time, and counts. Any difference fails, unless it is one of these:
`;
