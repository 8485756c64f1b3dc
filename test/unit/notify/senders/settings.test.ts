import { describe, expect, it } from "vitest";
import { contextWith, open, senderOf, type Files } from "./opened.js";

const files: Files = {
  good: "https://vendor.example/hunter2",
  none: "hunter2 is no address",
  ftp: "ftp://vendor.example/hunter2",
  token: "hunter2",
  empty: "",
};
const url = "https://vendor.example";
const mail = { host: "mail.example.org", from: "a@example.org", to: "b@example.org" };

function complaint(type: string, settings: object): string {
  try {
    open(type, settings, contextWith(files));
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : "";
  }
  return "";
}

describe("settings of a sender", () => {
  it.each<[string, object, string]>([
    ["slack", { urlFile: "none" }, "urlFile: the file does not hold an http or https URL"],
    ["slack", { urlFile: "ftp" }, "urlFile: the file does not hold an http or https URL"],
    ["ntfy", { topic: "a" }, "url: no address is named"],
    ["ntfy", { topic: "a", url, urlFile: "good" }, "url: url and urlFile exclude each other"],
    ["ntfy", { topic: "a", url: "vendor.example" }, "url: this is no http or https URL"],
    ["ntfy", { topic: "a", url: "https://me:hunter2@vendor.example" }, "url: the address holds a login"],
    ["ntfy", { topic: "a", url, user: "me" }, "user: user says nothing without passwordFile"],
    ["ntfy", { topic: "a", url, passwordFile: "token" }, "passwordFile: passwordFile says nothing without user"],
    ["ntfy", { topic: "a", url, tokenFile: "token", user: "me" }, "tokenFile: a token and a login exclude each other"],
    ["matrix", { url, tokenFile: "token", room: "#shop:example.org" }, "room: this is no room's id"],
    ["webhook", { url, secretFile: "empty" }, "secretFile: the file is empty"],
    ["mail", { ...mail, user: "me" }, "user: user says nothing without passwordFile"],
    [
      "mail",
      { ...mail, tls: "none", user: "me", passwordFile: "token" },
      "tls: the password would cross the network readable",
    ],
  ])("%s: %j is refused", (type, settings, message) => {
    expect(complaint(type, settings)).toBe(`fairlead.yaml:1:1: notify.team.${message}`);
    expect(complaint(type, settings)).not.toContain("hunter2");
  });

  it.each<[string, object]>([
    ["slack", { urlFile: "good" }],
    ["ntfy", { topic: "a", url: "http://127.0.0.1:80/x", user: "me", passwordFile: "token" }],
    ["mail", { ...mail, host: "localhost", tls: "none", user: "me", passwordFile: "token" }],
    ["telegram", { tokenFile: "token", chat: "@shop" }],
    ["pushover", { tokenFile: "token", userFile: "token" }],
  ])("%s: %j is taken", (type, settings) => {
    expect(complaint(type, settings)).toBe("");
  });

  it.each<[string, object]>([
    ["mail", { ...mail, from: "a@example.org\r\nBcc: x@evil.example" }],
    ["mail", { ...mail, to: [] }],
    ["mail", { ...mail, host: "a b" }],
    ["ntfy", { topic: "a/b", url }],
    ["telegram", { tokenFile: "token", chat: "shop" }],
    ["alertmanager", { url, labels: { "a-b": "c" } }],
  ])("%s: %j is no form of it", (type, settings) => {
    expect(() => open(type, settings, contextWith(files))).toThrow(/invalid|too_small/i);
  });

  it("are described", () => {
    for (const type of ["slack", "mail", "alertmanager"]) {
      for (const field of Object.values(senderOf(type).fields)) {
        expect((field as { readonly description?: string }).description).toMatch(/.{5,}/);
      }
    }
  });
});
