import { describe, expect, it } from "vitest";
import type { Flags } from "../../../src/config/config.js";
import { asFairleadError } from "../../../src/errors.js";
import { read } from "./written.js";

type Variables = Readonly<Record<string, string>>;

const inFile = "tls: {cert: /c.pem, key: /k.pem}";
const own = { FAIRLEAD_TLS_CERT: "/d.pem", FAIRLEAD_TLS_KEY: "/l.pem" };
const files = (cert: object, key: object) => ({ kind: "files", cert, key });
const selfSigned = { kind: "self-signed" };

describe("how webhooks arrive", () => {
  it.each<[string, string, Flags, Variables, object | undefined]>([
    ["over plain HTTP, unless that is said otherwise", "{}", {}, {}, undefined],
    ["self-signed, in the file", "tls: self-signed", {}, {}, selfSigned],
    ["self-signed, by a variable over the file", inFile, {}, { FAIRLEAD_TLS: "self-signed" }, selfSigned],
    ["self-signed, by a flag over variables", inFile, { tls: "self-signed" }, own, selfSigned],
    [
      "files of the settings file",
      inFile,
      {},
      {},
      files(
        { path: "/c.pem", place: expect.stringMatching(/s\.yaml:1:13: tls\.cert$/) as string },
        { path: "/k.pem", place: expect.stringMatching(/s\.yaml:1:26: tls\.key$/) as string },
      ),
    ],
    [
      "files of variables over the file",
      "tls: self-signed",
      {},
      own,
      files({ path: "/d.pem", place: "FAIRLEAD_TLS_CERT" }, { path: "/l.pem", place: "FAIRLEAD_TLS_KEY" }),
    ],
    [
      "files of flags over a variable",
      "{}",
      { tlsCert: "/e.pem", tlsKey: "/m.pem" },
      { FAIRLEAD_TLS: "self-signed", ...own },
      files({ path: "/e.pem", place: "--tls-cert" }, { path: "/m.pem", place: "--tls-key" }),
    ],
    [
      "one file from elsewhere",
      inFile,
      {},
      { FAIRLEAD_TLS_KEY: "/l.pem" },
      files(
        { path: "/c.pem", place: expect.stringContaining("tls.cert") as string },
        { path: "/l.pem", place: "FAIRLEAD_TLS_KEY" },
      ),
    ],
    ["over plain HTTP for a helper, whom nobody calls", inFile, {}, { FAIRLEAD_HELPER: "home/fairlead" }, undefined],
  ])("%s", (_what, text, flags, environment, tls) => {
    expect(read(text, flags, environment).tls).toEqual(tls);
  });

  it.each<[string, string, Flags, Variables, RegExp, RegExp]>([
    ["another word", "tls: on", {}, {}, /s\.yaml:1:6: tls: it should be self-signed, or a map with cert and key/, /./],
    [
      "another word in a variable",
      "{}",
      {},
      { FAIRLEAD_TLS: "yes" },
      /^FAIRLEAD_TLS: "yes" is no way to speak TLS$/,
      /self-signed/,
    ],
    ["an empty variable", "{}", {}, { FAIRLEAD_TLS: "" }, /^FAIRLEAD_TLS: "" is no way/, /self-signed/],
    ["another word in a flag", "{}", { tls: "letsencrypt" }, {}, /^--tls: "letsencrypt" is no way/, /--tls-cert/],
    ["an empty path", "{}", {}, { ...own, FAIRLEAD_TLS_KEY: "" }, /^FAIRLEAD_TLS_KEY: it is empty$/, /./],
    ["no key", "tls: {cert: /c.pem}", {}, {}, /s\.yaml:1:\d+: tls\.key/, /./],
    ["an unknown key", "tls: {cert: /c.pem, keys: /k.pem}", {}, {}, /tls\.keys: unknown key.*key/, /./],
    [
      "a variable without the other",
      "{}",
      {},
      { FAIRLEAD_TLS_CERT: "/d.pem" },
      /^FAIRLEAD_TLS_CERT: the certificate has no key$/,
      /FAIRLEAD_TLS_KEY/,
    ],
    [
      "a flag without the other",
      "tls: self-signed",
      { tlsKey: "/m.pem" },
      {},
      /^--tls-key: the key has no certificate$/,
      /--tls-cert/,
    ],
    [
      "both at once",
      "{}",
      {},
      { FAIRLEAD_TLS: "self-signed", ...own },
      /^FAIRLEAD_TLS_CERT: FAIRLEAD_TLS says self-signed$/,
      /leave one/,
    ],
  ])("is refused with %s", (_what, text, flags, environment, message, remedy) => {
    try {
      read(text, flags, environment);
    } catch (thrown) {
      const error = asFairleadError(thrown);
      expect([error.code, error.message]).toEqual(["ConfigInvalid", expect.stringMatching(message)]);
      expect(error.remedy).toMatch(remedy);
      return;
    }
    expect.fail("it was taken");
  });
});
