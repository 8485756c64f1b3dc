/*
 * How this process speaks lives here: log lines, what verbs print, questions and redrawn lines on a terminal. What there is to
 * say does not, and nothing is decided here.
 */

import type { DestinationStream } from "pino";
import pc from "picocolors";
import type { LogLevel } from "../config/config.js";
import type { Log } from "../control/ports/log.js";
import { lineFor } from "./log-line.js";
import { printableValue, visible } from "../tools/printable.js";

/** JSON lines on standard output, or lines for people where it is a terminal. */
export async function createLog(level: LogLevel, terminal: boolean): Promise<Log> {
  const { default: pino } = await import("pino");
  return terminal ? logForPeople(level) : logForPrograms(level, pino.destination({ fd: 1, sync: true }));
}

/** One JSON object a line. */
export async function logForPrograms(level: LogLevel, lines: DestinationStream): Promise<Log> {
  return logTo(level, visibleLines(lines));
}

/** One line an event. What only people need is not even loaded for machines. Default: standard output. */
export async function logForPeople(level: LogLevel, destination?: NodeJS.WritableStream): Promise<Log> {
  const { default: pretty } = await import("pino-pretty");
  const given = destination === undefined ? {} : { destination };
  const colours = pc.createColors(pc.isColorSupported);
  const lines = pretty({
    colorize: false,
    sync: true,
    ignore: "time,level",
    hideObject: true,
    messageFormat: (record) => lineFor(record, colours),
    ...given,
  });
  return logTo(level, {
    write: (line) => lines.write(`${JSON.stringify(printableValue(JSON.parse(line)))}\n`),
  });
}

async function logTo(level: LogLevel, lines: DestinationStream): Promise<Log> {
  const { default: pino } = await import("pino");
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log: Log = pino(options, lines);
  return log;
}

/** JSON escapes what would end a line of ASCII; readers and terminals know more such characters. */
export function visibleLines(lines: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      lines.write(visible(line));
    },
  };
}

/** For verbs that print their own result. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
