import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogLine } from "../../../../src/control/ports/logs.js";
import { readLog } from "../../../../src/docker/calls/log-lines.js";
import { frame } from "../frame.js";

const stamp = (second: number, decimals = "123456789") => `2026-01-31T12:00:0${second}.${decimals}Z`;

async function read(bytes: Buffer, size = bytes.length): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of readLog(pieces(bytes, Math.max(1, size)))) lines.push(line);
  return lines;
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("the lines of a log", () => {
  it("bear their stream and their time", async () => {
    const body = Buffer.concat([
      frame(1, `${stamp(1)} one\n`),
      frame(2, `${stamp(2)} bad: \u001b[31mred\u001b[0m\tx\n`),
      frame(1, `${stamp(3)} \n`),
      frame(1, `${stamp(4)} no end`),
    ]);
    expect(await read(body)).toEqual([
      { at: stamp(1), stream: "stdout", text: "one" },
      { at: stamp(2), stream: "stderr", text: "bad: \u001b[31mred\u001b[0m\tx" },
      { at: stamp(3), stream: "stdout", text: "" },
      { at: stamp(4), stream: "stdout", text: "no end" },
    ]);
  });

  it("of a terminal have no frames, and end as a terminal's lines do", async () => {
    expect(await read(Buffer.from(`${stamp(1)} one\r\n${stamp(2)} \r\n${stamp(3)} two`))).toEqual([
      { at: stamp(1), stream: "stdout", text: "one" },
      { at: stamp(2), stream: "stdout", text: "" },
      { at: stamp(3), stream: "stdout", text: "two" },
    ]);
  });

  it("that came in several parts are one line with the time of the first", async () => {
    const body = Buffer.concat([
      frame(1, `${stamp(1)} be`),
      frame(2, `${stamp(2)} other\n`),
      frame(1, `${stamp(3)} gin\n`),
    ]);
    expect(await read(body)).toEqual([
      { at: stamp(2), stream: "stderr", text: "other" },
      { at: stamp(1), stream: "stdout", text: "begin" },
    ]);
  });

  it("have times that sort as text, whatever the engine's zone and decimals", async () => {
    const times = ["2026-01-31T13:30:00.5+01:30", "2026-01-31T12:00:01Z", "2026-01-31T23:59:59.000000001-12:00"];
    const lines = await read(Buffer.concat(times.map((time) => frame(1, `${time} x\n`))));
    expect(lines.map(({ at }) => at)).toEqual([
      "2026-01-31T12:00:00.500000000Z",
      "2026-01-31T12:00:01.000000000Z",
      "2026-02-01T11:59:59.000000001Z",
    ]);
  });

  it("without a time, such as the engine's own errors, have that of the line before", async () => {
    const body = Buffer.concat([frame(1, `${stamp(1)} one\n`), frame(3, "Error grabbing logs: unexpected EOF\n")]);
    expect((await read(body))[1]).toEqual({
      at: stamp(1),
      stream: "stderr",
      text: "Error grabbing logs: unexpected EOF",
    });
  });

  it("are cut where they are endless", async () => {
    const part = "x".repeat(16 * 1024);
    const parts = Array.from({ length: 6 }, () => frame(1, `${stamp(1)} ${part}`));
    const lines = await read(Buffer.concat([...parts, frame(1, `${stamp(2)} y\n`), frame(1, `${stamp(3)} next\n`)]));
    expect(lines.map(({ text }) => text.length)).toEqual([64 * 1024 + 1, 4]);
    expect(lines[0]?.text.endsWith("x…")).toBe(true);
    const exact = await read(frame(1, `${stamp(1)} ${"z".repeat(64 * 1024)}\n`));
    expect(exact[0]?.text).toBe("z".repeat(64 * 1024));
  });

  it("are the same however the stream is cut, framed or not", async () => {
    const text = fc.string({ unit: "grapheme" }).map((line) => line.replace(/[\r\n]/g, ""));
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (texts, size, framed) => {
        const lines = texts.map((line) => `${stamp(1)} ${line}\n`);
        const bytes = framed ? Buffer.concat(lines.map((line) => frame(1, line))) : Buffer.from(lines.join(""));
        expect((await read(bytes, size)).map((line) => line.text)).toEqual(texts);
      }),
    );
  });

  it("survive any bytes at all", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 20 }), async (bytes, size) => {
        const lines = await read(Buffer.from(bytes), size);
        for (const { text, at } of lines) {
          expect(text).not.toContain("\n");
          expect(at).toMatch(/^\d{4}-/);
        }
      }),
    );
  });
});

it("keeps parts of lines of several sources apart, and says whose each is", async () => {
  const lines: unknown[] = [];
  const frames = ["id=1 one ", "id=2 two\n", "id=1 goes on\n"].map((text) => frame(1, `${stamp(1)} ${text}`));
  for await (const { details, text } of readLog(pieces(Buffer.concat(frames), 5), true)) lines.push([details, text]);
  expect(lines).toEqual([
    ["id=2", "two"],
    ["id=1", "one goes on"],
  ]);
});
