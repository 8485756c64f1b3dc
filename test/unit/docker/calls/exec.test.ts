import { variables } from "../../../../src/compose/model/container/variables.js";
import { afterEach, describe, expect, it } from "vitest";
import { ExecMemory } from "../../../../src/docker/calls/exec-memory.js";
import { connectEngine } from "../../../../src/docker/engine.js";
import { refuse, startFakeEngine } from "../fake-engine.js";
import type { FakeEngine } from "../fake-engine.js";
import { frame } from "../frame.js";

const container = "c".repeat(64);
const exec = "e".repeat(64);
const open: FakeEngine[] = [];

afterEach(async () => {
  for (const fake of open.splice(0)) await fake[Symbol.asyncDispose]();
});

interface Command {
  /** Undefined: the stream stays open. */
  readonly output?: Buffer;
  /** The engine takes so long to begin it; `never`: it is begun, and the connection is cut. */
  readonly begins?: number | "never";
  /** What the inspections say, one after the other; the last one stays. */
  readonly states: object[];
}

async function serve({ output, begins = 0, states }: Command) {
  const fake = await startFakeEngine(({ path, method }, response) => {
    if (method === "POST" && path.endsWith(`/containers/${container}/exec`)) response.end(JSON.stringify({ Id: exec }));
    else if (path.endsWith(`/exec/${exec}/start`)) {
      if (begins === "never") response.destroy();
      else
        setTimeout(() => {
          response.flushHeaders();
          if (output !== undefined) response.end(output);
        }, begins);
    } else if (path.endsWith(`/exec/${exec}/json`)) {
      const state = states.length > 1 ? states.shift() : states[0];
      if (state === undefined) refuse(response, 404, "No such exec instance");
      else response.end(JSON.stringify(state));
    } else refuse(response, 500, "not expected");
  });
  open.push(fake);
  const engine = connectEngine({ host: fake.host, credentials: () => Promise.resolve(undefined) });
  const whole = (timeoutMs = 2_000) => engine.run(container, ["/app", "tell"], timeoutMs);
  return { fake, engine, whole, run: (timeoutMs = 2_000) => engine.exec(container, ["/app", "check"], timeoutMs) };
}

const ended = (ExitCode: number | null) => ({ Running: false, ExitCode });

