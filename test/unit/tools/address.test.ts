import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress } from "../../../src/tools/address.js";

describe("an address", () => {
  test.each([
    ["127.0.0.1:8421", { host: "127.0.0.1", port: 8421 }],
    ["[::1]:8421", { host: "::1", port: 8421 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    [":8420", { host: "0.0.0.0", port: 8420 }],
  ])("%s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text.startsWith(":") ? `0.0.0.0${text}` : text);
  });

  test.each([
    "",
    "8420",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "::1:80",
    "[zz]:1",
    "a b:1",
    "http://x:1",
    "a/b:1",
  ])("%j is none", (text) => {
    expect(() => parseAddress(text)).toThrow(`${JSON.stringify(text)} is not an address to listen on`);
  });
});
