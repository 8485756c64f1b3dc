import { benchChaos } from "./chaos.js";
import { benchFirst } from "./first.js";
import { benchGit } from "./git/git.js";
import { benchIdle } from "./idle.js";
import { benchIntake } from "./intake.js";
import { benchJournal } from "./journal.js";
import { benchMutations } from "./mutations.js";
import { benchRegistry } from "./registry/registry.js";
import { benchResync } from "./resync/resync.js";
import { benchRollout } from "./rollout.js";
import { benchSteady } from "./steady.js";
import { benchUpdate } from "./update.js";
import { benchVerbs } from "./verbs.js";

interface Options {
  /** `--quick`: one repetition, for those that know how. */
  readonly quick: boolean;
}

const benchmarks: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  rollout: benchRollout,
  steady: benchSteady,
  resync: benchResync,
  registry: benchRegistry,
  intake: benchIntake,
  idle: benchIdle,
  first: benchFirst,
  update: benchUpdate,
  chaos: benchChaos,
  journal: benchJournal,
  mutations: benchMutations,
  git: benchGit,
  verbs: benchVerbs,
};

const given = process.argv.slice(2);
const quick = given.includes("--quick");
const asked = given.filter((argument) => argument !== "--quick");
const names = asked.length > 0 ? asked : Object.keys(benchmarks);
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of names) await benchmarks[name]!({ quick });
}
