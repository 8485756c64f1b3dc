import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Entry } from "../../../../src/control/journal/entry.js";
import { Journal } from "../../../../src/control/journal/journal.js";
import type { JournalOptions } from "../../../../src/control/journal/journal.js";
import type { Log } from "../../../../src/control/ports/log.js";

/** A directory of the test's own. */
export async function ownDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "fairlead-journal-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** One that is closed when the test ends. */
export async function openJournal(data: string, log: Log, options: JournalOptions = {}): Promise<Journal> {
  const journal = await Journal.open(data, log, options);
  onTestFinished(async () => {
    await journal.close();
  });
  return journal;
}

export interface Said {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log that is kept. */
export function keptLog(): Log & { readonly said: readonly Said[] } {
  const said: Said[] = [];
  const at = (level: Said["level"]) => (fields: object, message: string) => {
    said.push({ level, fields: fields as Said["fields"], message });
  };
  const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), said, child: () => log };
  return log;
}

export const digest = `sha256:${"b".repeat(64)}` as const;

export function hold(digit = "b", at = 5): Extract<Entry, { type: "hold" }> {
  return {
    type: "hold",
    at,
    key: "shop/web",
    specHash: "H",
    digest: `sha256:${digit.repeat(64)}`,
    reason: "Unhealthy",
    message: "sick",
    container: "x",
    logs: ["oops"],
  };
}

export async function segmentsOf(data: string): Promise<readonly string[]> {
  const names = await readdir(join(data, "journal")).catch(() => []);
  return names.sort().map((name) => join(data, "journal", name));
}

export async function textOf(data: string): Promise<string> {
  return (await Promise.all((await segmentsOf(data)).map((file) => readFile(file, "utf8")))).join("");
}

export async function putAsideIn(data: string): Promise<readonly string[]> {
  const names = await readdir(join(data, "journal-unreadable")).catch(() => []);
  return names.map((name) => join(data, "journal-unreadable", name));
}

/** The lines. */
export async function putAside(data: string): Promise<string> {
  const files = await putAsideIn(data);
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("");
}
