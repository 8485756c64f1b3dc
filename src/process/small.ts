import { setFlagsFromString } from "node:v8";

/**
 * A controller waits nearly all its life: V8 is to keep its heap small rather than be fast, and to compile to machine code
 * only what runs for long. Its compiler alone takes 6 MB as soon as it has work. To be called before the program is loaded.
 * `v8`: its version, as `process.versions` has it.
 */
export function preferMemory(v8: string): void {
  const limits = Number.parseInt(v8) < 12 ? limitsByWork : limitsByCalls;
  for (const flag of ["--optimize-for-size", ...limits]) setFlagsFromString(flag);
}

/** Until Node 20: bytes of bytecode that a function has run before it counts as busy, 15 times as many as usual. */
const limitsByWork = ["--interrupt-budget=1000000", "--max-bytecode-size-for-early-opt=0"];

/** From Node 22 on: about 15 times as many calls as usual. */
const limitsByCalls = [
  "--invocation-count-for-early-optimization=450",
  "--invocation-count-for-maglev=6000",
  "--invocation-count-for-turbofan=45000",
];
