import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

const rooms = ["compose", "plan", "control"];

/** Tests of one part before those of the whole, which take longer: the first that fails is the last that runs. */
class PartsFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const [, room = "", path = ""] = /\/test\/unit\/([^/]+)\/(.+)$/.exec(moduleId) ?? [];
      return rooms.indexOf(room) * 10 - path.split("/").length;
    };
    return Promise.resolve(files.toSorted((one, other) => placeOf(one) - placeOf(other)));
  }
}

/** The tests of the mutated code only: they need no engine, and each mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: rooms.map((room) => `test/unit/${room}/**/*.test.ts`),
    // Walks through every call at which a controller may die take minutes for one mutant.
    exclude: ["test/unit/control/{self-update,turns}.test.ts"],
    setupFiles: ["test/mutation/setup.ts"],
    testTimeout: 60_000,
    isolate: false,
    sequence: { sequencer: PartsFirst },
  },
});
