// Plain JavaScript: Stryker loads it in each of its processes, and none of them reads TypeScript.
import { createHash } from "node:crypto";

/** FAIRLEAD_TEST_MUTANTS: how many of a hundred are tested. FAIRLEAD_TEST_SEED (an integer; default 1): which ones. */
export function sampleOf(env) {
  const percent = env["FAIRLEAD_TEST_MUTANTS"];
  if (percent === undefined) return undefined;
  if (!(Number(percent) > 0 && Number(percent) <= 100))
    throw new Error(`FAIRLEAD_TEST_MUTANTS is "${percent}": it is a percentage, such as 10`);
  return { percent: Number(percent), seed: Number(env["FAIRLEAD_TEST_SEED"] ?? 1) };
}

/** Each mutant by itself: what is edited elsewhere in its file leaves it in the sample, or out of it. */
export function isIn({ percent, seed }, { fileName, mutatorName, replacement, location: { start, end } }) {
  const file = fileName.slice(fileName.lastIndexOf("/src/") + 1);
  const size = end.line - start.line;
  const text = JSON.stringify([seed, file, mutatorName, replacement, start.column, size]);
  return createHash("sha256").update(text).digest().readUInt32BE() < (percent / 100) * 2 ** 32;
}

class Sample {
  #sample = sampleOf(process.env);

  init() {
    return Promise.resolve();
  }

  group(mutants) {
    return Promise.resolve([mutants.map(({ id }) => id)]);
  }

  /** Stryker counts what does not compile neither as killed nor as survived. */
  check(mutants) {
    const left = { status: "compileError", reason: "It is not in the sample." };
    const told = (mutant) => (this.#sample && !isIn(this.#sample, mutant) ? left : { status: "passed" });
    return Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, told(mutant)])));
  }
}

/** Tells of each survivor as soon as it is known: what is cut short has told something. */
class Survivors {
  onMutantTested({ status, fileName, location: { start }, mutatorName, replacement }) {
    if (status !== "Survived" && status !== "NoCoverage") return;
    const file = fileName.slice(fileName.lastIndexOf("/src/") + 1);
    console.log(`${status} ${file}:${start.line}:${start.column} ${mutatorName} ${JSON.stringify(replacement)}`);
  }
}

export const strykerPlugins = [
  { kind: "Checker", name: "sample", injectableClass: Sample },
  { kind: "Reporter", name: "survivors", injectableClass: Survivors },
];
