import { pipeline } from "node:stream/promises";

/** Answers false where the other end of the pipe has gone: `fairlead logs | head` is no error. */
export async function pour(texts: AsyncIterable<string>, out: NodeJS.WritableStream): Promise<boolean> {
  try {
    await pipeline(texts, out, { end: false });
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EPIPE") return false;
    throw thrown;
  }
}
