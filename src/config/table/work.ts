import { z } from "zod";
import { registrySettings } from "../../registry/client/settings.js";
import { choice, data, textOf, toggle } from "../kinds/kinds.js";
import { cron, leaseName } from "../kinds/own-kinds.js";
import { setting } from "../kinds/setting.js";

/** When and how it works: looks, logs, other controllers, pulls, registries. */
export const workSettings = {
  resync: setting(textOf(cron), {
    flag: "--resync <cron>",
    variable: "FAIRLEAD_RESYNC",
    key: "resync",
    default: "*/5 * * * *",
    what: "when everything is looked at again",
    more: "Up to 20 s of jitter are added ([how](#resync)).",
  }),
  logLevel: setting(choice("a log level", ["debug", "info", "warn", "error"]), {
    flag: "--log-level <level>",
    variable: "FAIRLEAD_LOG_LEVEL",
    key: "logLevel",
    default: "info",
    what: "debug, info, warn or error",
  }),
  prune: setting(toggle, {
    flag: "--prune",
    variable: "FAIRLEAD_PRUNE",
    key: "prune",
    emptyIsUnset: true,
    default: false,
    defaultText: "off: what left the file is reported as `Orphaned`",
    what: "remove services that have left the file",
  }),
  standby: setting(toggle, {
    flag: "--standby",
    variable: "FAIRLEAD_STANDBY",
    key: "standby",
    emptyIsUnset: true,
    default: false,
    defaultText: "off: ends with 1 where another controller is in charge",
    what: "where another controller is in charge, wait for its end and take over",
  }),
  lease: setting(textOf(leaseName), {
    flag: "--lease <name>",
    variable: "FAIRLEAD_LEASE",
    key: "lease",
    emptyIsUnset: true,
    default: "default",
    what: "which of several controllers on one engine this is",
    more: "See [two controllers](#two-controllers).",
  }),
  concurrentPulls: setting(data(z.int().min(1).max(32)), {
    key: "concurrentPulls",
    default: 3,
    what: "how many images are pulled at once, 1 to 32",
  }),
  registries: setting(data(registrySettings), {
    key: "registries",
    default: {},
    defaultText: "none",
    what: "how single registries are reached, by their hosts",
    more: "See [registries](registries.md) and [the fields](#registries).",
  }),
};
