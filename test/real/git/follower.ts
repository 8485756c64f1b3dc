import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SourceSnapshot } from "../../../src/control/ports/source.js";
import { gitSource } from "../../../src/git/source.js";
import { untold } from "../../../src/git/untold.js";
import { hostFiles } from "../../../src/hostfiles/files.js";
import { repositoriesOf } from "../../../src/git/settings/settings.js";
import { silentLog } from "../../../src/console/log.js";

/*
 * Says which version is in force, as far as every file of it is of that one version, and goes on to fetch what is newer:
 * node follower.ts REPOSITORY DATA
 */
const [, , url = "", data = ""] = process.argv;

async function versionOf({ projects }: SourceSnapshot): Promise<string> {
  const container = projects[0]?.services[0];
  const version = container?.image.tag ?? "none";
  const folder = container?.container.mounts[0]?.source ?? "";
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return names.length === 40 && texts.every((text) => text === version)
    ? `whole ${version}`
    : `torn ${version}: ${texts.join()}`;
}

const source = gitSource({
  repositories: repositoriesOf({ url, ref: "main", interval: "1h" }),
  folder: join(data, "git"),
  environment: { PATH: process.env["PATH"] },
  telemetry: untold,
  log: silentLog,
  hostFiles,
});

let told = Promise.resolve();
const tell = (snapshot: SourceSnapshot) => {
  told = told.then(async () => {
    console.log(await versionOf(snapshot));
  });
};
tell(await source.load());
source.watch(tell, new AbortController().signal);
setInterval(() => undefined, 1_000);
