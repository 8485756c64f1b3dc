import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { wait } from "../../../../src/cli/verbs/wait.js";

const service = (observedAt: string, reason: string) => ({
  ...{ project: "shop", service: "fairlead", sync: "Synced", observedAt },
  conditions: [{ type: "Ready", status: reason === "Converged" ? "True" : "False", reason, message: "it runs" }],
});

/** Answers each question in turn: a status, or `away`: as one that stands by. The last answer stays. */
async function admin(...answers: readonly (object | "away")[]) {
  const left = [...answers];
  const server = createServer((req, res) => {
    const answer = req.method === "POST" ? {} : left.length > 1 ? left.shift() : left[0];
    res.statusCode = answer === "away" ? 503 : 200;
    const body = answer === "away" ? { error: "this controller stands by" } : { services: [answer] };
    res.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined };
}

function mute() {
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  return { said, wiring: { print: say, complain: say } as unknown as Wiring };
}

it("a wait outlasts the moments in which the controller hands over to another one", async () => {
  const { wiring, said } = mute();
  const at = await admin(service("1", "Converged"), service("2", "HandingOver"), "away", service("3", "Converged"));
  expect(await wait(wiring, at, "fairlead", { timeoutMs: 20_000 })).toBe(0);
  expect(said).toEqual(["waiting: shop/fairlead: Synced: it runs", "shop/fairlead: Synced: it runs"]);
});

it("a wait does not outlast its time, and needs a controller to begin with", async () => {
  const { wiring } = mute();
  const at = await admin(service("1", "Converged"), "away");
  await expect(wait(wiring, at, "fairlead", { timeoutMs: 100 })).rejects.toMatchObject({ code: "ApiUnreachable" });
  await expect(wait(wiring, await admin("away"), "fairlead", { timeoutMs: 20_000 })).rejects.toMatchObject({
    code: "ApiUnreachable",
  });
});

const rolledBack = (observedAt: string, reason: string, updated: number) => ({
  ...service(observedAt, reason),
  ...{ sync: "Pinned", pinned: { revision: 2, digest: "sha256:aa" }, replicas: { desired: 2, ready: 2, updated } },
});

it("a wait follows a rollback on request, and says what it waits for", async () => {
  const { wiring, said } = mute();
  const at = await admin(
    ...[rolledBack("1", "Converged", 0), rolledBack("2", "RollingBack", 0), rolledBack("3", "RollingBack", 1)],
    rolledBack("4", "Converged", 2),
  );
  expect(await wait(wiring, at, "fairlead", { timeoutMs: 20_000, rollback: true })).toBe(0);
  const line = "shop/fairlead: Pinned to revision 2: it runs";
  expect(said).toEqual([`waiting: ${line}`, line]);
});

it.each([
  ["pinned, without the request", rolledBack("2", "Converged", 2), false],
  ["held on its way back", rolledBack("2", "DigestHeld", 0), true],
  ["resumed meanwhile", service("2", "Converged"), true],
])("a wait for what is %s ends with 3", async (_what, answer, rollback) => {
  const { wiring } = mute();
  const at = await admin(service("1", "Converged"), answer);
  expect(await wait(wiring, at, "fairlead", { timeoutMs: 20_000, rollback })).toBe(3);
});
