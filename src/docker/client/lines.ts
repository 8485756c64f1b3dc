import { readLines } from "../../tools/streams/lines.js";

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
