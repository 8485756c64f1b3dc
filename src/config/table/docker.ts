import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "../kinds/kinds.js";
import { toggleOfDocker } from "../kinds/own-kinds.js";
import { setting } from "../kinds/setting.js";

/** Docker's own variables, which mean here what they mean to Docker. */
export const dockerSettings = {
  host: setting(text, {
    variable: "DOCKER_HOST",
    emptyIsUnset: true,
    defaultText: "`unix:///var/run/docker.sock`",
    what: "the engine",
  }),
  tlsVerify: setting(toggleOfDocker(), {
    variable: "DOCKER_TLS_VERIFY",
    emptyIsUnset: true,
    default: false,
    defaultText: "off",
    what: "any text but an empty one: speak TLS to the engine, and check who it is",
  }),
  certPath: setting(text, {
    variable: "DOCKER_CERT_PATH",
    emptyIsUnset: true,
    what: "the folder with `ca.pem`, `cert.pem` and `key.pem` for that",
  }),
  config: setting(text, {
    variable: "DOCKER_CONFIG",
    emptyIsUnset: true,
    default: () => join(homedir(), ".docker"),
    defaultText: "`~/.docker`",
    what: "the folder of `config.json`, which has the logins of registries",
  }),
};
