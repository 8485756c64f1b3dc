import { describe, expect, it } from "vitest";
import { isSignal } from "../../../../src/compose/container/signals.js";

describe("isSignal", () => {
  it.each(["SIGTERM", "TERM", "sigquit", "HUP", "1", "64", "SIGRTMIN", "RTMIN+15", "SIGRTMIN+3", "RTMAX", "RTMAX-14"])(
    "%s is one",
    (text) => {
      expect(isSignal(text)).toBe(true);
    },
  );
  it.each([
    "",
    "0",
    "65",
    "100",
    "SIG",
    "SIGSIGTERM",
    "SIGTREM",
    "TERM ",
    "RTMIN+16",
    "RTMIN+0",
    "RTMAX-15",
    "RTMIN-1",
    "-9",
  ])("%j is none", (text) => {
    expect(isSignal(text)).toBe(false);
  });
});
