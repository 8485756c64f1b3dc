import type { Counter } from "prom-client";
import { openFileLimit, openFilesNow } from "../process/open-files.js";
import type { Series } from "./series.js";

/**
 * The process, by the client libraries' usual names. prom-client's own defaults are left out: three of their names fail
 * `promtool check metrics`, and their event-loop sampler wakes an idle process a hundred times a second.
 */
export function describeProcess(series: Series, onScrape: (report: () => void) => void): void {
  const startedAt = Date.now() / 1000 - process.uptime();
  const cpu = series.counter("process_cpu_seconds_total", "User and system CPU time spent.");
  onScrape(() => {
    setTo(cpu, usedCpuSeconds());
  });
  series.read("process_start_time_seconds", "When the process started, in Unix time.", () => startedAt);
  series.read("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  series.read("nodejs_heap_size_used_bytes", "JavaScript heap in use.", () => process.memoryUsage().heapUsed);
  series.read("process_open_fds", "Open file descriptors.", openFilesNow);
  const most = openFileLimit();
  if (most < Infinity) series.read("process_max_fds", "File descriptors that may be open.", () => most);
  series.gauge("nodejs_version_info", "Always 1: the runtime.", "version").set({ version: process.version }, 1);
}

function setTo(counter: Counter, value: number): void {
  counter.reset();
  counter.inc(value);
}

function usedCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
