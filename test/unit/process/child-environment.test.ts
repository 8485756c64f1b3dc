import fc from "fast-check";
import { expect, test } from "vitest";
import { gitEnvironment, helperEnvironment } from "../../../src/process/child-environment.js";

const ours = {
  PATH: "/bin",
  HOME: "/root",
  HTTPS_PROXY: "http://proxy:3128",
  no_proxy: "lan",
  SSH_AUTH_SOCK: "/agent",
  GIT_SSH_COMMAND: "ssh -i key",
  GIT_DIR: "/elsewhere",
  GIT_CONFIG_COUNT: "1",
  AWS_PROFILE: "prod",
  DOCKER_CONFIG: "/etc/docker",
  NODE_OPTIONS: "--inspect",
  LD_PRELOAD: "x.so",
  FAIRLEAD_ADMIN_TOKEN: "canary",
  FAIRLEAD_HOOK_SECRET: "canary",
  DATABASE_URL: "canary",
};

test("git gets what it needs, and nothing else", () => {
  expect(Object.keys(gitEnvironment(ours))).toEqual([
    "PATH",
    "HOME",
    "HTTPS_PROXY",
    "no_proxy",
    "SSH_AUTH_SOCK",
    "GIT_SSH_COMMAND",
  ]);
});

test("a credential helper gets its cloud's login, and nothing else", () => {
  expect(Object.keys(helperEnvironment(ours))).toEqual([
    "PATH",
    "HOME",
    "HTTPS_PROXY",
    "no_proxy",
    "SSH_AUTH_SOCK",
    "AWS_PROFILE",
    "DOCKER_CONFIG",
  ]);
});

test("no variable of Fairlead's reaches a child", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, value) => {
      const environment = { [`FAIRLEAD_${name}`]: value };
      expect({ ...gitEnvironment(environment), ...helperEnvironment(environment) }).toEqual({});
    }),
  );
});
