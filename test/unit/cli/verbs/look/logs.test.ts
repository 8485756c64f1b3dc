import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { program } from "../../../../../src/cli/program.js";
import { harmless } from "../../../../../src/cli/shared/harmless.js";
import type { Wiring } from "../../../../../src/cli/shared/wiring.js";
import { readAdmin } from "../../../../../src/config/admin.js";
import { readConfig } from "../../../../../src/config/config.js";

const services = [
  { project: "shop", service: "web" },
  { project: "shop", service: "db" },
];

/** The verb against an API that answers as it is told. */
async function run(
  args: readonly string[],
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { terminal = false, isRead = true } = {},
) {
  const server = createServer((request, response) => {
    if (request.url === "/api/v1/services") response.end(JSON.stringify({ services }));
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const printed: string[] = [];
  const complaints: string[] = [];
  const refuse = () => Promise.reject(new Error("not expected"));
  const wiring: Wiring = {
    version: "0",
    configure: (flags) => Promise.resolve(readConfig(flags, {})),
    locate: (flags) => readAdmin(flags, {}, []),
    start: refuse,
    act: refuse,
    load: refuse,
    resolve: refuse,
    draft: refuse,
    preview: refuse,
    tell: refuse,
    examine: refuse,
    inspect: refuse,
    terminal,
    errorTerminal: terminal,
    readText: () => undefined,
    print: (text) => printed.push(`${text}\n`),
    redraw: () => undefined,
    pour: async (texts) => {
      for await (const text of texts) {
        printed.push(text);
        if (!isRead) return false;
      }
      return true;
    },
    complain: (text) => complaints.push(text),
  };
  const { port } = server.address() as AddressInfo;
  const code = await program(wiring, ["node", "fairlead", ...args, "--admin", `http://127.0.0.1:${port}`]);
  return { code, out: printed.join(""), complaints };
}

describe("fairlead logs", () => {
  it("asks for what is wanted, and prints it as it comes", async () => {
    const asked: string[] = [];
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      asked.push(`${request.headers.accept ?? ""} ${request.url ?? ""}`);
      response.end("a \u001b[31mline\u001b[0m\u0007\n");
    };
    expect(await run(["logs"], answer)).toEqual({
      code: 0,
      out: "a \u001b[31mline\u001b[0m\u0007\n",
      complaints: [],
    });
    const { out } = await run(["logs", "web", "shop/db", "-n", "5", "--since", "10m", "-t", "--no-prefix"], answer, {
      terminal: true,
    });
    expect(out, "a terminal is not steered").toBe("a \u001b[31mline\u001b[0m\n");
    await run(["logs", "web", "--json"], answer);
    expect(asked).toEqual([
      "text/plain /api/v1/logs",
      "text/plain /api/v1/logs?service=shop%2Fweb&service=shop%2Fdb&tail=5&since=10m&timestamps=true&no-prefix=true",
      "application/x-ndjson /api/v1/logs?service=shop%2Fweb",
    ]);
  });

  it("says what is wrong in the API's own words", async () => {
    const refuse = (_request: IncomingMessage, response: ServerResponse) => {
      response.statusCode = 400;
      response.end(JSON.stringify({ error: "too far back", remedy: "write 10m" }));
    };
    const { code, complaints } = await run(["logs", "--since", "20m"], refuse);
    expect([code, complaints.join()]).toEqual([1, expect.stringMatching(/answers 400: too far back\n {2}write 10m/)]);
    expect((await run(["logs", "nobody"], refuse)).complaints.join()).toContain("no service is called nobody");
    const broken = (_request: IncomingMessage, response: ServerResponse) => {
      response.write("a\n");
      setTimeout(() => response.destroy(), 20);
    };
    expect(await run(["logs"], broken)).toMatchObject({ code: 1, out: "a\n" });
  });

  it("that is followed ends with the controller, or with whoever reads it", async () => {
    const answer = (_request: IncomingMessage, response: ServerResponse) => {
      response.end("a\n");
    };
    expect(await run(["logs", "-f"], answer)).toMatchObject({
      code: 1,
      complaints: ["fairlead: the controller has stopped"],
    });
    const endless = (_request: IncomingMessage, response: ServerResponse) => {
      response.write("a\n");
    };
    expect(await run(["logs", "-f"], endless, { isRead: false })).toEqual({ code: 0, out: "a\n", complaints: [] });
  });

  it("shows a build's lines, and follows one that runs to its end", async () => {
    const states = [
      { lines: ["one"], dropped: 0, beganAt: "1", state: "running" },
      { lines: ["one", "two"], dropped: 0, beganAt: "1", state: "running" },
      { lines: ["four"], dropped: 3, beganAt: "1", state: "failed" },
    ];
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      expect(request.url).toBe("/api/v1/services/shop/web/build");
      response.end(JSON.stringify(states.length > 1 ? states.shift() : states[0]));
    };
    expect(await run(["logs", "web", "--build", "--follow"], answer)).toEqual({
      code: 1,
      out: "one\ntwo\nfour\n",
      complaints: ["fairlead: 1 lines are not kept"],
    });
    expect(await run(["logs", "web", "--build"], answer)).toMatchObject({ code: 0, out: "four\n" });
    const none = await run(["logs", "--build"], answer);
    expect([none.code, none.complaints.join()]).toEqual([1, expect.stringContaining("of one service")]);
  });

  it("shows what is kept of the container that failed last", async () => {
    const failure = { container: "shop-web-1.failed", digest: "sha256:abc", reason: "Unhealthy", message: "no answer" };
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      const failures = request.url?.includes("/web/") === true ? [{ ...failure, at: "12:00", logs: ["fatal"] }] : [];
      response.end(JSON.stringify({ revisions: [], paused: false, reloads: [], failures }));
    };
    const { code, out } = await run(["logs", "--failed"], answer);
    expect([code, out]).toEqual([
      0,
      "shop-web-1.failed (sha256:abc) failed at 12:00: Unhealthy: no answer; its last lines:\n  fatal\n",
    ]);
    const nothing = await run(["logs", "db", "--failed"], answer);
    expect(nothing).toEqual({
      code: 0,
      out: "",
      complaints: ["fairlead: nothing is kept of a container that failed"],
    });
    const json = JSON.parse((await run(["logs", "--failed", "--json"], answer)).out) as object;
    expect(json).toMatchObject({ services: [{ service: "web", failure: { logs: ["fatal"] } }, { service: "db" }] });
  });
});

