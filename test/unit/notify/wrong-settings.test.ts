import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channelsOf } from "../../../src/channels.js";
import { readConfig } from "../../../src/config/config.js";
import { asFairleadError } from "../../../src/errors.js";
import { silentLog } from "../../../src/console/log.js";

let at = "";
const files: Readonly<Record<string, string>> = {
  token: "hunter2",
  whsec: "whsec_hunter2!!",
  short: "whsec_aGk=",
  address: "hooks.example.org/hunter2",
};
beforeAll(() => {
  at = mkdtempSync(join(tmpdir(), "fairlead-wrong-settings-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), `${text}\n`);
});
afterAll(() => {
  rmSync(at, { recursive: true, force: true });
});

/** What is said of a settings file, with its remedy; empty: it is taken. */
function said(text: string): string {
  const config = join(at, "fairlead.yaml");
  writeFileSync(config, text.replaceAll("AT/", `${at}/`));
  try {
    channelsOf(
      readConfig({ config }, {}),
      {},
    )({
      registry: { resolve: () => Promise.reject(new Error("nobody asks")) },
      telemetry: { handlerKnown: () => undefined, handlerRan: () => undefined },
      events: { told: () => undefined },
      log: silentLog,
    });
    return "";
  } catch (thrown) {
    const { message, remedy = "no remedy" } = asFairleadError(thrown);
    return `${message}; ${remedy}`.replaceAll(`${at}/`, "");
  }
}

const webhook = (more: string) => `notify:\n  team:\n    type: webhook\n    url: https://x.example\n    ${more}\n`;
const mail = (more: string) =>
  `notify:\n  team:\n    type: mail\n    from: a@example.org\n    to: b@example.org\n    ${more}\n`;
const gitlab = (more: string) =>
  `trigger:\n  gitlab:\n    project: "42"\n    ref: main\n    tokenFile: AT/token\n    on: [promoted]\n    ${more}\n`;
const generic = (more: string) => `trigger:\n  generic:\n    on: [promoted]\n    ${more}\n`;

describe("wrong settings of those who are told name the place and the remedy", () => {
  it.each([
    [
      "notify:\n  team:\n    type: slak\n    urlFile: AT/token\n",
      /^fairlead\.yaml:3:11: notify\.team\.type: it is none of slack, .*forgejo \(did you mean "slack"\?\); /,
    ],
    [
      "notify:\n  team:\n    urlFile: AT/token\n",
      /^fairlead\.yaml:3:5: notify\.team\.type: it is missing, and should be one of slack, /,
    ],
    [
      'notify:\n  "my team":\n    type: webhook\n    url: https://x.example\n',
      /^fairlead\.yaml:2:3: notify\.my team: a name should be of letters, digits/,
    ],
    [
      webhook("secretFile: AT/whsec"),
      /^fairlead\.yaml:5:17: notify\.team\.secretFile: what follows whsec_ is no base64; copy /,
    ],
    [
      webhook("timeout: 10"),
      /^fairlead\.yaml:5:14: notify\.team\.timeout: it is a number without a unit: write for example `10s`/,
    ],
    [webhook("timeout: 0s"), /^fairlead\.yaml:5:14: notify\.team\.timeout: .*100ms to 5m; write for example 10s$/],
    [
      "notify:\n  team:\n    type: telegram\n    tokenFile: AT/token\n    chat: me\n",
      /^fairlead\.yaml:5:11: notify\.team\.chat: it should be the number of a chat, or the `@name` of a public channel/,
    ],
    [
      mail("host: mail.example.org:587"),
      /^fairlead\.yaml:6:11: notify\.team\.host: it should be a name or an address without a port: that stands in `port`/,
    ],
    [mail("host: https://mail.example.org"), /notify\.team\.host: it should be a name or an address without a port/],
    [
      mail("host: mail.example.org\n    caFile: AT/none"),
      /^fairlead\.yaml:7:13: notify\.team\.caFile: there is no file none; name a file that is there$/,
    ],
    [
      mail("host: mail.example.org").replace("a@example.org", "nobody"),
      /^fairlead\.yaml:4:11: notify\.team\.from: it should be an address of mail, such as fairlead@example\.org/,
    ],
    [
      "notify:\n  am:\n    type: alertmanager\n    url: http://am:9093\n    labels: {a-b: c}\n",
      /^fairlead\.yaml:5:14: notify\.am\.labels\.a-b: it should be the name of a label: letters, digits and `_`/,
    ],
    [
      gitlab("apiTokenFile: AT/token"),
      /^fairlead\.yaml:7:19: trigger\.gitlab\.apiTokenFile: tokenFile and apiTokenFile exclude each other; remove one of them$/,
    ],
    [
      gitlab("url: gitlab.example.org"),
      /trigger\.gitlab\.url: it is no address; write it with its scheme, such as https:\/\/gitlab\.example\.org$/,
    ],
    [
      generic("url: https://x.example\n    urlFile: AT/address"),
      /^fairlead\.yaml:5:14: trigger\.generic\.urlFile: url and urlFile exclude each other; remove one of them$/,
    ],
    [
      generic("urlFile: AT/address"),
      /^fairlead\.yaml:4:14: trigger\.generic\.urlFile: the file does not hold an http or https URL; write the whole URL into it$/,
    ],
    [
      "trigger:\n  github:\n    repository: acme\n    tokenFile: AT/token\n    on: [promoted]\n",
      /^fairlead\.yaml:3:17: trigger\.github\.repository: it should be the name of a repository, such as acme\/shop/,
    ],
  ])("%j", (text, message) => {
    expect(said(text)).toMatch(message);
    expect(said(text)).not.toContain("hunter2");
  });

  it.each([
    webhook("secretFile: AT/token"),
    webhook("secretFile: AT/short"),
    mail("host: 127.0.0.1"),
    mail('host: "::1"'),
    "notify:\n  team:\n    type: telegram\n    tokenFile: AT/token\n    chat: -100123\n",
    generic("url: https://x.example\n    headers: {X-Team: shop}"),
  ])("%j is taken", (text) => {
    expect(said(text)).toBe("");
  });
});
