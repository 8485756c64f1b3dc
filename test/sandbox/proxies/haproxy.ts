import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { publishLayers, type PublishedImage } from "../registry/image.js";
import { busybox, ensurePackages, gatePackages } from "../host/packages.js";
import { packTar, type TarEntry } from "../host/tar.js";

const program = "/usr/sbin/haproxy";
/** Always the same: tests that run at the same time share the tag, and each may ask for the digest that it was told. */
const created = "2026-01-01T00:00:00Z";
/** What a gate's commands need beside HAProxy, and what tests look around with. */
const tools = ["sh", "nc", "cat", "printf", "sleep", "ls", "wget", "netstat"];

/**
 * Debian's HAProxy under the official image's name, laid out as that one is: the program on the path, its files in
 * /usr/local/etc/haproxy, BusyBox beside it, and a user of its own.
 */
export async function publishHaproxy(registryUrl: string, tag = "3.2-alpine"): Promise<PublishedImage> {
  await ensurePackages(gatePackages);
  const entries: TarEntry[] = [
    { path: "usr/local/sbin/haproxy", content: await readFile(program), executable: true },
    { path: "bin/busybox", content: await readFile(busybox), executable: true },
    ...tools.map((name) => ({ path: `bin/${name}`, linkTo: "busybox" })),
    { path: "etc/passwd", content: "root:x:0:0:root:/:/bin/sh\nhaproxy:x:99:99::/:/bin/sh\n" },
    { path: "etc/group", content: "root:x:0:\nhaproxy:x:99:\n" },
    { path: "usr/local/etc/haproxy/errors/README", content: "" },
  ];
  for (const path of await librariesOf(program)) {
    entries.push({ path: path.replace(/^\//, ""), content: await readFile(path), executable: true });
  }
  const config = {
    Entrypoint: ["docker-entrypoint.sh"],
    Cmd: ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    User: "haproxy",
    StopSignal: "SIGUSR1",
  };
  return publishLayers(registryUrl, "library/haproxy", tag, { tars: [packTar(entries)], config, created });
}

/** As `ldd` names them, each at the place where the loader looks for it. */
async function librariesOf(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ldd", [file]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}
