import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readState } from "../../../src/gate/answers.js";
import { connectGates, type Run } from "../../../src/gate/haproxy.js";

/** As HAProxy 2.6 said it, of a gate with two ports in the middle of a switch. */
const captured = readFileSync(new URL("captured/state.txt", import.meta.url), "utf8");
const now = 1_000_000;
const container = "c".repeat(64);

/** A gate that says this, whatever it is told. */
function gates(output: string, exitCode = 0) {
  const commands: (readonly string[])[] = [];
  const run: Run = (_, command) => {
    commands.push(command);
    return Promise.resolve({ exitCode, output });
  };
  return { commands, gates: connectGates(run) };
}

const words = (command: readonly string[] | undefined) => command?.slice(4);

describe("what a gate says of itself", () => {
  const state = readState(captured, now);
  const route = (name: string) => state?.routes.find(({ server }) => server === name);

  it("is the configuration on its disk, and each server once", () => {
    expect(state?.config).toBe("eb092832b1e9c543");
    expect(state?.routes).toHaveLength(24);
  });

  it("tells what is open, closed, drained, and without an address", () => {
    expect(route("slot1")).toEqual({
      server: "slot1",
      address: "172.24.0.3",
      open: false,
      sessions: 3,
      closedSince: now - 2_000,
    });
    expect(route("next1")).toEqual({ server: "next1", address: "172.24.0.4", open: true, sessions: 0 });
    expect(route("slot2")).toEqual({ server: "slot2", open: true, sessions: 0 });
    expect(route("spare8")).toMatchObject({ open: false, sessions: 0 });
    expect(route("spare8")).not.toHaveProperty("address");
  });

  it("has no address that its ports do not agree about, and is open if any port is", () => {
    const lines = captured.split("\n");
    const second = lines.findIndex((line) => line.includes(" port8443 ") && line.includes(" next1 "));
    lines[second] = (lines[second] ?? "").replace("172.24.0.4 2 4", "172.24.0.9 0 5");
    const mixed = readState(lines.join("\n"), now)?.routes.find(({ server }) => server === "next1");
    expect(mixed).toEqual({ server: "next1", open: true, sessions: 0 });
  });

  it.each(["", "nonsense", captured.slice(17), captured.split("# pxname")[0] ?? ""])(
    "must be whole",
    async (output) => {
      await expect(gates(output).gates.state(container, now)).rejects.toMatchObject({ code: "EngineRefused" });
    },
  );
});

describe("telling a gate", () => {
  it("an address comes before the way to it is opened, and all in the order given", async () => {
    const gate = gates(captured);
    await gate.gates.setRoutes(container, [
      { server: "next1", address: "172.24.0.4", open: true },
      { server: "slot1", open: false },
    ]);
    expect(gate.commands.map(words)).toEqual([
      ["set server %s/next1 addr 172.24.0.4", "set server %s/next1 state ready", "set server %s/slot1 state maint"],
    ]);
  });

  it.each([
    { server: "next1", address: "172.24.0.4", open: false },
    { server: "next1", address: "172.24.0.9", open: true },
    { server: "next9", open: false },
  ])("is over only when it is so: %j", async (route) => {
    const told = gates(`No such server.\n${captured}`).gates.setRoutes(container, [route]);
    await expect(told).rejects.toThrow(new RegExp(`${route.server} is not as asked for: No such server\\.`));
  });

  it("of two routes of one server the last one counts", async () => {
    const routes = [
      { server: "next1", open: false },
      { server: "next1", open: true },
    ];
    await expect(gates(captured).gates.setRoutes(container, routes)).resolves.toBeUndefined();
  });

  it.each([
    { server: "slot1;shutdown sessions", open: true },
    { server: "slot1", address: "10.0.0.1;disable", open: true },
    { server: "slot1", address: "$(reboot)", open: true },
    { server: "slot0", open: true },
  ])("never says what is no address and no server: %j", async (route) => {
    const gate = gates(captured);
    await expect(gate.gates.setRoutes(container, [route])).rejects.toMatchObject({ code: "Internal" });
    expect(gate.commands).toEqual([]);
  });

  it("fails where its command fails", async () => {
    const gate = gates("sh: nc: not found\n", 127);
    await expect(gate.gates.state(container, now)).rejects.toThrow(/exit code 127: sh: nc: not found/);
  });
});