describe("fairlead events", () => {
  it("prints a line for each, or what it was given", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const event = { at: "2026-01-31T12:00:00.000Z", project: "shop", service: "web", type: "rollout" };
    const text = `${JSON.stringify({ ...event, reason: "Promoted", message: `rollout of ${digest}: promoted` })}\n`;
    const asked: string[] = [];
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      asked.push(request.url ?? "");
      response.end(text);
    };
    expect(await run(["events"], answer)).toEqual({
      code: 0,
      out: "2026-01-31T12:00:00.000Z  shop/web  rollout Promoted: rollout of sha256:aaaaaaaaaaaa: promoted\n",
      complaints: [],
    });
    expect((await run(["events", "--json", "--since", "10m"], answer)).out).toBe(text);
    expect((await run(["events", "--follow"], answer)).code, "the controller has stopped").toBe(1);
    expect(asked).toEqual([
      "/api/v1/events?follow=false",
      "/api/v1/events?follow=false&since=10m",
      "/api/v1/events?follow=true",
    ]);
  });
});

describe("fairlead events of some services", () => {
  const lines = ["shop/web", "shop/db", "shop/web-2"].map((name) => {
    const [project, service] = name.split("/");
    return `${JSON.stringify({ at: "2026-01-31T12:00:00.000Z", project, service, type: "state", reason: name, message: "m" })}\n`;
  });
  const answer = (_request: IncomingMessage, response: ServerResponse) => response.end([...lines, "{}\n"].join(""));

  it("leaves out the others, also as JSON", async () => {
    expect((await run(["events", "web"], answer)).out).toBe("2026-01-31T12:00:00.000Z  shop/web  state shop/web: m\n");
    expect((await run(["events", "--json", "shop/w*", "db"], answer)).out).toBe(lines.join(""));
  });

  it("refuses a name that no service has", async () => {
    expect(await run(["events", "mail"], answer)).toMatchObject({ code: 1, out: "" });
    expect(await run(["logs", "mail*"], answer)).toMatchObject({ code: 1, out: "" });
  });

  it("shows the logs of those that fit a pattern", async () => {
    const asked: string[] = [];
    await run(["logs", "d*"], (request, response) => {
      asked.push(request.url ?? "");
      response.end();
    });
    expect(asked).toEqual(["/api/v1/logs?service=shop%2Fdb"]);
  });
});

describe("lines for a terminal", () => {
  it("keep colours and tabs, and nothing else that would steer it, however they are cut", async () => {
    const text = "\u001b[1;31mred\u001b[0m\tx\r\n\u001b]0;title\u0007\u001b[2J\u009b2Jé\nrest\u0000";
    for (let size = 1; size <= text.length; size += 1) {
      const chunks = async function* () {
        for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
      };
      let clean = "";
      for await (const chunk of harmless(chunks())) clean += chunk;
      expect(clean).toBe("\u001b[1;31mred\u001b[0m\tx\n]0;title[2J2Jé\nrest");
    }
  });
});
