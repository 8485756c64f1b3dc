import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { status } from "../../../../src/cli/verbs/status.js";
import type { JournalState } from "../../../../src/control/journal/standing.js";

const web = {
  ...{ project: "shop", service: "web", sync: "Synced", health: "Healthy" },
  ...{ replicas: { ready: 1, desired: 1, updated: 1 }, conditions: [] },
};

async function told(journal: JournalState, name?: string, json = false): Promise<string> {
  const server = createServer((req, res) => {
    const isHistory = req.url?.endsWith("/history") === true;
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(isHistory ? { failures: [] } : { services: [web], journal }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const printed: string[] = [];
  const wiring = { print: (text: string) => printed.push(text) } as unknown as Wiring;
  const admin = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined };
  expect(await status(wiring, admin, name, json)).toBe(0);
  return printed.join("\n");
}

describe("status says of the journal", () => {
  const states: readonly [JournalState, RegExp | undefined][] = [
    [{ kind: "written" }, undefined],
    [{ kind: "failing", message: "ENOSPC: no space left" }, /journal: it cannot be written \(ENOSPC: no space left\)/],
    [{ kind: "stuck", forMs: 12_400 }, /journal: its disk has not answered for 12 s: .* lost if the controller ends/],
    [{ kind: "reading" }, /journal: it is still being read: holds, pins and pauses/],
  ];

  it.each(states)("%j, of all services and of one", async (state, line) => {
    for (const name of [undefined, "web"]) {
      const text = await told(state, name);
      if (line === undefined) expect(text).not.toContain("journal");
      else expect(text).toMatch(line);
    }
    expect(JSON.parse(await told(state, "web", true))).toEqual({ services: [web], journal: state });
  });
});
