import { readdir, readFile } from "node:fs/promises";

export interface Memory {
  /** In MB of 1024 * 1024 bytes. */
  readonly rss: number;
  /** The part that is no file: what would really be free without the process. */
  readonly anonymous: number;
  readonly peak: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { rss: field("VmRSS"), anonymous: field("RssAnon"), peak: field("VmHWM") };
}

/** Milliseconds on a processor, of all threads that are alive: finer than the ticks of /proc/PID/stat. */
export async function cpuOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(() => "0");
    return Number(text.split(" ")[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((total, one) => total + one, 0);
}
