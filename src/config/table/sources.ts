import { delimiter } from "node:path";
import { profileList } from "../../compose/project/profiles.js";
import { parseImage } from "../../compose/values/image.js";
import { defaultGateImage, defaultGateImageName } from "../../gate/image.js";
import { gitSchema } from "../../git/settings/settings.js";
import { policySchema } from "../../policy/settings.js";
import { signaturesSchema } from "../../signatures/settings.js";
import { secretCommandsSchema } from "../../secrets/settings.js";
import { choice, data, list, secretTexts, text, textOf } from "../kinds/kinds.js";
import { setting } from "../kinds/setting.js";

/** What is to run, and what may: services files, git, the policy, secrets that are read on the way. */
export const sourceSettings = {
  files: setting(list(delimiter), {
    flag: "-f, --file <path>",
    variable: "FAIRLEAD_FILE",
    key: "file",
    default: ["services.yaml"],
    what: "services file; further ones are merged over it; a pattern ('stacks/*/compose.yaml') makes each match a project of its own",
    more: "See [projects](projects.md).",
  }),
  git: setting(data(gitSchema), {
    key: "git",
    default: [],
    defaultText: "none",
    what: "the git repositories that the services files are read from",
    more: "See [git](git.md) and [the fields](#git).",
  }),
  gitUrl: setting(text, {
    flag: "--git <url>",
    variable: "FAIRLEAD_GIT",
    emptyIsUnset: true,
    defaultText: "as in `git`",
    what: "git repository that the services files are read from",
    more: "Over the key `git`, of one repository.",
  }),
  gitRef: setting(text, {
    flag: "--git-ref <ref>",
    variable: "FAIRLEAD_GIT_REF",
    emptyIsUnset: true,
    defaultText: "as in `git`, else the repository's own branch",
    what: "its branch, tag or full reference",
  }),
  gitPaths: setting(list(delimiter), {
    flag: "--git-path <path>",
    variable: "FAIRLEAD_GIT_PATH",
    emptyIsUnset: true,
    defaultText: "as in `git`, else `compose.yaml`",
    what: "services file in it, as --file takes them",
  }),
  policy: setting(data(policySchema), {
    key: "policy",
    defaultText: "none: a services file may ask for anything",
    what: "what services files may ask of this host",
    more: "See [the policy](policy.md) and [the fields](#policy).",
  }),
  signatures: setting(data(signaturesSchema), {
    key: "signatures",
    default: [],
    defaultText: "none: only what services files ask for",
    what: "by whom images have to be signed, whatever services files say",
    more: "The first entry whose images fit counts. See [signatures](signatures.md) and [the fields](#signatures).",
  }),
  profiles: setting(list(",", profileList), {
    flag: "--profile <name>",
    variable: "COMPOSE_PROFILES",
    key: "profiles",
    emptyIsUnset: true,
    defaultText: "each project's own, from its `.env`",
    what: "take in the services of this profile",
  }),
  ageKeyFile: setting(text, {
    variable: "SOPS_AGE_KEY_FILE",
    key: "ageKeyFile",
    emptyIsUnset: true,
    what: "file with the age keys that open encrypted env files, configs and secrets",
    more: "See [secrets](secrets.md).",
  }),
  ageKeys: setting(secretTexts, {
    variable: "SOPS_AGE_KEY",
    key: "ageKey",
    emptyIsUnset: true,
    default: [],
    defaultText: "none",
    what: "the same keys themselves, one a line",
  }),
  secretCommands: setting(data(secretCommandsSchema), {
    key: "secretCommands",
    default: {},
    defaultText: "none",
    what: "programs that tell secrets, by the names that services files have for them",
    more: "See [secrets](secrets.md#secret-commands) and [the fields](#secretCommands).",
  }),
  engine: setting(choice("an engine", ["docker", "swarm"]), {
    flag: "--engine <name>",
    variable: "FAIRLEAD_ENGINE",
    key: "engine",
    emptyIsUnset: true,
    default: "docker",
    what: "what runs the services: docker (containers of this host) or swarm (services of the Swarm that it manages)",
    more: "See [Swarm](swarm.md).",
  }),
  gateImage: setting(textOf(parseImage), {
    flag: "--gate-image <image>",
    variable: "FAIRLEAD_GATE_IMAGE",
    key: "gate.image",
    emptyIsUnset: true,
    default: defaultGateImage,
    defaultText: `\`${defaultGateImageName}\``,
    what: "what gates run",
    more: "See [gates](gate.md).",
  }),
};
