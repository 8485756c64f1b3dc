import { createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { exchange, secret, serveHooks } from "../harness.js";
import { fakeSurface } from "../surface.js";

const path = "/hooks/delivery-hook/pull";
const now = () => String(Math.floor(Date.now() / 1_000));

function head(length: number, headers: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${headers}\r\n`;
}

const forged = (length: number) => head(length, `X-Signature: ${"0".repeat(64)}\r\nX-Timestamp: ${now()}\r\n`);

function signed(text: string, key = secret): string {
  const timestamp = now();
  const signature = createHmac("sha256", key).update(text).update(timestamp).digest("hex");
  return `${head(text.length, `X-Signature: ${signature}\r\nX-Timestamp: ${timestamp}\r\n`)}${text}`;
}

/** A connection that sends this and then says nothing more; what comes back on it is kept. */
function hang(port: number, text: string): { socket: Socket; answer: string } {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  const held = { socket, answer: "" };
  socket.on("data", (chunk) => (held.answer += chunk.toString()));
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  return held;
}

const serve = (unproven: { bytes: number; total: number; timeoutMs: number }) =>
  serveHooks({ unproven, surface: fakeSurface({ builds: ["shop/web"] }), failuresPerMinute: 1e9 });
const delivery = JSON.stringify({ service: "shop/web" });

describe("bodies of senders that have not proven who they are", () => {
  test("share a room: where it is full the oldest ends, and who sends at once is heard", async () => {
    const hooks = await serve({ bytes: 64 * 1024, total: 256 * 1024, timeoutMs: 60_000 });
    const strangers = Array.from({ length: 40 }, () => hang(hooks.port, forged(60_001) + " ".repeat(60_000)));
    const ended = () => strangers.filter(({ answer }) => answer.startsWith("HTTP/1.1 404 ")).length;
    // Four of 60,000 bytes are all that fit.
    await expect.poll(ended).toBe(36);
    expect((await exchange(hooks.port, signed(delivery), 5000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 202 /);
    expect(hooks.surface.reconciled).toHaveLength(1);
  });

  test("have little time", async () => {
    const hooks = await serve({ bytes: 1000, total: 10_000, timeoutMs: 100 });
    const answer = await exchange(hooks.port, forged(100) + " ".repeat(99));
    expect(answer.text).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer.closed).toBe(true);
    expect(hooks.counted).toEqual(["delivery-hook unauthorized"]);
  });

  test("are not read where they are announced as too large, nor where nothing could be a signature", async () => {
    const hooks = await serve({ bytes: 1000, total: 10_000, timeoutMs: 60_000 });
    for (const start of [forged(1001), head(100, ""), head(100, "X-Timestamp: 1\r\n")]) {
      expect((await exchange(hooks.port, start, 3000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 404 /);
    }
    const malformed = await exchange(hooks.port, head(100, "X-Signature: x\r\n"), 3000, /\r\n\r\n/);
    expect(malformed.text).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("never hold more than the room, whoever sends what; and the room is empty afterwards", async () => {
    const limits = { bytes: 5000, total: 12_000, timeoutMs: 100 };
    const hooks = await serve(limits);
    const sender = fc.record({ announced: fc.integer({ min: 1, max: 6000 }), sent: fc.integer({ min: 0, max: 6000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(sender, { minLength: 1, maxLength: 12 }), async (senders) => {
        const answers = await Promise.all(
          senders.map(({ announced, sent }) =>
            exchange(hooks.port, forged(announced) + " ".repeat(Math.min(sent, announced)), 5000, /\r\n\r\n/),
          ),
        );
        for (const { text } of answers) expect(text).toMatch(/^HTTP\/1\.1 40[14] /);
        const whole = delivery.padEnd(limits.bytes);
        expect((await exchange(hooks.port, signed(whole), 5000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 202 /);
      }),
      { numRuns: 30 },
    );
  });

  test("of a signer may be as large as the limit, and what is wrong besides is told to who has signed", async () => {
    const hooks = await serve({ bytes: 1000, total: 10_000, timeoutMs: 1000 });
    const request = signed(delivery);
    const put = request.replace("POST", "PUT");
    expect((await exchange(hooks.port, put, 3000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 405 /);
    const text = request.replace("application/json", "text/plain");
    expect((await exchange(hooks.port, text, 3000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 415 /);
    expect((await exchange(hooks.port, signed("{"), 3000, /\r\n\r\n/)).text).toMatch(/^HTTP\/1\.1 400 /);
  });
});
