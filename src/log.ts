import { pino } from "pino";
import pretty from "pino-pretty";
import type { Log } from "./control/ports.js";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines on standard output, or lines for people where it is a terminal. */
export function createLog(level: LogLevel, terminal: boolean): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!terminal) return pino(options, pino.destination({ fd: 1, sync: true }));
  return pino(
    options,
    pretty({ colorize: true, sync: true, translateTime: "SYS:HH:MM:ss", ignore: "reconcile,project" }),
  );
}

/** For verbs that print their own result. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
