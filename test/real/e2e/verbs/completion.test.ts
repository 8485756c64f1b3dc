import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ensurePackages } from "../../../sandbox/host/packages.js";
import { patienceMs } from "../../../sandbox/host/patience.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

/** A folder with `fairlead` in it, and a controller that knows two services; `silent`: it takes the question, and no more. */
async function stage({ silent = false } = {}) {
  const folder = await mkdtemp(`${tmpdir()}/fairlead-completion-`);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(`${folder}/fairlead`, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  await chmod(`${folder}/fairlead`, 0o755);
  const services = ["web", "worker"].map((service) => ({ project: "shop", service, conditions: [] }));
  const server = createServer((_request, response) => {
    if (!silent) response.end(JSON.stringify({ services }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH: `${folder}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    FAIRLEAD_ADMIN_LISTEN: `127.0.0.1:${port}`,
  };
  return { folder, env };
}

type Shell = "bash" | "zsh" | "fish";

/** What each shell itself makes of the words before the cursor. */
const asked: Readonly<Record<Shell, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => [
    "--norc",
    "-c",
    'source <(fairlead completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fairlead; printf "%s\\n" "${COMPREPLY[@]}"',
    "bash",
    ...words,
  ],
  zsh: (words) => [
    "-f",
    "-c",
    'autoload -Uz compinit; compinit -u -D; source <(fairlead completion zsh); compadd() { print -l -- "${found[@]}" }; _files() { true }; words=("$@"); CURRENT=$#; _fairlead',
    "zsh",
    ...words,
  ],
  fish: (words) => [
    "--no-config",
    "-c",
    `fairlead completion fish | source; complete -C ${JSON.stringify(words.join(" "))}`,
  ],
};

async function complete(shell: Shell, words: readonly string[], options = {}): Promise<readonly string[]> {
  const { env, folder } = await stage(options);
  return new Promise((resolve, reject) => {
    execFile(shell, asked[shell](words), { env, cwd: folder }, (_error, stdout, stderr) => {
      if (stderr !== "") reject(new Error(stderr));
      else resolve(stdout.split("\n").filter((line) => line !== ""));
    });
  });
}

describe.each(["bash", "zsh", "fish"] as const)("completion in %s", (shell) => {
  beforeAll(() => ensurePackages(["zsh", "fish"], console.log));

  test("offers verbs, and none that is only for shells", async () => {
    expect([...(await complete(shell, ["fairlead", "st"]))].sort()).toEqual(["start", "status", "stop"]);
    expect(await complete(shell, ["fairlead", "__"])).toEqual([]);
  });

  test("offers the flags of a verb, and the words that one takes", async () => {
    expect([...(await complete(shell, ["fairlead", "images", "--j"]))]).toEqual(["--json"]);
    expect(await complete(shell, ["fairlead", "config", "--format", "y"])).toEqual(["yaml"]);
    expect(await complete(shell, ["fairlead", "completion", "f"])).toEqual(["fish"]);
  });

  test("offers services and projects by name, once each", async () => {
    // A controller that answers late offers nothing, and on a busy machine any does: a person presses the key again.
    const offers = async (words: readonly string[], wanted: readonly string[]) => {
      const offered = () => complete(shell, ["fairlead", ...words]);
      const some = async () => [...(await offered())].sort().join("\n") || undefined;
      expect(await vi.waitUntil(some, { timeout: patienceMs })).toBe(wanted.join("\n"));
    };
    await offers(["logs", "w"], ["web", "worker"]);
    await offers(["logs", "web", "w"], ["worker"]);
    await offers(["wait", "shop/"], ["shop/web", "shop/worker"]);
    await offers(["sync", "s"], ["shop"]);
  });

  test("offers nothing, and says nothing, where no controller answers in time", async () => {
    expect(await complete(shell, ["fairlead", "wait", "w"], { silent: true })).toEqual([]);
  });
});