describe("a command", () => {
  it("is run as it is told to be", async () => {
    const { fake, engine } = await serve({ output: frame(1, "fine\n"), states: [ended(0)] });
    await engine.exec(container, ["/app"], 2_000, {
      user: "root",
      privileged: true,
      workingDir: "/srv",
      environment: variables({ A: "1=2", B: null }),
    });
    const [create] = fake.bodies.filter((body) => body.length > 2).map((body) => JSON.parse(body) as object);
    expect(create).toMatchObject({ User: "root", Privileged: true, WorkingDir: "/srv", Env: ["A=1=2", "B"] });
  });

  it("costs three calls and no hijacked connection", async () => {
    const { fake, run } = await serve({ output: frame(1, "fine\n"), states: [ended(0)] });
    expect(await run()).toEqual({ kind: "ended", exitCode: 0, output: "fine" });
    expect(fake.requests.slice(1)).toEqual([
      `POST /v1.44/containers/${container}/exec`,
      `POST /v1.44/exec/${exec}/start`,
      `GET /v1.44/exec/${exec}/json`,
    ]);
    const [create, start] = fake.bodies.filter((body) => body.length > 2).map((body) => JSON.parse(body) as object);
    expect(create).toEqual({
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      Cmd: ["/app", "check"],
    });
    expect(start).toEqual({ Detach: false, Tty: false });
    expect(fake.headers.every(({ upgrade }) => upgrade === undefined)).toBe(true);
  });

  it("is waited for if its output ends before it does", async () => {
    const { fake, run } = await serve({
      output: Buffer.of(),
      states: [{ Running: true }, { Running: true }, ended(3)],
    });
    expect(await run()).toEqual({ kind: "ended", exitCode: 3, output: "" });
    expect(fake.requests.filter((request) => request.endsWith("/json"))).toHaveLength(3);
  });

  it("shows its last line only, printable and bounded, however much it says", async () => {
    const pieces = Array.from({ length: 200 }, (_, line) => frame(1, `${"x".repeat(500)} ${line}\n`));
    const last = frame(2, `\u001b[31mnot ready\u0007 ${"y".repeat(500)}\n\n`);
    const { run } = await serve({ output: Buffer.concat([...pieces, last]), states: [ended(1)] });
    const result = await run();
    expect(result).toMatchObject({ kind: "ended", exitCode: 1 });
    const output = result.kind === "ended" ? result.output : "";
    expect(output).toMatch(/^not ready y+…$/);
    expect(output.length).toBeLessThanOrEqual(201);
  });

  it("that outlives its time is asked for, not started again, until it has ended or is forgotten", async () => {
    const states: object[] = [{ Running: true }];
    const { fake, run } = await serve({ states });
    const starts = () => fake.requests.filter((request) => request.endsWith("/start")).length;
    expect(await run(100)).toEqual({ kind: "timed-out" });
    expect([await run(100), await run(100)]).toEqual([{ kind: "running" }, { kind: "running" }]);
    expect(starts()).toBe(1);
    states.splice(0);
    expect(await run(100)).toEqual({ kind: "timed-out" });
    expect(starts()).toBe(2);
  });

  it("has its time from when the engine has taken it on", async () => {
    const { run, whole } = await serve({ output: frame(1, "fine"), begins: 300, states: [ended(0)] });
    expect(await run(100)).toMatchObject({ kind: "ended", exitCode: 0 });
    expect(await whole(100)).toMatchObject({ exitCode: 0 });
  });

  it("is not begun a second time beside itself where the engine's answer was lost", async () => {
    const { fake, run } = await serve({ begins: "never", states: [{ Running: true }] });
    await expect(run()).rejects.toMatchObject({ code: "EngineUnreachable" });
    expect(await run()).toEqual({ kind: "running" });
    expect(fake.requests.filter((request) => request.endsWith("/start"))).toHaveLength(1);
  });

  it("whose end the engine has forgotten is no success", async () => {
    const { run } = await serve({ output: Buffer.of(), states: [ended(null)] });
    await expect(run()).rejects.toMatchObject({ code: "EngineRefused", message: /forgotten how it ended/ });
  });

  it("that a proxy does not let through says what to allow", async () => {
    const fake = await startFakeEngine((_request, response) => {
      refuse(response, 403, "Forbidden");
    });
    open.push(fake);
    const engine = connectEngine({ host: fake.host, credentials: () => Promise.resolve(undefined) });
    const refusal = { code: "EngineRefused", remedy: /let it pass this call/ };
    await expect(engine.exec(container, ["/app"], 1_000)).rejects.toMatchObject(refusal);
  });
});

it("the memory of hanging commands ends with their containers", () => {
  const memory = new ExecMemory();
  memory.outlived("one", exec);
  memory.outlived("two", exec);
  memory.keepOnly(new Set(["two"]));
  expect([memory.unfinished("one"), memory.unfinished("two")]).toEqual([undefined, exec]);
  memory.ended("two");
  expect(memory.unfinished("two")).toBeUndefined();
});

describe("a command whose whole answer counts", () => {
  it("gives all of both streams as they came", async () => {
    const long = "x".repeat(100_000);
    const { whole } = await serve({
      output: Buffer.concat([frame(1, `${long}\n`), frame(2, "\n"), frame(1, "end")]),
      states: [ended(3)],
    });
    expect(await whole()).toEqual({ exitCode: 3, output: `${long}\n\nend` });
  });

  it("is an error if it does not end in time", async () => {
    const { whole } = await serve({ states: [{ Running: true }] });
    await expect(whole(100)).rejects.toMatchObject({ code: "EngineRefused" });
  });
});
