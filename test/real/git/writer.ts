import { join } from "node:path";
import { parseImage, type Digest } from "../../../src/compose/values/image.js";
import { gitSource } from "../../../src/git/source.js";
import { repositoriesOf } from "../../../src/git/settings/settings.js";
import { untold } from "../../../src/git/untold.js";
import { hostFiles } from "../../../src/hostfiles/files.js";
import { silentLog } from "../../../src/console/log.js";

/*
 * Writes one digest of the service `web` into the repository, and says so:
 * node writer.ts REPOSITORY DATA IMAGE DIGEST
 */
const [, , url = "", data = "", image = "", digest = ""] = process.argv;

const source = gitSource({
  repositories: repositoriesOf({ url, ref: "main", interval: "1h", writeBack: {} }),
  folder: join(data, "git"),
  environment: { PATH: process.env["PATH"] },
  telemetry: untold,
  log: silentLog,
  hostFiles,
});

const end = new AbortController();
await source.load();
source.watch(() => undefined, end.signal);
source.watchRecords?.(({ commit }) => {
  console.log(`written ${commit}`);
}, end.signal);
const proven = { image: parseImage(image), digest: digest as Digest };
source.proved?.({ source: url, project: "shop", service: "web" }, proven);
console.log("told");
setInterval(() => {
  if (source.repositories?.()[0]?.writeBack?.condition.reason === "Recorded") console.log("recorded");
}, 50);
