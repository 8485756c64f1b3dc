import { readingDifferences } from "../config/differences.js";
import { intendedDifferences } from "./intended.js";

/** `docs/compose-parity.md`. */
export function parityPage(): string {
  const rows = intendedDifferences.map(({ where, reason }) => `- ${where}: ${reason}`);
  const readings = readingDifferences.map(({ what, reason }) => `- ${what}: ${reason}`);
  return `${introduction}\n${rows.join("\n")}\n\n${rest}\n${reading}\n${readings.join("\n")}\n`;
}

const introduction = `# The same containers

\`npm run test:real\` creates each project of \`test/corpus\` three times on one engine: with Fairlead, with \`docker-compose\` 1.29 (1.29.2) and with \`docker compose\` 2.40 (2.40.3, the newest that distributions have). The containers, networks and volumes are then compared, field by field, as \`docker inspect\` shows them. Any difference fails the test, unless it is one of these:
`;

const rest = `Ids, times, paths in the engine's own directories and addresses that the engine chose are another each time, and are not compared. Nothing is started: what an engine adds at the start is the same for all.

Between its creation and the moment it is trusted, a new container of Fairlead is unlike the others on purpose: its name ends in \`.next\`, it has no restart policy, and beside one that serves it has no aliases. The comparison is with the container that has been trusted.

## Compose 5

No distribution has a package of Docker Compose 5 (November 2026), so that it is no part of the test. Its source, up to 5.5.0 of August 2026, was read against that of 2.40.3. In what it creates it differs by this:

- \`ports\` and \`expose\`: it writes protocols small and ranges out, as Fairlead does. \`protocol: UDP\` is no difference any more.
- \`Config.MacAddress\`: it asks for a \`mac_address\` in the network's settings only, on all engines.
- label \`com.docker.compose.image\`: it has the digest of the image's content (of the one platform, where the service names one) in place of the engine's image id. Fairlead has \`repository@sha256:…\` there, and the digest in \`fairlead.digest\`.
- label \`com.docker.compose.image-volume-digest\`, for volumes of type \`image\`, which Fairlead does not have.
- \`pre_start\` (5.3): Fairlead runs these hooks too, [with some differences](jobs.md#pre_start).
`;

const reading = `## The same reading

\`npm run test:real\` draws projects of services, keys, several files (\`-f\`, \`extends\`, \`include\`, \`!reset\`) and variables, and compares what \`fairlead config --format json\` prints of each with what \`docker compose config --format json\` (2.40) prints; some are created too, and their containers are compared as above. \`npm run parity -- 2000\` draws more, from another seed each time, and counts. Any difference fails, unless it is one of these:
`;
