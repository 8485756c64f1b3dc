import { expect, test } from "vitest";
import type { LogLine } from "../../../../src/control/ports/logs.js";
import { boundedLogs } from "../../../../src/control/surface/bounded-logs.js";

const line: LogLine = { at: "2026-01-31T12:00:00.000000000Z", stream: "stdout", text: "x" };
const query = { follow: false };

async function* oneLine(): AsyncGenerator<LogLine> {
  yield await Promise.resolve(line);
}

test("of the logs that are read at once there are no more than may be, and each end makes room", async () => {
  const logs = boundedLogs((container) => {
    return container === "unreadable" ? Promise.reject(new Error("gone")) : Promise.resolve(oneLine());
  }, 2);
  const gone = new AbortController();
  const open = (name: string) => logs(name, query, gone.signal);
  const read = async (lines: AsyncIterable<LogLine>) => {
    const texts: string[] = [];
    for await (const { text } of lines) texts.push(text);
    return texts;
  };
  const refused: unknown = expect.objectContaining({ code: "LogUnreadable", remedy: expect.any(String) as string });

  const [first] = [await open("a"), await open("b")];
  await expect(open("c")).rejects.toEqual(refused);
  expect(await read(first)).toEqual(["x"]);
  await open("c");
  await expect(open("d")).rejects.toEqual(refused);
  // The reader has gone, and nobody has begun to read.
  gone.abort();
  const later = new AbortController().signal;
  await expect(logs("unreadable", query, later)).rejects.toThrow("gone");
  await logs("a", query, later);
  await logs("b", query, later);
  await expect(logs("c", query, later)).rejects.toEqual(refused);
});
