import type { Environment } from "./process/environment.js";
import { preferMemory } from "./process/small.js";
import { leastOpenFiles, openFileLimit, openFilesRemedy } from "./process/open-files.js";

/** Looks whether enough files may be open, and then loads and runs what the command line names. Sets the exit code. */
export async function begin(argv: readonly string[], environment: Environment): Promise<void> {
  const limit = openFileLimit();
  if (limit < leastOpenFiles) {
    // Before anything else is loaded: that would fail, or what comes after it.
    process.stderr.write(
      `fairlead: this process may have ${limit} files open, and needs ${leastOpenFiles}\n  ${openFilesRemedy}\n`,
    );
    process.exitCode = 1;
    return;
  }
  // Whatever else is asked for is over before its heap is large.
  if (argv[2] === "run") preferMemory(process.versions.v8);
  const { commandLine } = await import("./command-line.js");
  await commandLine(argv, environment);
}
