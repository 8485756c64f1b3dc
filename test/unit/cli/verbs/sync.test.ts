import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { sync } from "../../../../src/cli/verbs/sync.js";
import type { Synced } from "../../../../src/control/surface/surface.js";

async function asked(synced: Synced, ...word: readonly [readonly string[], { ours?: boolean; theirs?: boolean }]) {
  const urls: string[] = [];
  const said: string[] = [];
  const server = createServer((req, res) => {
    urls.push(`${req.method ?? ""} ${req.url ?? ""}`);
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(synced));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const say = (text: string) => said.push(text);
  const wiring = { print: say, complain: say } as unknown as Wiring;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const code = await sync(wiring, { url, token: undefined }, ["shop", word[0]], word[1]);
  return { code, urls, said };
}

it("says what was decided, and where what had to make room is", async () => {
  const synced = { files: ["conf/a"], kept: [{ file: "conf/a", path: "/kept/a" }], left: [] };
  expect(await asked(synced, ["conf/a"], { theirs: true })).toEqual({
    code: 0,
    urls: ["POST /api/v1/projects/shop/sync?side=theirs&file=conf%2Fa"],
    said: ["sync: conf/a is as git has it", "sync: what the container had in conf/a is kept in /kept/a"],
  });
});

it("ends with 1 where nothing was decided about a file that was named", async () => {
  const { code, said } = await asked({ files: [], kept: [], left: ["x"] }, ["x"], { ours: true });
  expect(code).toBe(1);
  expect(said.join()).toContain("x: nothing is decided");
});

it("is no error where nothing waits", async () => {
  const { code, said } = await asked({ files: [], kept: [], left: [] }, [], { ours: true });
  expect([code, said]).toEqual([0, ["sync: nothing of shop waits for a decision"]]);
});

it.each([{}, { ours: true, theirs: true }])("wants one side: %j", async (options) => {
  await expect(asked({ files: [], kept: [], left: [] }, [], options)).rejects.toMatchObject({ code: "ConfigInvalid" });
});
