import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretCommands } from "../../../src/secrets/commands.js";
import { runProgram, type Ran } from "../../../src/secrets/run.js";

describe("a program that tells secrets", () => {
  let folder = "";
  let program = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-told-"));
    program = join(folder, "tell");
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const tell = async (script: string, argument = "x", timeoutMs = 60_000) => {
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
    const ran = await runProgram({ command: [program, "read"], timeoutMs, environment: { GIVEN: "1" } }, argument);
    return "fault" in ran ? ran.fault : ran.output.toString("utf8");
  };

  it("is given its words and its argument as they are, no shell, and no variable but its own", async () => {
    process.env["NOT_GIVEN"] = "2";
    const told = await tell('printf "%s|" "$@"; printf "%s" "$GIVEN$NOT_GIVEN$PWD"', "$(touch x); a b");
    delete process.env["NOT_GIVEN"];
    expect(told).toBe("read|$(touch x); a b|1/");
  });

  it("that fails is told of without its words", async () => {
    expect(await tell("echo hidden; echo hidden >&2; exit 3")).toBe("it ended with exit code 3");
    expect(await tell("kill -9 $$")).toBe("it was ended by SIGKILL");
    expect(await tell("head -c 2000000 /dev/zero")).toBe("it answered more than 1 MiB");
    const ran = await runProgram({ command: ["/nowhere/op"], timeoutMs: 60_000, environment: {} }, "x");
    expect(ran).toEqual({ fault: "there is no such program, or not the one that its first line names" });
  });

  it("that does not end is ended, with all that it has started", async () => {
    const pid = join(folder, "pid");
    expect(await tell(`sleep 1000 & echo $! > ${pid}; wait`, "x", 500)).toMatch(/no answer within 0.5 s|ended by/);
    const started = Number(await readFile(pid, "utf8").catch(() => "0"));
    const isGone = () => {
      try {
        process.kill(started, 0);
        return false;
      } catch {
        return true;
      }
    };
    if (started > 0) await expect.poll(isGone, { timeout: 60_000 }).toBe(true);
  });
});

describe("what a program has told", () => {
  let now = 0;
  let answer: Ran = { output: Buffer.from("one\n") };
  let asked = 0;
  const open = (refreshMs?: number) => {
    [now, asked, answer] = [0, 0, { output: Buffer.from("one\n") }];
    const command = { command: ["/bin/x"], timeoutMs: 1, environment: {}, refreshMs };
    return new SecretCommands(
      new Map([["vault", command]]),
      () => now,
      () => {
        asked += 1;
        return Promise.resolve(answer);
      },
    );
  };
  const text = async (commands: SecretCommands, argument = "a") => {
    const told = await commands.read("vault", argument);
    return "fault" in told ? told.fault : told.bytes.toString("utf8");
  };

  it("is asked for once, without a refresh, and each argument by itself", async () => {
    const commands = open();
    expect(await Promise.all([text(commands), text(commands), text(commands, "b")])).toEqual(["one", "one", "one"]);
    now = 1e9;
    expect(await text(commands)).toBe("one");
    expect(asked).toBe(2);
  });

  it("is asked for again when it is due, and shows when it is another", async () => {
    const commands = open(60_000);
    await text(commands);
    const stamp = commands.stamp("vault", "a");
    now = 59_999;
    expect(commands.stamp("vault", "a")).toBe(stamp);
    expect(asked).toBe(1);
    now = 60_000;
    commands.stamp("vault", "a");
    await expect.poll(() => asked, { timeout: 60_000 }).toBe(2);
    expect(commands.stamp("vault", "a")).toBe(stamp);
    answer = { output: Buffer.from("two\n") };
    now = 130_000;
    commands.stamp("vault", "a");
    await expect.poll(() => commands.stamp("vault", "a"), { timeout: 60_000 }).not.toBe(stamp);
    expect(await text(commands)).toBe("two");
    expect(asked).toBe(3);
  });

  it("that fails is asked for again soon", async () => {
    const commands = open();
    answer = { fault: "it ended with exit code 1" };
    expect(await text(commands)).toBe('the secret command "vault" (/bin/x): it ended with exit code 1');
    answer = { output: Buffer.from("one") };
    expect(await text(commands)).toMatch(/exit code 1/);
    now = 30_000;
    expect(await text(commands)).toBe("one");
  });

  it.each(["", "\n"])("that ends well and prints nothing (%j) has told nothing", async (output) => {
    const commands = open();
    answer = { output: Buffer.from(output) };
    expect(await text(commands, "op://prod/db")).toBe(
      'the secret command "vault" (/bin/x): it ended well, and printed nothing',
    );
  });

  it("that fails is told with its place and the variables that it lacks, and without what it was asked", async () => {
    const command = { command: ["/bin/x", "--token", "s3cret"], timeoutMs: 1, environment: {} };
    const commands = new SecretCommands(
      new Map([["vault", { ...command, place: "s.yaml:1:9: secretCommands.vault.command", unset: ["OP_TOKEN"] }]]),
      () => 0,
      () => Promise.resolve({ fault: "it ended with exit code 1" }),
    );
    expect(await text(commands, "op://prod/db")).toBe(
      'the secret command "vault" (/bin/x, s.yaml:1:9: secretCommands.vault.command): it ended with exit code 1; ' +
        "OP_TOKEN, which it is to be given, is not set",
    );
  });

  it("comes from a program of the settings, or from none", async () => {
    expect(await open().read("vautl", "a")).toEqual({
      fault: 'the settings have no secret command "vautl": did you mean "vault"?',
    });
  });
});
