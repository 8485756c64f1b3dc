import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { composeFile, featureFiles, featureText, withRules } from "./files.js";

writeFileSync(composeFile, withRules(readFileSync(composeFile, "utf8")));
for (const [feature, { file }] of Object.entries(featureFiles)) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, featureText(feature as keyof typeof featureFiles));
}
