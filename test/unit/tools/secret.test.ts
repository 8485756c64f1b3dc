import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/tools/secret.js";

const text = 'hunter2-é-"x"';
const secret = new Secret(text);
const source = new URL("../../../src/", import.meta.url).pathname;

describe("a secret prints as [secret]", () => {
  it.each<[string, () => string]>([
    ["by String()", () => String(secret)],
    ["in a template", () => `<${secret as unknown as string}>`.slice(1, -1)],
    ["added to a text", () => "".concat(secret as unknown as string)],
    ["joined", () => [secret].join()],
    ["as JSON", () => JSON.parse(JSON.stringify(secret)) as string],
    ["inspected", () => inspect(secret)],
    ["inspected with all that is hidden", () => inspect(secret, { showHidden: true, depth: null, getters: true })],
    ["formatted as a text", () => format("%s", secret)],
    ["formatted as an object", () => format("%o", secret)],
  ])("%s", (_how, print) => {
    expect(print()).toBe("[secret]");
  });

  it("inside of anything", () => {
    const holder = { token: secret, list: [secret], map: new Map([["k", secret]]) };
    expect(JSON.stringify({ ...holder, map: undefined })).toBe('{"token":"[secret]","list":["[secret]"]}');
    expect(inspect(holder, { showHidden: true, depth: 9 })).not.toContain("hunter2");
    expect(inspect(new Error("no", { cause: holder }), { depth: 9 })).not.toContain("hunter2");
  });

  it("and leaves nothing in a copy", () => {
    expect(JSON.stringify([Object.assign({}, secret), Object.entries(secret), structuredClone(secret)])).toBe(
      "[{},[],{}]",
    );
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });
});

describe("a secret", () => {
  it("is opened by the one who says so", () => {
    expect(secret.reveal()).toBe(text);
    expect(secret.map((one) => `Bearer ${one}`).reveal()).toBe(`Bearer ${text}`);
    expect(String(secret.map((one) => one))).toBe("[secret]");
  });

  it("tells itself from others", () => {
    expect(secret.equals(new Secret(text))).toBe(true);
    expect([new Secret(`${text}x`), new Secret(""), undefined].map((other) => secret.equals(other))).toEqual([
      false,
      false,
      false,
    ]);
    expect([secret.isEmpty, new Secret("").isEmpty]).toEqual([false, true]);
  });

  /** A further place is a decision: it has to be where the secret is used, and nobody else may see what it gives. */
  it("is opened nowhere but where it is used", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const places = files.filter((name) => /\breveal\b/.test(readFileSync(join(source, name), "utf8")));
    expect(places.map((name) => relative("", name)).sort()).toEqual([
      "cli/setup/next.ts", // the hook's secret, in the address that `fairlead setup` shows on a terminal
      "cli/shared/admin.ts", // the admin token, in a verb's header
      "cli/shared/new-files.ts", // what `fairlead init` and `setup` write, in files of their owner's alone
      "cli/shared/problems.ts", // what a variable in a .env is called, told to whoever validates
      "cli/verbs/hook/test.ts", // a hook's secret, in the address of a sample that is sent to the controller
      "cli/verbs/hook/url.ts", // a hook's secret, in the address that is shown on a terminal
      "compose/model/hash.ts", // a repository's login, variables, contents of files and build arguments, in hashes and comparisons
      "compose/mounts/grants.ts", // the length of a config or secret, of which a Swarm takes no more than so much
      "context/bases.ts", // build arguments, in the names of the images that a Dockerfile begins with
      "context/git.ts", // a repository's login, in git's environment
      "docker/build/build.ts", // build arguments, in the call, and to mask them in what the build says
      "docker/build/session.ts", // a registry's login, in an answer to BuildKit
      "docker/calls/containers.ts", // variables, to mask them in what the engine says
      "docker/calls/files.ts", // configs and secrets, in the archive that is written into a container
      "docker/client/login.ts", // a registry's login, in a header for the engine
      "docker/create/environment.ts", // variables, in the calls that create a container and run a command in it
      "git/program/login.ts", // a repository's token, in git's environment
      "http/delivery/header.ts", // a hook's secret, in the headers of a sample
      "http/delivery/signed.ts", // hook secrets, as the key of a signature
      "http/guard/cookie.ts", // the value of a session, in the header that gives it to its browser
      "http/guard/secret.ts", // hook secrets and the admin token, hashed for a comparison
      "http/guard/sessions.ts", // the admin token, in a hash whose key is the value of a session
      "http/hooks/pipelines/delivery-hook.ts", // hook secrets, hashed for a comparison
      "http/tls/self-signed.ts", // the key of a certificate that is made here, in a file of its owner's alone
      "http/web/secure.ts", // the key of the hooks' certificate, in the hands of TLS
      "notify/exchange/exchange.ts", // the address of a request, where that is a secret
      "notify/exchange/hidden.ts", // what of a request is masked in the answer to it
      "notify/exchange/json.ts", // tokens that a vendor wants in the body of a request
      "notify/senders/mail.ts", // the login at a mail server, in the hands of the library
      "notify/senders/settings/access.ts", // whether the address in a file is one
      "notify/triggers/trigger.ts", // whether a file holds an address
      "registry/login/authority.ts", // a registry's login, in a hash that tells it from others
      "sops/age.ts", // age keys, in the hands of the library
      "sops/keys.ts", // lines of a key file, so that what is no key is told by its place
      "swarm/draft/container-body.ts", // variables, in what a Swarm is told of a service
      "swarm/draft/files.ts", // configs and secrets, as contents of the Swarm's own
      "tools/http/dial.ts", // passwords and tokens, in a request to a registry or to whoever is told
      "tools/secret.ts",
      "tools/standard-webhook.ts", // hook secrets and those of webhooks that we send, as the key of a signature
      "tracing/exporter.ts", // what a collector wants of us, in the headers of its requests
    ]);
  });
});
