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
