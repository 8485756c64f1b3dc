import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { notifyTest, type NotifyTestOptions } from "../../../../src/cli/verbs/notify/test.js";
import type { Config } from "../../../../src/config/config.js";
import type { TestOutcome, TestWish } from "../../../../src/notify/model/standing.js";

const config = {} as Config;
const outcome: TestOutcome = {
  kind: "held",
  text: "a test: it is held",
  answer: { outcome: "delivered", said: "it answers 200" },
};

/** Without a controller, unless `url` names one. */
async function run(name: string, options: NotifyTestOptions, told: TestOutcome = outcome, url?: string) {
  const printed: string[] = [];
  const asked: [string, TestWish][] = [];
  const wiring = {
    print: (text: string) => printed.push(text),
    tell: (_config: Config, who: string, wish: TestWish) => {
      asked.push([who, wish]);
      return Promise.resolve(told);
    },
  } as unknown as Wiring;
  const admin = { url: url ?? "http://127.0.0.1:9", token: undefined };
  const code = await notifyTest(
    wiring,
    { config: () => Promise.resolve(config), admin, isNamed: url !== undefined },
    name,
    options,
  );
  return { code, asked, printed: printed.join("\n") };
}

describe("fairlead notify test", () => {
  it("tells by the settings where no controller runs, and says what came back", async () => {
    const { code, asked, printed } = await run("team", { event: "held" });
    expect([code, asked]).toEqual([0, [["team", { kind: "held", dryRun: false }]]]);
    expect(printed).toBe("a test: it is held\n\nteam: delivered: it answers 200");
  });

  it("sends nothing for a look", async () => {
    const { kind, text } = outcome;
    const { code, printed } = await run("team", { dryRun: true }, { kind, text, isUnwanted: true });
    expect(code).toBe(0);
    expect(printed).toContain("team: its settings leave out held: only a test tells it that\nteam: nothing is sent");
  });

  it("ends with 1 where it does not get through", async () => {
    const refused = await run("team", {}, { ...outcome, answer: { outcome: "refused", why: "it answers 404" } });
    expect([refused.code, refused.printed]).toEqual([1, expect.stringContaining("team: refused: it answers 404")]);
  });

  it("refuses what is no event", async () => {
    await expect(run("team", { event: "promotd" })).rejects.toThrow(
      '--event: "promotd" is no event (did you mean "promoted"?)',
    );
  });

  it("has the controller that is named do it", async () => {
    const paths: string[] = [];
    const server = createServer((req, res) => {
      paths.push(`${req.method ?? ""} ${req.url ?? ""}`);
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(outcome));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, asked } = await run("trigger/ci", { event: "hook:ci", dryRun: true }, outcome, url);
    expect([code, asked]).toEqual([0, []]);
    expect(paths).toEqual(["POST /api/v1/notifications/trigger%2Fci/test?dryRun=true&event=hook%3Aci"]);
  });
});
