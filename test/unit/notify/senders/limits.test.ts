import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outgoing } from "../../../../src/notify/model/exchange.js";
import type { Notice } from "../../../../src/notify/model/notice.js";
import type { Told } from "../../../../src/notify/model/sender.js";
import { Secret } from "../../../../src/tools/secret.js";
import { httpTypes, openAt, secretToken } from "./opened.js";

const never = new AbortController().signal;

const bait = fc.constantFrom(
  ...["@everyone", "@here", "@channel", "@room", "<!channel>", "<!here|x>", "<@U123>", "<@&99>", "```", "`", "|", "\\"],
  ...[
    "[a](https://evil.example)",
    "</code>",
    "<b>",
    "&lt;!channel&gt;",
    "\ud83d",
    "\ude00",
    "😀",
    "\u202e",
    "\u0000",
    "\r\n",
  ],
);

/** Any text, also such as is cut in the middle of a character, and such as wakes a room. */
const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.oneof(bait, fc.string({ unit: "grapheme" })), { maxLength: 12 }).map((parts) => parts.join("")),
  fc.tuple(bait, fc.nat({ max: 800 })).map(([one, count]) => one.repeat(count).slice(0, 3000)),
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const version = fc.record({ digest: words, tag: words });

const notices = fc.record(
  {
    id: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
    kind: fc.constantFrom("promoted", "failed", "waiting", "hook:ci"),
    severity: fc.constantFrom("info", "warning", "error"),
    at: fc.integer({ min: 0, max: 4e12 }),
    title: words,
    problem: fc.constant("rollout:shop/web"),
    isEnd: fc.constant(true),
    reason: words,
    change: fc.record({ image: words, from: version, to: version, skipped: fc.array(words, { maxLength: 80 }) }),
    cause: words,
    commit: fc.record({ id: words, source: words, url: words, author: words, subject: words }),
    between: fc.array(words, { maxLength: 70 }),
    logs: fc.array(words, { maxLength: 60 }),
    command: words,
    link: fc.oneof(words, fc.webUrl({ withQueryParameters: true })),
    suppressed: fc.nat(),
  },
  { requiredKeys: ["id", "kind", "severity", "at", "title"] },
) as fc.Arbitrary<Notice>;

const anything: fc.Arbitrary<Told> = fc.tuple(notices, maybe(words)).map(([notice, text]) => {
  return text === undefined ? { notice } : { notice, text };
});

const opened = (value: string | Secret) => (value instanceof Secret ? value.reveal() : value);

type Json = { readonly [key: string]: Json } & readonly Json[] & string;

async function sent(type: string, told: Told): Promise<Outgoing | undefined> {
  const all: Outgoing[] = [];
  await openAt(type, "https://vendor.example", (outgoing) => {
    all.push(outgoing);
    return Promise.resolve({ status: 200, text: "", header: () => undefined });
  })(told, never);
  return all[0];
}

const bytes = (text: string) => Buffer.byteLength(text);

/** Written anew from what the vendors document, and not from the code. */
const limits: Readonly<Record<string, (json: Json, body: string) => void>> = {
  slack: ({ text, attachments }) => {
    expect(text?.length).toBeLessThanOrEqual(4000);
    const blocks = (attachments as readonly Json[]).flatMap((one) => one["blocks"] as readonly Json[]);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      const section = block["text"]?.["text"] ?? "a button";
      expect(section.length).toBeGreaterThan(0);
      expect(section.length).toBeLessThanOrEqual(3000);
    }
  },
  discord: ({ content = "" as Json, embeds = [] as unknown as Json }) => {
    expect(content.length).toBeLessThanOrEqual(2000);
    for (const { title = "", description = "" } of embeds as readonly Json[]) {
      expect(title.length).toBeLessThanOrEqual(256);
      expect(description.length).toBeLessThanOrEqual(4096);
      expect(title.length + description.length).toBeLessThanOrEqual(6000);
    }
  },
  teams: (_json, body) => {
    expect(bytes(body)).toBeLessThanOrEqual(28_000);
  },
  matrix: (_json, body) => {
    expect(bytes(body)).toBeLessThanOrEqual(60_000);
  },
  ntfy: ({ message = "" }) => {
    expect(bytes(message)).toBeLessThanOrEqual(4096);
  },
  gotify: ({ message = "" }) => {
    expect(bytes(message)).toBeLessThanOrEqual(16_000);
  },
  telegram: ({ text = "" }) => {
    expect(text.length).toBeLessThanOrEqual(4096);
  },
  pushover: ({ title = "", message = "" }) => {
    expect(Array.from(title).length).toBeLessThanOrEqual(250);
    expect(Array.from(message).length).toBeLessThanOrEqual(1024);
    expect(message.length).toBeGreaterThan(0);
  },
  healthchecks: (_json, body) => {
    expect(bytes(body)).toBeLessThanOrEqual(100_000);
  },
  alertmanager: (_json, body) => {
    expect(bytes(body)).toBeLessThanOrEqual(100_000);
  },
  webhook: (_json, body) => {
    expect(bytes(body)).toBeLessThanOrEqual(20_000);
  },
  cloudevents: (_json, body) => {
    expect(bytes(body)).toBeLessThanOrEqual(65_536);
  },
  apprise: ({ body = "" }) => {
    expect(bytes(body)).toBeLessThanOrEqual(32_768);
  },
};

/** Programs get the words as they are. */
const forPrograms = new Set(["webhook", "cloudevents"]);

describe.each(httpTypes)("%s, whatever the words are", (type) => {
  it("keeps to the vendor's limits, wakes nobody, and cuts no character in two", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (told) => {
        const outgoing = await sent(type, told);
        if (outgoing === undefined) return;
        const body = opened(outgoing.body ?? "");
        const json = (type === "healthchecks" ? {} : JSON.parse(body)) as Json;
        limits[type]?.(json, body);
        expect(body.replace(/\\\\/g, "")).not.toMatch(/\\u[dD][89a-fA-F]/);
        if (!forPrograms.has(type)) expect(body).not.toMatch(/@(everyone|here|channel|room)\b/i);
        if (type === "slack") expect(body).not.toMatch(/<[!@#]/);
        if (type === "discord") expect(json["allowed_mentions"]).toEqual({ parse: [] });
        if (type === "telegram") {
          const tags = json["text"]?.match(/<[^>]*>/g) ?? [];
          const own = /^<(\/?(b|code|pre|a)|a href="https?:\/\/[^"<>]+")>$/;
          expect(tags.filter((tag) => !own.test(tag))).toEqual([]);
          expect(tags.filter((tag) => tag.startsWith("</"))).toHaveLength(tags.length / 2);
        }
        if (!["pushover", "apprise"].includes(type)) expect(body).not.toContain(secretToken);
      }),
      { numRuns: 30 },
    );
  });
});
