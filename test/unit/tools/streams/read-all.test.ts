import { describe, expect, it } from "vitest";
import { readAll, readBeginning } from "../../../../src/tools/streams/read-all.js";

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

describe("all of a stream", () => {
  it("is its bytes, in order", async () => {
    expect((await readAll(pieces("one ", "", "two"))).toString()).toBe("one two");
    expect(await readAll(pieces())).toHaveLength(0);
  });

  it("is refused once it is too long, and not read on", async () => {
    let read = 0;
    const endless = async function* () {
      for (;;) {
        read += 1;
        yield await Promise.resolve(Buffer.alloc(10));
      }
    };
    await expect(readAll(endless(), 25)).rejects.toThrow("answered with more than 25 bytes");
    expect(read).toBe(3);
    expect(await readAll(pieces("12345"), 5)).toHaveLength(5);
  });
});

describe("the beginning of a stream", () => {
  it("is as many bytes, and no more is read", async () => {
    expect((await readBeginning(pieces("one ", "two ", "three"), 6)).toString()).toBe("one tw");
    expect((await readBeginning(pieces("one ", "two"), 60)).toString()).toBe("one two");
  });

  it("is what came before it broke off", async () => {
    const broken = async function* () {
      yield await Promise.resolve(Buffer.from("half"));
      throw new Error("cut");
    };
    expect((await readBeginning(broken(), 60)).toString()).toBe("half");
  });
});
