import { readFileSync } from "node:fs";
import type { SampleImage } from "./image.js";
import { loadServer } from "./server.js";

/** What the image runs: a service as it should be, that answers what it has begun and then goes when it is told to. */
const { version, behaviour } = JSON.parse(readFileSync("/app/sample.json", "utf8")) as SampleImage;
if (behaviour === "exit") {
  console.error(`${version}: fatal: no configuration`);
  process.exit(1);
}
const server = loadServer({ version, behaviour }).listen(8080);
process.on("SIGTERM", () => {
  server.close(() => {
    process.exit(0);
  });
});
