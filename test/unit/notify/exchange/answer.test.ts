import { describe, expect, it } from "vitest";
import { answerOf, ask } from "../../../../src/notify/exchange/answer.js";
import type { Outgoing, Reply } from "../../../../src/notify/model/exchange.js";
import { FairleadError } from "../../../../src/errors.js";
import { Secret } from "../../../../src/tools/secret.js";

const now = Date.parse("2026-11-20T12:00:00Z");
const outgoing: Outgoing = {
  method: "POST",
  url: new Secret("https://hooks.example.com/services/T0123/B0456/hunter2hunter2?sig=p%40ssword"),
  headers: { authorization: new Secret("Bearer tokentoken"), plain: "x" },
  body: new Secret('{"token":"in-the-body","list":["deep-inside"]}'),
};

function reply(status: number, text = "", headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, text, header: (name) => headers[name] };
}

describe("an answer", () => {
  it.each([200, 201, 202, 204])("of %i is delivered", (status) => {
    expect(answerOf(reply(status, "no_service"), outgoing, now)).toEqual({ outcome: "delivered" });
  });

  it.each([407, 408, 425, 429, 500, 502, 503, 507, 599])("of %i may go better later", (status) => {
    expect(answerOf(reply(status), outgoing, now)).toEqual({
      outcome: "later",
      why: `hooks.example.com answers ${status}`,
    });
  });

  it.each([400, 401, 403, 404, 405, 410, 413, 422, 424, 451, 199, 0])("of %i would be refused again", (status) => {
    expect(answerOf(reply(status), outgoing, now)).toEqual({
      outcome: "refused",
      why: `hooks.example.com answers ${status}`,
    });
  });

  it.each([
    ["a header in seconds", reply(429, "", { "retry-after": "7" }), 7000],
    ["a header with a date", reply(503, "", { "retry-after": "Fri, 20 Nov 2026 12:00:30 GMT" }), 30_000],
    ["Discord's body", reply(429, '{"message":"slow down","retry_after":1.337,"global":false}'), 1337],
    ["Telegram's body", reply(429, '{"ok":false,"parameters":{"retry_after":35}}'), 35_000],
    ["Matrix' body", reply(429, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000}'), 2000],
    ["the longer of both", reply(429, '{"retry_after":9}', { "retry-after": "2" }), 9000],
    ["a day at most", reply(429, '{"retry_after":1e9}', { "retry-after": "99999999" }), 86_400_000],
    ["nothing usable", reply(429, '{"retry_after":"soon"}', { "retry-after": "soon" }), undefined],
    ["less than nothing", reply(429, '{"retry_after":-4}'), undefined],
  ])("says when to come back by %s", (_what, answered, afterMs) => {
    const answer = answerOf(answered, outgoing, now);
    expect(answer.outcome === "later" ? answer.afterMs : "no").toBe(afterMs);
  });

  it.each([
    ["plain words", "no_service", ": no_service"],
    ["a sentence in JSON", '{"error":"Unauthorized","errorDescription":"you need a token"}', ": you need a token"],
    ["an error inside of one", '{"error":{"code":"X","message":"too large"}}', ": too large"],
    [
      "errors in a list",
      '{"status":0,"errors":["user is invalid",1,"token is invalid"]}',
      ": user is invalid; token is invalid",
    ],
    ["JSON without words", '{"status":0}', ""],
    ["a text in JSON", '"no"', ": no"],
    ["a web page", "\n<!doctype html><h1>Bad gateway</h1>", ""],
    ["what steers a terminal", "a\u001b[2Jb\r\nc\u202e", ": ab c"],
    ["too many words", "x".repeat(500), `: ${"x".repeat(200)}…`],
  ])("is told with %s", (_what, text, words) => {
    expect(answerOf(reply(400, text), outgoing, now)).toMatchObject({
      why: `hooks.example.com answers 400${words}`,
    });
  });

  it.each([
    [
      "the address",
      "https://hooks.example.com/services/T0123/B0456/hunter2hunter2?sig=p%40ssword",
      "https://hooks.example.com[secret]?…",
    ],
    ["its path", "Cannot POST /services/T0123/B0456/hunter2hunter2", "Cannot POST [secret]"],
    ["a part of its path", "no hunter2hunter2 in services", "no [secret] in services"],
    ["a value of its query", "sig p@ssword is wrong", "sig [secret] is wrong"],
    ["a header", "Bearer tokentoken", "[secret]"],
    ["a token", "token tokentoken is wrong", "token [secret] is wrong"],
    ["what is in the body", "in-the-body, deep-inside", "[secret], [secret]"],
    ["addresses with logins", "see https://me:pass@x.example/a?b=c", "see https://x.example/a?…"],
  ])("does not repeat %s", (_what, text, words) => {
    expect(answerOf(reply(400, text), outgoing, now)).toMatchObject({
      why: `hooks.example.com answers 400: ${words}`,
    });
  });

  it("does not repeat a login", () => {
    const login = Buffer.from("operator:pass:word").toString("base64");
    const withLogin = { ...outgoing, headers: { authorization: new Secret(`Basic ${login}`) } };
    expect(answerOf(reply(401, `operator with pass:word, ${login}`), withLogin, now)).toMatchObject({
      why: "hooks.example.com answers 401: [secret] with [secret], [secret]",
    });
  });

  it.each([
    ["https://new.example.com/hunter2", "a redirect to new.example.com: "],
    ["/elsewhere/hunter2", "a redirect: "],
    ["", "a redirect: "],
  ])("of a redirect names where to, without its path: %s", (location, words) => {
    expect(answerOf(reply(308, "", { location }), outgoing, now)).toEqual({
      outcome: "refused",
      why: `hooks.example.com answers 308, ${words}write the address that it leads to`,
    });
  });

  it("is told with the remedy of its vendor", () => {
    const remedies = { 404: "make a new webhook" };
    expect(answerOf(reply(404, "no_service"), outgoing, now, { remedies })).toEqual({
      outcome: "refused",
      why: "hooks.example.com answers 404: no_service; make a new webhook",
    });
  });
});

describe("asking", () => {
  const signal = new AbortController().signal;

  it("is tried later where nobody answers", async () => {
    const failing = () => Promise.reject(new FairleadError("NotTold", "hooks.example.com refuses connections"));
    expect(await ask({ exchange: failing, now: () => now }, outgoing, signal)).toEqual({
      outcome: "later",
      why: "hooks.example.com refuses connections",
    });
  });

  it("lets a vendor say what its answer means", async () => {
    const by = { exchange: () => Promise.resolve(reply(200, "OK (not found)")), now: () => now };
    const refused = { outcome: "refused", why: "no such check" } as const;
    expect(await ask(by, outgoing, signal, { read: () => refused })).toEqual(refused);
    expect(await ask(by, outgoing, signal)).toEqual({ outcome: "delivered" });
  });
});
