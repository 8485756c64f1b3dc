import { spawn } from "node:child_process";
import { once } from "node:events";
import { enterNetns } from "./netns.js";

/** It ends with its standard input. */
const squat = (port: number): string => `
  require("node:net").createServer().listen(${port}, "127.0.0.1", () => console.log("listening"));
  process.stdin.resume().on("end", () => process.exit());
`;

/** Listens on a loopback port, of another network namespace where one is given, until the answer is called. */
export async function occupyPort(port: number, netns: string | undefined): Promise<() => Promise<void>> {
  const child = spawn(...enterNetns(netns, process.execPath, ["-e", squat(port)]), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const listens = once(child.stdout, "data").then(() => true);
  if (!(await Promise.race([listens, ended.then(() => false)]))) throw new Error(`port ${port} cannot be taken`);
  return async () => {
    child.stdin.end();
    await ended;
  };
}
