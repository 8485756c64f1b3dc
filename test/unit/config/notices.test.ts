import { describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";

const notices = (environment: Readonly<Record<string, string>>) =>
  readConfig({}, environment).notices.map(({ message, remedy }) => `${message} (${remedy})`);

describe("variables that are nearly a setting", () => {
  it.each([
    ["FAIRLEAD_HOOK_SECRETS", "FAIRLEAD_HOOK_SECRET"],
    ["FAIRLEAD_RESINC", "FAIRLEAD_RESYNC"],
    ["FAIRLEAD_ADMIN_TOKN", "FAIRLEAD_ADMIN_TOKEN"],
    ["FAIRLEAD_CONFG", "FAIRLEAD_CONFIG"],
  ])("are told with what may be meant: %s", (name, meant) => {
    expect(notices({ [name]: "hunter2" })).toEqual([
      `the variable ${name} is no setting, and has no effect (did you mean ${meant}?)`,
    ]);
  });

  it.each([
    ...["FAIRLEAD_LOG_LEVEL", "FAIRLEAD_HELPER_USER", "FAIRLEAD_DIR", "FAIRLEAD_HOOKS_PORT", "FAIRLEAD_ADMIN_PORT"],
    ...["FAIRLEAD_TEST_ENGINE", "FAIRLEAD_TEST_REGISTRY", "FAIRLEAD_THEME_COLOUR", "HOOK_SECRETS", "DOCKER_HOTS"],
  ])("are not those of others, and not Fairlead's own: %s", (name) => {
    expect(notices({ [name]: name === "FAIRLEAD_LOG_LEVEL" ? "info" : "1" })).toEqual([]);
  });

  it("are not those that are empty: Compose passes them on like that", () => {
    expect(notices({ FAIRLEAD_HOOK_SECRETS: "" })).toEqual([]);
  });
});

describe("proxies that are trusted", () => {
  it.each(["0.0.0.0/0", "::/0", "10.1.2.3/0", "10.0.0.0/8,::/0"])("are not everybody: %s", (blocks) => {
    expect(notices({ FAIRLEAD_TRUSTED_PROXIES: blocks })).toEqual([
      expect.stringMatching(
        /^FAIRLEAD_TRUSTED_PROXIES: \S+\/0 holds every IPv[46] address: .* \(name the addresses of your own/,
      ),
    ]);
  });

  it.each(["0.0.0.0/1", "10.0.0.0/8", "8000::/1", "fd00::/8", "127.0.0.1"])("are %s", (blocks) => {
    expect(notices({ FAIRLEAD_TRUSTED_PROXIES: blocks })).toEqual([]);
  });
});
