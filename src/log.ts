import type { DestinationStream } from "pino";
import { printableValue, visible } from "./printable.js";
import type { Log } from "./control/ports.js";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines on standard output, or lines for people where it is a terminal. */
export async function createLog(level: LogLevel, terminal: boolean): Promise<Log> {
  const { pino } = await import("pino");
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log: Log = pino(
    options,
    terminal ? await prettyLines() : visibleLines(pino.destination({ fd: 1, sync: true })),
  );
  return log;
}

/** What only people need is not even loaded for machines. */
async function prettyLines(): Promise<DestinationStream> {
  const { default: pretty } = await import("pino-pretty");
  const lines = pretty({ colorize: true, sync: true, translateTime: "SYS:HH:MM:ss", ignore: "reconcile,project" });
  return { write: (line) => lines.write(`${JSON.stringify(printableValue(JSON.parse(line)))}\n`) };
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
