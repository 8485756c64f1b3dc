import { expect, it } from "vitest";
import type { RegistryCredentials } from "../../../../src/control/ports/registry.js";
import { textIn } from "../../../../src/docker/build/protobuf.js";
import { credentialsReply } from "../../../../src/docker/build/session.js";
import { Secret } from "../../../../src/tools/secret.js";

const serveraddress = "ghcr.io";

it.each<[string, RegistryCredentials | undefined, string, string]>([
  ["a password", { username: "bob", password: new Secret("hunter2"), serveraddress }, "bob", "hunter2"],
  ["an identity token", { identitytoken: new Secret("t0ken"), serveraddress }, "", "t0ken"],
  ["nothing", undefined, "", ""],
])("BuildKit is answered %s", (_what, login, username, secret) => {
  const reply = credentialsReply(login);
  expect([textIn(reply, 1), textIn(reply, 2)]).toEqual([username, secret]);
});
