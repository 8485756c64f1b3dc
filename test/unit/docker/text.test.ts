import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logLines } from "../../../src/docker/calls/logs.js";
import { readObjects } from "../../../src/docker/client/lines.js";
import { readLines } from "../../../src/tools/streams/lines.js";
import { quotable } from "../../../src/docker/client/refusal.js";
import { frame } from "./frame.js";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("logs", () => {
  it("are told apart by stream and put together to lines", () => {
    const body = Buffer.concat([frame(1, "one\ntw"), frame(2, "err\n"), frame(1, "o\n"), frame(2, "open")]);
    expect(logLines(body)).toEqual(["one", "err", "two", "open"]);
  });

  it("of a terminal have no headers", () => {
    expect(logLines(Buffer.from("plain text\nmore\n"))).toEqual(["plain text", "more"]);
    expect(logLines(Buffer.alloc(0))).toEqual([]);
  });

  it("survive characters split between pieces, and a cut end", () => {
    const bytes = Buffer.from("grün\n");
    expect(logLines(Buffer.concat([frame(1, bytes.subarray(0, 3)), frame(1, bytes.subarray(3))]))).toEqual(["grün"]);
    expect(logLines(frame(1, "cut off").subarray(0, 11))).toEqual(["cut"]);
  });

  it("never bring a control character or an endless line", () => {
    const long = frame(1, `\u001b[31mred\u001b[0m\u0007\u202e${"x".repeat(5000)}\r\n`);
    const [line = ""] = logLines(long);
    expect(line.startsWith("redxxx")).toBe(true);
    expect(line).toHaveLength(2001);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const each of logLines(frame(1, Buffer.from(bytes)))) expect(each).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});

describe("words of others", () => {
  it("lose what may be secret in a URL", () => {
    expect(quotable('Get "https://user:pass@cdn.example/blob?X-Sig=abc&t=1": EOF')).toBe(
      'Get "https://cdn.example/blob?…": EOF',
    );
    expect(quotable("see https://docs.docker.com/x, then retry")).toBe("see https://docs.docker.com/x, then retry");
  });

  it("are one bounded line", () => {
    expect(quotable("a\r\nb")).toBe("a b");
    expect(quotable("x".repeat(2000))).toHaveLength(501);
  });
});

describe("streams of lines", () => {
  it("are the same however they are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme" })),
        fc.integer({ min: 1, max: 7 }),
        async (texts, size) => {
          const lines = texts.map((text) => text.replaceAll("\n", ""));
          const read = await collect(readLines(pieces(Buffer.from(lines.map((line) => `${line}\n`).join("")), size)));
          expect(read).toEqual(lines);
        },
      ),
    );
  });

  it("give what is no JSON object as text", async () => {
    const stream = pieces(Buffer.from('{"status":"Pulling"}\r\n\n<html>\n[1]\n{"errorDetail":{"message":"no"}}'), 5);
    expect(await collect(readObjects(stream))).toEqual([
      { status: "Pulling" },
      { text: "<html>" },
      { text: "[1]" },
      { errorDetail: { message: "no" } },
    ]);
  });
});
