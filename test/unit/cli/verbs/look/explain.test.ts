import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../../src/cli/shared/wiring.js";
import { explain } from "../../../../../src/cli/verbs/look/explain.js";
import { waitFor } from "../../../../../src/plan/model/outcome.js";
import type { Reason } from "../../../../../src/plan/model/condition.js";
import { explain as explained } from "../../../../../src/plan/status/explain.js";
import { reasonWords } from "../../../../../src/plan/status/reason-words.js";
import { statusOf } from "../../../../../src/plan/status/status.js";
import { readCommands } from "../../../../docs/cli-page.js";
import { containerIn, desire, now } from "../../../plan/world.js";

const explanation = {
  sentences: ["shop/web runs sha256:a.", "Everything runs as declared."],
  next: { what: "it is looked at again by the schedule" },
  can: [
    { command: "fairlead rollback shop/web", what: "go back" },
    { command: "fairlead logs shop/web", what: "see what it says" },
  ],
};

async function shown(json: boolean): Promise<string> {
  const server = createServer(({ url = "" }, res) => {
    res.setHeader("content-type", "application/json");
    const services = [{ project: "shop", service: "web", conditions: [] }];
    res.end(JSON.stringify(url.endsWith("/shop/web/explain") ? explanation : { services }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const printed: string[] = [];
  const wiring = { print: (text: string) => printed.push(text) } as unknown as Wiring;
  const admin = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined };
  expect(await explain(wiring, admin, "web", json)).toBe(0);
  return printed.join("\n");
}

describe("explain", () => {
  it("says it in sentences, with what to type", async () => {
    expect(await shown(false)).toBe(
      [
        "shop/web runs sha256:a.",
        "Everything runs as declared.",
        "Next: it is looked at again by the schedule.",
        "",
        "What you can do:",
        "  fairlead rollback shop/web  go back",
        "  fairlead logs shop/web      see what it says",
      ].join("\n"),
    );
  });

  it("hands it over as it is", async () => {
    expect(JSON.parse(await shown(true))).toEqual(explanation);
  });

  it("names no command that does not exist, whatever the reason", () => {
    const verbs = new Map(readCommands().commands.map((command) => [command.name(), command]));
    const failure = { digest: "sha256:b", container: "c", reason: "r", message: "m", at: "1970-01-01T00:00:00.000Z" };
    const revision = { revision: 1, active: false, to: "", from: "", startedAt: "", finishedAt: "", reason: "" };
    const revisions = [1, 2].map(() => ({ ...revision, outcome: "promoted" as const }));
    const input = { containers: [containerIn("active", "a", 1)], rollout: undefined, specProblem: "no", generation: 1 };
    const told = Object.keys(reasonWords).flatMap((reason) => {
      const outcome = waitFor("time", reason as Reason, "so it is");
      const status = statusOf({ ...input, desired: desire("b"), outcome, now, localChanges: "f" }, undefined);
      return explained({ status, history: { revisions, paused: true, failures: [failure] }, nextLook: undefined }).can;
    });
    const lines = [...new Set(told.map(({ command }) => command))];
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) {
      const [program, name = "", ...words] = line.split(" ");
      const verb = verbs.get(name);
      expect([program, verb?.name()]).toEqual(["fairlead", name]);
      const flags = words.filter((word) => word.startsWith("-"));
      const known = verb?.options.map(({ long }) => long) ?? [];
      expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
      const most = verb?.registeredArguments.some(({ variadic }) => variadic) ? 9 : verb?.registeredArguments.length;
      expect(words.length - flags.length, line).toBeLessThanOrEqual(most ?? 0);
    }
  });
});
