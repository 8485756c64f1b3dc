import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { debianMirror, suite } from "./debian.js";
import { sandboxRoot } from "../host/janitor.js";

const run = promisify(execFile);
const folder = `${sandboxRoot}/compose`;
const program = `${folder}/program/usr/libexec/docker/cli-plugins/docker-compose`;

/**
 * Docker Compose 2 (2.40 at the time of writing), a program that also runs without the docker command. The first call
 * downloads about 25 MB; the result is kept. The machine's own sources of packages are left as they are.
 */
export async function modernCompose(say: (line: string) => void = () => undefined): Promise<string> {
  if (existsSync(program)) return program;
  say(`fetching Docker Compose from Debian ${suite} into ${folder} (once, some seconds)`);
  const partial = `${folder}/partial-${process.pid}`;
  await mkdir(`${partial}/lists/partial`, { recursive: true });
  await mkdir(`${partial}/cache/archives/partial`, { recursive: true });
  try {
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    await writeFile(`${partial}/sources.list`, `deb [signed-by=${keyring}] ${await debianMirror()} ${suite} main\n`);
    const settings = {
      "Dir::Etc::sourcelist": `${partial}/sources.list`,
      "Dir::Etc::sourceparts": "-",
      "Dir::State::lists": `${partial}/lists`,
      "Dir::Cache": `${partial}/cache`,
      "Acquire::Languages": "none",
      "Acquire::Check-Valid-Until": "false",
      "APT::Sandbox::User": "root",
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    await run("apt-get", ["-q", ...options, "update"], { maxBuffer: 64 << 20 });
    await run("apt-get", ["-q", ...options, "download", "docker-compose"], { cwd: partial, maxBuffer: 64 << 20 });
    const archive = (await readdir(partial)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error("apt-get download left no package");
    await run("dpkg", ["-x", `${partial}/${archive}`, `${partial}/program`]);
    await rename(`${partial}/program`, `${folder}/program`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return program;
}
