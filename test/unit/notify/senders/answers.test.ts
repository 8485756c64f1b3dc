import { describe, expect, it } from "vitest";
import type { Answer } from "../../../../src/notify/model/channel.js";
import { deadHost, startVendor, type Manner } from "../exchange/vendor.js";
import { samples } from "./notices.js";
import { httpTypes, now, openAt, secretToken, signingKey } from "./opened.js";

const told = samples["failed"] ?? { notice: { id: "x", kind: "failed", severity: "error", at: 0, title: "x" } };
const echo = `no such thing: /${secretToken}/T1, Bearer ${secretToken}, user-key-user-key, ${signingKey}`;

async function answerTo(type: string, manner: Manner, signal = AbortSignal.timeout(20_000)): Promise<Answer> {
  const vendor = await startVendor(manner);
  const answer = await openAt(type, vendor.url)(told, signal);
  expect(vendor.asked).toHaveLength(1);
  return withoutHost(answer, vendor.host);
}

function withoutHost(answer: Answer, host: string): Answer {
  return JSON.parse(JSON.stringify(answer).replaceAll(host, "HOST")) as Answer;
}

describe.each(httpTypes)("%s", (type) => {
  it("is delivered once it is accepted", async () => {
    expect(await answerTo(type, { status: 200, text: "{}" })).toEqual({ outcome: "delivered" });
  });

  it("is tried again when it was too often", async () => {
    const answer = await answerTo(type, { status: 429, headers: { "Retry-After": "30" }, text: "slow down" });
    expect(answer).toEqual({ outcome: "later", why: "HOST answers 429: slow down", afterMs: 30_000 });
  });

  it.each([500, 502, 503])("is tried again after %i", async (status) => {
    expect(await answerTo(type, { status, text: "<h1>Bad gateway</h1>" })).toEqual({
      outcome: "later",
      why: `HOST answers ${status}`,
    });
  });

  it.each([400, 401, 403, 404, 413])("is not tried again after %i, and repeats no secret", async (status) => {
    const answer = await answerTo(type, { status, text: JSON.stringify({ error: echo }) });
    expect(answer).toMatchObject({
      outcome: "refused",
      why: expect.stringMatching(`^HOST answers ${status}: no such`) as string,
    });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|^whsec_/);
  });

  it("is not sent after a redirect", async () => {
    const answer = await answerTo(type, { status: 307, headers: { Location: "https://other.example/x" } });
    expect(answer).toMatchObject({
      outcome: "refused",
      why: expect.stringContaining("redirect to other.example") as string,
    });
  });

  it("is tried again where nobody listens", async () => {
    const host = await deadHost();
    const answer = await openAt(type, `http://${host}`)(told, AbortSignal.timeout(20_000));
    expect(answer).toEqual({ outcome: "later", why: `${host} refuses connections` });
  });

  it("is tried again where nobody answers in time", async () => {
    const answer = await answerTo(type, "silent", AbortSignal.timeout(100));
    expect(answer).toEqual({ outcome: "later", why: "HOST gave no answer in time" });
  });
});

describe("what vendors say in their own ways", () => {
  it.each<[string, Manner, Partial<Answer>]>([
    [
      "discord",
      { status: 429, text: '{"message":"You are being rate limited.","retry_after":1.5}' },
      { outcome: "later", afterMs: 1500 },
    ],
    [
      "telegram",
      { status: 429, text: '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":9}}' },
      { outcome: "later", afterMs: 9000 },
    ],
    [
      "telegram",
      { status: 400, text: '{"ok":false,"description":"Bad Request: chat not found"}' },
      { outcome: "refused", why: "HOST answers 400: Bad Request: chat not found; check chat and thread" },
    ],
    [
      "matrix",
      { status: 429, text: '{"errcode":"M_LIMIT_EXCEEDED","error":"Too many","retry_after_ms":700}' },
      { outcome: "later", afterMs: 700 },
    ],
    [
      "slack",
      { status: 404, text: "no_service" },
      { outcome: "refused", why: "HOST answers 404: no_service; the webhook is gone: make a new one" },
    ],
    [
      "pushover",
      { status: 400, text: '{"user":"invalid","errors":["user identifier is invalid"],"status":0}' },
      { outcome: "refused", why: "HOST answers 400: user identifier is invalid" },
    ],
    [
      "pushover",
      { status: 429, headers: { "X-Limit-App-Reset": String(now / 1000 + 60) } },
      { outcome: "later", afterMs: 60_000 },
    ],
    [
      "pushover",
      { status: 429, headers: { "X-Limit-App-Reset": String(now / 1000 + 9_999_999) } },
      { outcome: "later", afterMs: 86_400_000 },
    ],
    [
      "gotify",
      {
        status: 401,
        text: '{"error":"Unauthorized","errorCode":401,"errorDescription":"you need to provide a valid access token"}',
      },
      {
        outcome: "refused",
        why: "HOST answers 401: you need to provide a valid access token; write the token of an application, not of a client",
      },
    ],
    ["healthchecks", { status: 200, text: "OK (not found)" }, { outcome: "refused" }],
    ["healthchecks", { status: 200, text: "OK (rate limited)" }, { outcome: "later", afterMs: 60_000 }],
    ["healthchecks", { status: 200, text: "OK" }, { outcome: "delivered" }],
    ["apprise", { status: 204 }, { outcome: "refused" }],
    [
      "apprise",
      { status: 424, text: '{"error":"One or more notification could not be sent."}' },
      { outcome: "refused" },
    ],
    ["webhook", { status: 410 }, { outcome: "refused" }],
    ["teams", { status: 202 }, { outcome: "delivered" }],
    ["ntfy", { status: 507, text: '{"code":50701,"http":507,"error":"cannot publish"}' }, { outcome: "later" }],
  ])("%s: %j", async (type, manner, expected) => {
    expect(await answerTo(type, manner)).toMatchObject(expected);
  });
});
