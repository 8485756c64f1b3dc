import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { seeded } from "../load/random.js";
import { printCounts } from "./counts.js";
import { faults } from "./faults.js";
import { runMatrix } from "./matrix.js";
import { faultsPage, renderFaultsPage } from "./page.js";
import { scenarios } from "./scenario.js";

interface Flags {
  readonly calls?: string;
  readonly seed?: string;
  readonly fault?: readonly string[];
  readonly scenario?: readonly string[];
  readonly page?: true;
}

const aMinuteMs = 60_000;

/** Every fault at every changing engine call of every kind of rollout, against the built program on a real engine. */
const flags = new Command("chaos")
  .description("breaks what can break around Fairlead, at each engine call of a rollout, and looks how it ends")
  .option("--calls <number>", "only so many calls of each scenario and fault, picked by chance")
  .option("--seed <number>", "picks the same ones again")
  .option("--fault <name...>", `only these: ${faults.map(({ name }) => name).join(", ")}`)
  .option("--scenario <name...>", `only these: ${scenarios.map(({ name }) => name).join(", ")}`)
  .option("--page", "writes docs/faults.md, without running anything")
  .parse()
  .opts<Flags>();

if (flags.page === true) {
  writeFileSync(faultsPage, renderFaultsPage());
} else {
  const seed = Number(flags.seed ?? randomInt(2 ** 31));
  console.log(`seed ${seed}`);
  const outcomes = await runMatrix({
    ...(flags.calls === undefined ? {} : { callsEach: Number(flags.calls) }),
    lastsMs: aMinuteMs,
    random: seeded(seed),
    scenarios: scenarios.filter(({ name }) => flags.scenario?.includes(name) ?? true),
    faults: faults.filter(({ name }) => flags.fault?.includes(name) ?? true),
    say: console.log,
  });
  printCounts(outcomes);
  process.exitCode = outcomes.every(({ problems }) => problems.length === 0) ? 0 : 1;
}
