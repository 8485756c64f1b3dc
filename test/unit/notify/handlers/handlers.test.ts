import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../../../../src/control/journal/event.js";
import { handlersOf } from "../../../../src/notify/handlers/handler.js";
import { Output } from "../../../../src/notify/handlers/output.js";
import { handlerSettingsOf, handlersSchema } from "../../../../src/notify/handlers/settings.js";
import type { HandlerRun } from "../../../../src/control/ports/telemetry.js";
import type { Notice } from "../../../../src/notify/model/notice.js";
import { handlerEnvironment } from "../../../../src/process/child-environment.js";
import { delivery, digest, rollout, sha } from "../words/samples.js";
import { eventually } from "../../../eventually.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fairlead-handlers-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const place = (key: string) => `s.yaml:1:1: handlers.${key}`;
const settings = (written: unknown) => handlerSettingsOf(handlersSchema.parse(written), place, ["hub"]);

function script(text: string, name = "reload.sh"): string {
  writeFileSync(at(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return at(name);
}

interface Told {
  readonly events: Omit<Event, "id" | "at">[];
  readonly runs: HandlerRun[];
  readonly lines: { level: string; fields: Record<string, unknown>; text: string }[];
}

function made(command: readonly string[], more: object = {}) {
  const told: Told = { events: [], runs: [], lines: [] };
  const line = (level: string) => (fields: object, text: string) => {
    told.lines.push({ level, fields: { ...fields }, text });
  };
  const on = ["promoted", "hook:hub"];
  const [channel] = handlersOf(settings({ reload: { command, on, ...more } }), {
    environment: handlerEnvironment({
      PATH: process.env["PATH"],
      FAIRLEAD_ADMIN_TOKEN: "geheim",
      AWS_SECRET: "geheim",
    }),
    log: { debug: line("debug"), info: line("info"), warn: line("warn") },
    telemetry: { handlerKnown: () => undefined, handlerRan: (_, run) => void told.runs.push(run) },
    told: (event) => void told.events.push(event),
    monotonic: () => performance.now(),
  });
  if (channel === undefined) throw new Error("there is no handler");
  return { channel, told };
}

const never = () => new AbortController().signal;

describe("a handler", () => {
  it("is given the event as JSON, and as variables; and nothing else of ours but what any program is", async () => {
    const { channel } = made(
      [script(`cat > ${at("input")}; env > ${at("env")}; echo "$@" > ${at("args")}`), "a b", "$(id)"],
      {
        env: { DOCKER_HOST: "unix:///run/docker.sock" },
      },
    );
    expect(await channel.deliver(rollout(), never())).toMatchObject({ outcome: "delivered" });
    const { at: moment, ...notice } = rollout();
    expect(JSON.parse(readFileSync(at("input"), "utf8"))).toEqual({
      ...{ version: 1, at: new Date(moment).toISOString(), ...notice },
    });
    expect(readFileSync(at("args"), "utf8")).toBe("a b $(id)\n");
    const variables = Object.fromEntries(
      readFileSync(at("env"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s) as [string, string]),
    );
    const { PATH: _path, PWD: _pwd, SHLVL: _level, _: _self, OLDPWD: _old, ...given } = variables;
    expect(given).toEqual({
      ...{ DOCKER_HOST: "unix:///run/docker.sock", FAIRLEAD_HANDLER: "reload", FAIRLEAD_EVENT: "promoted" },
      ...{ FAIRLEAD_PROJECT: "shop", FAIRLEAD_SERVICE: "web", FAIRLEAD_IMAGE: "ghcr.io/acme/web:1.4.3" },
      ...{ FAIRLEAD_REPOSITORY: "ghcr.io/acme/web", FAIRLEAD_TAG: "1.4.3", FAIRLEAD_DIGEST: digest },
      ...{ FAIRLEAD_COMMIT: sha, FAIRLEAD_RECEIVER: "", FAIRLEAD_ID: "n_2", FAIRLEAD_SEVERITY: "info" },
      ...{ FAIRLEAD_TITLE: "shop/web: 1.4.3 is promoted", FAIRLEAD_REASON: "" },
      FAIRLEAD_LINK: "https://fairlead.example.org/#shop/web",
    });
  });

  it("tells what it says and how it ends in log, metric and event", async () => {
    const { channel, told } = made([script("echo one; echo two >&2")]);
    const answer = await channel.deliver(delivery(), never());
    expect(answer).toEqual({ outcome: "delivered", said: `${at("reload.sh")} ended with exit code 0` });
    expect(told.runs).toMatchObject([{ outcome: "done", exitCode: 0 }]);
    expect(
      told.lines
        .filter(({ level }) => level === "debug")
        .map(({ fields }) => fields["line"])
        .sort(),
    ).toEqual(["one", "two"]);
    expect(told.lines.at(-1)).toMatchObject({
      level: "info",
      fields: { handler: "reload", notice: "n_1", exitCode: 0, lost: 0 },
    });
    expect(told.events).toMatchObject([{ type: "handler", reason: "HandlerDone" }]);
    expect(told.events[0]?.message).toMatch(
      /^handler reload on hook:hub: .* ended with exit code 0; it said: (?:one \| two|two \| one)$/,
    );
  });

  it("whose program cannot be run is known at the start, with its place and what to do", async () => {
    const { told: good } = made([script("exit 0")]);
    const { told: missing } = made([at("none.sh")]);
    writeFileSync(at("plain.sh"), "#!/bin/sh\n", { mode: 0o644 });
    const { told: plain } = made([at("plain.sh")]);
    await eventually(() => {
      expect([...missing.lines, ...plain.lines].map(({ level, text }) => [level, text])).toEqual([
        [
          "warn",
          expect.stringMatching(
            /none\.sh \(s\.yaml:1:1: handlers\.reload\.command\): there is no such file: put it there/,
          ),
        ],
        [
          "warn",
          expect.stringMatching(
            /plain\.sh \(s\.yaml:1:1: handlers\.reload\.command\): this user may not run it: chmod \+x/,
          ),
        ],
      ]);
    });
    expect(good.lines).toEqual([]);
  });

  it("that fails is not run again, and says why with its last words", async () => {
    const { channel, told } = made([script("echo 'no such container'; exit 3")]);
    expect(await channel.deliver(rollout(), never())).toEqual({
      outcome: "refused",
      why: `${at("reload.sh")} ended with exit code 3; it said last: no such container`,
    });
    expect(told.runs).toMatchObject([{ outcome: "failed", exitCode: 3 }]);
    expect(told.events).toMatchObject([{ type: "handler", reason: "HandlerFailed", project: "shop", service: "web" }]);
  });

  it("whose time is up is ended with what it has started", async () => {
    const { channel, told } = made(
      [script(`trap '' TERM; sleep 1000 & echo $! > ${at("pid")}; while :; do sleep 1000 & wait; done`)],
      {
        timeout: "1s",
      },
    );
    expect(await channel.deliver(rollout(), never())).toMatchObject({
      outcome: "refused",
      why: expect.stringContaining("did not end within 1 s, and was ended") as string,
    });
    expect(told.runs).toMatchObject([{ outcome: "timeout" }]);
    expect(isRunning(readFileSync(at("pid"), "utf8"))).toBe(false);
  });

  it("may end in order when its time is up", async () => {
    const { channel } = made([script(`trap 'echo > ${at("tidy")}; exit 0' TERM; while :; do sleep 0.1; done`)], {
      timeout: "1s",
    });
    expect(await channel.deliver(rollout(), never())).toMatchObject({ outcome: "refused" });
    expect(existsSync(at("tidy"))).toBe(true);
  });

  it("is ended with Fairlead, and is to be run again", async () => {
    const { channel } = made([script(`echo $$ > ${at("pid")}; exec sleep 1000`)]);
    const end = new AbortController();
    const delivered = channel.deliver(rollout(), end.signal);
    await eventually(() => {
      expect(existsSync(at("pid"))).toBe(true);
    });
    end.abort();
    expect(await delivered).toMatchObject({ outcome: "later" });
    expect(isRunning(readFileSync(at("pid"), "utf8"))).toBe(false);
    expect(await channel.deliver(rollout(), AbortSignal.abort())).toMatchObject({ outcome: "later" });
  });

  it("that does not heed its end with Fairlead is killed before that one is gone", async () => {
    const { channel } = made([script(`trap '' TERM; echo $$ > ${at("pid")}; while :; do sleep 0.1; done`)]);
    const end = new AbortController();
    const delivered = channel.deliver(rollout(), end.signal);
    await eventually(() => {
      expect(existsSync(at("pid"))).toBe(true);
    });
    end.abort();
    expect(await delivered).toMatchObject({ outcome: "later" });
    expect(isRunning(readFileSync(at("pid"), "utf8"))).toBe(false);
  });

  it("ends when its program does, though something else holds its output", async () => {
    const { channel } = made([
      script(`setsid sh -c 'echo $$ > ${at("pid")}; exec sleep 1000' & until [ -s ${at("pid")} ]; do sleep 0.05; done`),
    ]);
    expect(await channel.deliver(rollout(), never())).toMatchObject({ outcome: "delivered" });
    process.kill(Number(readFileSync(at("pid"), "utf8")));
  });

  it("runs once at a time", async () => {
    const { channel } = made([script(`mkdir ${at("here")} || exit 1; sleep 0.2; rmdir ${at("here")}`)]);
    const answers = await Promise.all(
      [rollout(), delivery(), rollout()].map((notice) => channel.deliver(notice, never())),
    );
    expect(answers.map(({ outcome }) => outcome)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("need not read what it is told", async () => {
    const { channel } = made(["/bin/true"]);
    const long: Notice = { ...rollout(), logs: Array.from({ length: 5_000 }, () => "x".repeat(300)) };
    expect(await channel.deliver(long, never())).toMatchObject({ outcome: "delivered" });
  });

  it.each<readonly [string, () => string, RegExp]>([
    ["is not there", () => at("nothing.sh"), /there is no such file: put it there, or mount it/],
    ["is a folder", () => folder, /it is no file/],
    [
      "may not be run",
      () => {
        chmodSync(script(""), 0o644);
        return at("reload.sh");
      },
      /this user may not run it: chmod \+x/,
    ],
    [
      "anybody may write to",
      () => {
        chmodSync(script(""), 0o777);
        return at("reload.sh");
      },
      /others may write to it: make it yours alone \(chown, chmod go-w\)/,
    ],
    [
      "lies in a folder that anybody may write to",
      () => {
        mkdirSync(at("open"));
        chmodSync(at("open"), 0o777);
        return script("", "open/reload.sh");
      },
      /its folder .* is open: others may write to it/,
    ],
  ])("that %s is not run, and says so with its place", async (_what, program, words) => {
    const { channel, told } = made([program()]);
    const answer = await channel.deliver(rollout(), never());
    expect(answer).toMatchObject({ outcome: "refused", why: expect.stringMatching(words) as string });
    expect(JSON.stringify(answer)).toContain("s.yaml:1:1: handlers.reload.command");
    expect(told.runs).toMatchObject([{ outcome: "unstarted" }]);
  });

  it.runIf(process.getuid?.() === 0)("of another user is not run, nor by a link of theirs", async () => {
    const program = script("");
    chownSync(program, 65_534, 65_534);
    expect(await made([program]).channel.deliver(rollout(), never())).toMatchObject({
      why: expect.stringContaining("belongs to another user") as string,
    });
    const own = script("", "own.sh");
    symlinkSync(own, at("link.sh"));
    expect(await made([at("link.sh")]).channel.deliver(rollout(), never())).toMatchObject({ outcome: "delivered" });
    lchownSync(at("link.sh"), 65_534, 65_534);
    expect(await made([at("link.sh")]).channel.deliver(rollout(), never())).toMatchObject({ outcome: "refused" });
  });

  it("hears of strangers' words as values alone", async () => {
    const tag = "1\n$(touch x)\u0000;`id`";
    const { channel } = made([script(`printf %s "$FAIRLEAD_TAG" > ${at("tag")}`)]);
    expect(await channel.deliver(delivery({ tag }), never())).toMatchObject({ outcome: "delivered" });
    expect(readFileSync(at("tag"), "utf8")).toBe("1 $(touch x);`id`");
  });

  it("is told of the newest of what is the same alone", () => {
    const { channel } = made(["/bin/true"]);
    const same = (left: Notice, right: Notice) => channel.newestOf?.(left) === channel.newestOf?.(right);
    expect(same(rollout(), { ...rollout(), id: "n_9" })).toBe(true);
    expect(same(rollout(), { ...rollout(), service: "api" })).toBe(false);
    expect(same(rollout(), rollout("failed"))).toBe(false);
    expect(same(delivery(), { ...delivery(), id: "n_9" })).toBe(true);
    expect(same(delivery(), delivery({ tag: "2" }))).toBe(false);
  });
});

function isRunning(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    // One that has ended, and that nobody has asked about, is there all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid.trim()}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("what a program says", () => {
  it("stays bounded and printable, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 4_000 }), { maxLength: 20 }), async (chunks) => {
        let told = 0;
        const output = new Output(() => void (told += 1));
        await output.take(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));
        expectBounded(output, told);
      }),
    );
  });

  it("stays bounded also where it is very much, and keeps the end", async () => {
    let told = 0;
    const output = new Output(() => void (told += 1));
    const lines = Array.from({ length: 5_000 }, (_, number) => Buffer.from(`${"x".repeat(number % 700)} ${number}\n`));
    await output.take(Readable.from([...lines, Buffer.alloc(3_000_000, "y")]));
    expectBounded(output, told);
    expect(output.last.at(-2)).toMatch(/ 4999$/);
    expect(output.lost).toBe(5_001 - output.last.length);
  });
});

