#!/usr/bin/env node
import { readFileSync } from "fs";
import { oldNode } from "./process/node-version.js";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly engines: { readonly node: string };
};
const refusal = oldNode(process.version, manifest.engines.node);
// Whatever ends before a verb has said how it ended has failed.
process.exitCode = 1;
if (refusal === undefined) {
  // Only now: an old Node cannot even read the rest.
  void import("./begin.js").then(({ begin }) => begin(process.argv, process.env));
} else {
  process.stderr.write(`fairlead: ${refusal}\n`);
}
