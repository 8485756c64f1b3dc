import { fileURLToPath } from "node:url";
import { faults } from "./faults.js";
import { scenarios } from "./scenario.js";

export const faultsPage = fileURLToPath(new URL("../../docs/faults.md", import.meta.url));

/** The page about the fault matrix: what is broken, in which rollouts, and what has to hold. */
export function renderFaultsPage(): string {
  return `# Faults

What Fairlead is tested against, while it rolls out an image on a real engine. \`npm run chaos -- --page\` writes this page
from the test's own tables.

In each test, one fault strikes at one changing engine call of a rollout, either before the engine hears of the call or
after it has carried it out. \`npm run chaos\` tries every fault at every call of every rollout, and prints how many held.
\`npm run chaos -- --calls 1\` picks one call of each, by chance (\`--seed\` repeats a run). The tests
(\`npm test\`) do a small part of it every time.

## The faults

| fault | what happens |
| --- | --- |
${faults.map(({ name, text }) => `| \`${name}\` | ${text} |`).join("\n")}

## The rollouts

| rollout | what | ends |
| --- | --- | --- |
${scenarios.map(({ name, text, ends }) => `| \`${name}\` | ${text} | ${ends === "promoted" ? "the new image serves" : "the old image serves, the new digest is held"} |`).join("\n")}

## What has to hold in the end

- It converges without help: the image that should serve does, under its own name and restart policy, and is reported
  \`Ready\`.
- No good digest is held, at any time; but a job that the engine cuts short is not run again by itself: the test then says
  \`retry\`.
- Nothing of the rollout is left over: no candidate, nothing that runs beside what serves.
- What a container wrote into a volume is there in the container that serves.
- A container of somebody else with the project's own Compose labels is the same as before.
`;
}