function expectBounded({ last }: Output, told: number): void {
  expect(told).toBeLessThanOrEqual(200);
  expect(last.length).toBeLessThanOrEqual(200);
  expect(last.join("").length).toBeLessThanOrEqual(65_536);
  for (const line of last) expect(line).toMatch(/^[^\p{Cc}\p{Cf}]{1,1001}$/u);
}

describe("what is written of a handler", () => {
  const on = ["promoted"];
  it.each<readonly [object, RegExp]>([
    [{ command: ["reload.sh"], on }, /handlers\.x\.command\.0: "reload\.sh" is no whole path/],
    [{ command: ["/bin/true", "a\0b"], on }, /handlers\.x\.command\.1: it has a NUL in it/],
    [{ command: ["/bin/true"], on: ["promotet"] }, /handlers\.x\.on\.0: "promotet" is no event/],
    [{ command: ["/bin/true"], on, timeout: "0s" }, /handlers\.x\.timeout: "0s" is too short/],
    [{ command: ["/bin/true"], on, timeout: "2h" }, /handlers\.x\.timeout: "2h" is too long/],
    [
      { command: ["/bin/true"], on, env: { FAIRLEAD_EVENT: "x" } },
      /handlers\.x\.env\.FAIRLEAD_EVENT: variables of that beginning/,
    ],
  ])("%j is refused with its place", (written, words) => {
    expect(() => settings({ x: written })).toThrow(words);
  });
});
