import { execFile, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseImage } from "../../../src/compose/values/image.js";
import { connectRegistry } from "../../../src/registry/connect.js";
import { median } from "../statistics.js";
import { printTable, type Cell } from "../table.js";
import type { Asked } from "./stub-process.js";

const images = Number(process.env["BENCH_IMAGES"] ?? 1_000);
const rounds = 5;
const repository = (at: number) => `fairlead-bench/asked${at}`;

interface Measured extends Asked {
  readonly ms: number;
  /** On a processor, by whoever asks. */
  readonly cpuMs: number;
}

/** What asking one registry for the tags of many images costs, beside curl's HEADs of the same over as many connections, in turns. */
export async function benchRegistry({ quick }: { readonly quick: boolean }): Promise<void> {
  const stub = fork(fileURLToPath(new URL("stub-process.ts", import.meta.url)), { execArgv: ["--import", "tsx"] });
  const [url] = (await once(stub, "message")) as [string];
  const directory = await mkdtemp(`${tmpdir()}/fairlead-bench-`);
  const registry = connectRegistry({
    settings: { "docker.io": { mirror: url } },
    dockerConfig: directory,
    helperEnvironment: {},
    telemetry: { requested: () => undefined },
  });
  const lines = Array.from({ length: images }, (_, at) => [
    `url = "${url}/v2/${repository(at)}/manifests/latest"`,
    'output = "/dev/null"',
  ]);
  await writeFile(`${directory}/curl`, ["head", "silent", ...lines.flat()].join("\n"));
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    fairlead: () =>
      Promise.all(Array.from({ length: images }, (_, at) => registry.resolve(parseImage(repository(at))))),
    "curl --parallel": () =>
      promisify(execFile)("curl", ["--parallel", "--parallel-max", "3", "--config", `${directory}/curl`]),
  };
  const measured = new Map<string, Measured[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < (quick ? 1 : rounds); round += 1)
    for (const [name, way] of Object.entries(ways)) measured.get(name)?.push(await measure(stub, way));
  await registry.close();
  stub.disconnect();
  await rm(directory, { recursive: true });
  const of = (name: string, field: keyof Measured) => median((measured.get(name) ?? []).map((one) => one[field]));
  printTable(
    `registry: the tags of ${images} images of one registry, medians of ${quick ? 1 : rounds} rounds in turns`,
    ["", "requests", "connections", "ms", "of curl's", "processor ms", "of curl's"],
    Object.keys(ways).map((name): Cell[] => [
      name,
      of(name, "requests"),
      Math.max(...(measured.get(name) ?? []).map(({ connections }) => connections)),
      of(name, "ms"),
      of(name, "ms") / of("curl --parallel", "ms"),
      of(name, "cpuMs"),
      of(name, "cpuMs") / of("curl --parallel", "cpuMs"),
    ]),
  );
}

async function measure(stub: ChildProcess, ask: () => Promise<unknown>): Promise<Measured> {
  await asked(stub);
  const [began, cpu] = [performance.now(), cpuMs()];
  await ask();
  const [ms, spent] = [performance.now() - began, cpuMs() - cpu];
  return { ms, cpuMs: spent, ...(await asked(stub)) };
}

async function asked(stub: ChildProcess): Promise<Asked> {
  stub.send("asked");
  const [answer] = (await once(stub, "message")) as [Asked];
  return answer;
}

/** Of this process and of its children that have ended. */
function cpuMs(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * 10;
}
