#!/usr/bin/env node
import { leastOpenFiles, openFileLimit, openFilesRemedy } from "./process/open-files.js";

const limit = openFileLimit();
if (limit < leastOpenFiles) {
  // Before anything else is loaded: that would fail, or what comes after it.
  process.stderr.write(
    `fairlead: this process may have ${limit} files open, and needs ${leastOpenFiles}\n  ${openFilesRemedy}\n`,
  );
  process.exitCode = 1;
} else {
  const { commandLine } = await import("./command-line.js");
  await commandLine(process.argv, process.env);
}
