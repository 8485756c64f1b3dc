import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { pour } from "../../../../src/tools/streams/pour.js";

async function* texts(count: number): AsyncGenerator<string> {
  for (let index = 0; index < count; index += 1) yield await Promise.resolve(`${index};`);
}

/** A pipe whose reader has gone. */
function broken(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done(Object.assign(new Error("gone"), { code }));
    },
  });
}

test("what is poured arrives whole, and the stream stays open", async () => {
  const out = new PassThrough();
  expect(await pour(texts(3), out)).toBe(true);
  expect(out.writableEnded).toBe(false);
  expect(String(out.read())).toBe("0;1;2;");
});

test("a reader who has gone is no error; anything else is", async () => {
  expect(await pour(texts(3), broken("EPIPE"))).toBe(false);
  await expect(pour(texts(3), broken("ENOSPC"))).rejects.toThrow("gone");
});
