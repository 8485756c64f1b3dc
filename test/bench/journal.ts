import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Disk } from "../../src/control/journal/disk/disk.js";
import type { Entry } from "../../src/control/journal/entry.js";
import { Journal } from "../../src/control/journal/journal.js";
import { nodeDisk } from "../../src/control/journal/disk/node-disk.js";
import { silentLog } from "../../src/console/log.js";
import { median } from "./statistics.js";
import { printTable, type Cell } from "./table.js";

const mebibyte = 1024 * 1024;
/** So much each service has in force: a held digest with the last lines of what failed. */
const linesOfFailure = 40;
const lineLength = 500;
const atOnce = 100;

/** How much is in force, in services. */
const sizes = [1, 40, 400, 1_000, 2_000];

/** What the journal writes for what is decided, whatever its size: on the machine's own disk. */
export async function benchJournal({ quick }: { readonly quick: boolean }): Promise<void> {
  const rows: Cell[][] = [];
  for (const services of quick ? sizes.slice(0, 3) : sizes) rows.push(await measure(services));
  printTable(
    "journal: bytes written for each byte decided (aim: at most 3)",
    [
      "services",
      "in force MiB",
      "decided MiB",
      "written MiB",
      "written / decided",
      "on disk MiB",
      "pause ms",
      "start ms",
    ],
    rows,
  );
}

async function measure(services: number): Promise<Cell[]> {
  const data = await mkdtemp(`${tmpdir()}/fairlead-bench-`);
  try {
    const counted = counting();
    const journal = await Journal.open(data, silentLog, { disk: counted.disk });
    for (let index = 0; index < services; index += 1) await journal.append(hold(index, index));
    const inForce = services * Buffer.byteLength(JSON.stringify(hold(0, 0)));
    const before = counted.written();
    let decided = 0;
    // Until what is in force has been written anew three times.
    const enough = 3 * Math.max(mebibyte, 2 * inForce) + inForce;
    for (let at = services; decided < enough; at += atOnce) {
      const entries = Array.from({ length: atOnce }, (_, one) => entryOf(at + one, services));
      decided += entries.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)) + 1, 0);
      await Promise.all(entries.map((entry) => journal.append(entry)));
    }
    const written = counted.written() - before;
    const pauses = await times(() => journal.append({ type: "pause", at: Date.now(), key: "bench/s0" }));
    await journal.close();
    const [start] = await times(async () => (await Journal.open(data, silentLog)).close(), 1);
    return [
      services,
      inForce / mebibyte,
      decided / mebibyte,
      written / mebibyte,
      written / decided,
      (await sizeOf(`${data}/journal`)) / mebibyte,
      median(pauses),
      start ?? NaN,
    ];
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** What a run decides: mostly steps, now and then a digest that is held. */
function entryOf(at: number, services: number): Entry {
  if (at % 10 === 0) return hold(at % services, at);
  const text = `create bench-web-1.next from sha256:${"0".repeat(12)} on bench_default as web (${at})`;
  return { type: "step", at, key: `bench/s${at % services}`, run: "0f0f0f0f", text };
}

function hold(service: number, at: number): Entry {
  return {
    ...{ type: "hold", at, key: `bench/s${service}`, specHash: "H", reason: "Unhealthy", message: "sick" },
    digest: `sha256:${service.toString(16).padStart(64, "0")}`,
    container: `bench-s${service}-1`,
    logs: Array.from({ length: linesOfFailure }, () => "x".repeat(lineLength)),
  };
}

function counting(): { readonly disk: Disk; readonly written: () => number } {
  const count = { bytes: 0 };
  const open: Disk["open"] = async (path) => {
    const file = await nodeDisk.open(path);
    return {
      ...file,
      write: (text) => {
        count.bytes += Buffer.byteLength(text);
        return file.write(text);
      },
    };
  };
  return { disk: { ...nodeDisk, open }, written: () => count.bytes };
}

async function times(work: () => Promise<unknown>, repetitions = 20): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < repetitions; index += 1) {
    const begun = performance.now();
    await work();
    taken.push(performance.now() - begun);
  }
  return taken;
}

async function sizeOf(folder: string): Promise<number> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(`${folder}/${name}`)));
  return files.reduce((sum, file) => sum + file.length, 0);
}
