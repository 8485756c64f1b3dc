import { benchIdle } from "./idle.js";
import { benchIntake } from "./intake.js";
import { benchRollout } from "./rollout.js";
import { benchSteady } from "./steady.js";

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  rollout: benchRollout,
  steady: benchSteady,
  intake: benchIntake,
  idle: benchIdle,
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benchmarks);
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of names) await benchmarks[name]!();
}
