import { describe, expect, it } from "vitest";
import { isVersionRefusal, negotiate } from "../../../../src/docker/client/version.js";

describe("the API version", () => {
  it.each([
    ["1.41", "1.12", "1.41"],
    ["1.44", "1.24", "1.44"],
    ["1.51", "1.44", "1.51"],
    ["1.56", "1.44", "1.51"],
    ["1.41", "", "1.41"],
    ["2.0", "1.50", "1.51"],
  ])("of an engine at %s that takes %s at least is %s", (ApiVersion, MinAPIVersion, chosen) => {
    expect(negotiate({ ApiVersion, MinAPIVersion })).toBe(chosen);
  });

  it.each([
    ["1.40", "1.12", /1\.40.*1\.41/],
    ["1.9", "1.0", /1\.9/],
    ["1.60", "1.52", /1\.52.*1\.51/],
  ])("cannot be agreed on at %s with a minimum of %s", (ApiVersion, MinAPIVersion, message) => {
    const attempt = () => negotiate({ ApiVersion, MinAPIVersion, Version: "19.03.15" });
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: "EngineTooOld", remedy: expect.any(String) as string }));
  });

  it("is not asked of something that is no engine", () => {
    expect(() => negotiate({})).toThrow(expect.objectContaining({ code: "EngineRefused" }));
  });

  it("is asked again when the engine has changed under us", () => {
    expect(isVersionRefusal(400, "client version 1.41 is too old. Minimum supported API version is 1.44")).toBe(true);
    expect(isVersionRefusal(400, "client version 1.51 is too new. Maximum supported API version is 1.41")).toBe(true);
    expect(isVersionRefusal(400, "invalid reference format")).toBe(false);
    expect(isVersionRefusal(500, "client version 1.41 is too old")).toBe(false);
  });
});
