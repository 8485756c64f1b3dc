import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decoded, encoded, foreignFault } from "../../../src/tools/utf8.js";

describe("bytes", () => {
  it.each<readonly [bytes: Buffer, place: string | undefined]>([
    [Buffer.from(""), undefined],
    [Buffer.from("a: é\uFFFD\n"), undefined],
    [Buffer.from("\uFEFFa: 1\n"), undefined],
    [Buffer.from("caf\u00e9", "latin1"), "1:4"],
    [Buffer.concat([Buffer.from("\uFEFFa\r\n\uFFFDé😀"), Buffer.from([0xff])]), "2:5"],
    [Buffer.concat([Buffer.from("a\rb\n\uFFFD\n"), Buffer.from([0xc3]), Buffer.from("x")]), "4:1"],
    // Half of a pair of UTF-16, written as if it were a letter of its own.
    [Buffer.from([0x61, 0xed, 0xa0, 0x80]), "1:2"],
    [Buffer.from("\uFEFFa: 1", "utf16le"), "1:1 UTF-16"],
    [Buffer.from("\uFEFFa: 1", "utf16le").swap16(), "1:1 UTF-16"],
    [Buffer.from("A=1\n", "utf16le"), "1:1 UTF-16"],
    [Buffer.from("A=1\n", "utf16le").swap16(), "1:1 UTF-16"],
    [Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), "1:1 UTF-32"],
    [Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61]), "1:1 UTF-32"],
  ])("%j are text, or no UTF-8 from a place on", (bytes, place) => {
    const { foreign } = decoded(bytes);
    const told = foreign && [`${foreign.line}:${foreign.column}`, foreign.encoding].filter(Boolean).join(" ");
    expect(told).toBe(place);
  });

  it("are never lost, and are told as text where they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (some) => {
        const bytes = Buffer.from(some);
        const found = decoded(bytes);
        expect(encoded(found).equals(bytes)).toBe(true);
        if (found.foreign === undefined) expect(Buffer.from(found.text).equals(bytes)).toBe(true);
      }),
    );
  });

  it("say what to do", () => {
    expect(foreignFault({ line: 2, column: 3, encoding: undefined })).toEqual({
      line: 2,
      column: 3,
      message: "the file is not UTF-8 text: the first byte that is none stands here",
      hint: "save it as UTF-8",
    });
    expect(foreignFault({ line: 1, column: 1, encoding: "UTF-16" }).message).toBe(
      "the file is not UTF-8 text, but UTF-16",
    );
  });
});
