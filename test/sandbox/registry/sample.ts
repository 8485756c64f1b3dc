import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { busybox } from "../host/packages.js";
import { packTar } from "../host/tar.js";

/**
 * What the sample program does once it runs. `never-healthy` serves, but `/healthz` answers 404; `diesAfterMs` serves
 * and then exits 1; `slowStartMs` waits before it listens; `exit-at-once` exits 1 with a last line on stderr.
 */
export type Behaviour =
  "good" | "exit-at-once" | "never-healthy" | { readonly diesAfterMs: number } | { readonly slowStartMs: number };

export interface SampleOptions {
  /** What `GET /` answers, followed by a line feed. Default `v1`. */
  readonly version?: string;
  /** The port it listens on inside the container, default 8080. */
  readonly serve?: number | "none";
  readonly behaviour?: Behaviour;
  /** Whether it ends at once on TERM (default), or ignores TERM as a process 1 without a handler does. */
  readonly trapTerm?: boolean;
  /**
   * A file that it reads at its start and on HUP: what it holds is served as `/read`, and nothing at all where there is no
   * such file. One with `bad` in it ends the program, one with `sick` makes `/healthz` answer 404.
   */
  readonly reads?: string;
  /** Adds so many incompressible bytes. */
  readonly size?: number;
}

/** The part that all samples share: busybox, which is their shell and their web server. */
export async function programLayer(): Promise<Buffer> {
  const links = ["sh", "httpd", "sleep", "wget", "cat", "env", "nc"];
  return packTar([
    { path: "bin/busybox", content: await readFile(busybox), executable: true },
    ...links.map((name) => ({ path: `bin/${name}`, linkTo: "busybox" })),
    { path: "etc/passwd", content: "root:x:0:0:root:/:/bin/sh\n" },
    { path: "etc/group", content: "root:x:0:\n" },
  ]);
}

/** The part that differs, always: a nonce makes it new even for equal options. */
export function contentLayer(options: SampleOptions): Buffer {
  const { version = "v1", behaviour = "good", size = 0 } = options;
  return packTar([
    { path: "entry", content: entryScript(options), executable: true },
    { path: "nonce", content: randomBytes(16).toString("hex") },
    { path: "site/index.html", content: `${version}\n` },
    ...(behaviour === "never-healthy" ? [] : [{ path: "site/healthz", content: "ok\n" }]),
    ...(size > 0 ? [{ path: "ballast", content: randomBytes(size) }] : []),
  ]);
}

function readingLines(version: string, file: string): readonly string[] {
  return [
    "read_file() {",
    `  text=$(cat ${file} 2>/dev/null || echo nothing)`,
    `  case "$text" in *bad*) echo "sample ${version}: fatal: cannot read $text" >&2; exit 3;; esac`,
    '  case "$text" in *sick*) busybox rm -f /site/healthz;; *) echo ok > /site/healthz;; esac',
    '  echo "$text" > /site/read',
    `  echo "sample ${version}: has read $text"`,
    "}",
    "trap read_file HUP",
    "read_file",
  ];
}

/** With the arguments `run COMMAND …` it is that command. `sleep … & wait`: the shell runs a trap only between commands, and `wait` is the one it can interrupt. */
function entryScript({ version = "v1", serve = 8080, behaviour = "good", ...options }: SampleOptions): string {
  const { trapTerm = true, reads } = options;
  const pause = (ms: number): string => `sleep ${ms / 1000} & wait $!`;
  const lines = ["#!/bin/sh", 'if [ "$1" = run ]; then shift; exec "$@"; fi'];
  if (trapTerm) lines.push(`trap 'echo "sample ${version}: TERM, bye"; exit 0' TERM INT`);
  lines.push(`echo "sample ${version}: starting"`);
  if (reads !== undefined) lines.push(...readingLines(version, reads));
  if (behaviour === "exit-at-once") lines.push(`echo "sample ${version}: fatal: no configuration" >&2`, "exit 1");
  if (typeof behaviour === "object" && "slowStartMs" in behaviour) lines.push(pause(behaviour.slowStartMs));
  if (serve !== "none")
    lines.push(`httpd -f -p ${serve} -h /site &`, `echo "sample ${version}: listening on ${serve}"`);
  if (typeof behaviour === "object" && "diesAfterMs" in behaviour) {
    lines.push(pause(behaviour.diesAfterMs), `echo "sample ${version}: fatal: out of luck" >&2`, "exit 1");
  }
  // A trap ends a `wait`.
  const served = reads === undefined ? "wait $!" : 'server=$!; while [ -e "/proc/$server" ]; do wait "$server"; done';
  lines.push(serve === "none" ? `while :; do ${pause(3_600_000)}; done` : served, "exit 1");
  return `${lines.join("\n")}\n`;
}
