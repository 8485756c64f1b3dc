import fc from "fast-check";
import { generatedProject } from "../../generated/project.js";
import { compareReadings } from "./compare.js";
import { findOracle } from "./oracle.js";
import { Tally } from "./tally.js";

/** `npm run parity [-- COUNT [SEED]]`: reads generated projects as Fairlead and as Docker Compose, and counts what differs. */
const [count = "1000", given] = process.argv.slice(2);
const seed = given === undefined ? Date.now() % 2_147_483_648 : Number(given);
const oracle = await findOracle((line) => {
  console.log(line);
});
const tally = new Tally();
const faults = new Map<string, string>();
for (const project of fc.sample(generatedProject, { seed, numRuns: Number(count) })) {
  const comparison = await compareReadings(project, oracle);
  tally.add(comparison);
  for (const line of comparison.unexplained) {
    const kind = line.replaceAll(/\d+/g, "N").replaceAll(/"[^"]*"|\/\S+generated-\w+/g, "…");
    if (!faults.has(kind))
      faults.set(kind, `${line}\n${project.named.map((file) => `# ${file}\n${project.files[file]}`).join("\n")}`);
  }
}
console.log(`${count} projects, seed ${seed}, Docker Compose ${oracle.name}\n${tally.toString()}`);
for (const fault of faults.values()) console.log(`\nin no table: ${fault}`);
process.exitCode = faults.size === 0 ? 0 : 1;
