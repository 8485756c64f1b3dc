import { StringDecoder } from "node:string_decoder";

const lineLimit = 1024 * 1024;

/** Lines of a byte stream, whole UTF-8 characters only; an over-long line is cut. */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.write(chunk)).split("\n");
    rest = (parts.pop() ?? "").slice(0, lineLimit);
    yield* parts;
  }
  rest += decoder.end();
  if (rest !== "") yield rest;
}

/** The JSON objects of a stream of lines; lines that are none, such as a proxy's error page, come as `{text}`. */
export async function* readObjects(stream: AsyncIterable<Buffer>): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const line of readLines(stream)) {
    if (line.trim() === "") continue;
    yield parseObject(line) ?? { text: line };
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
