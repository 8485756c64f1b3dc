import { handlersSchema } from "../../notify/handlers/settings.js";
import { triggerSchema } from "../../notify/triggers/fields.js";
import { data } from "../kinds/kinds.js";
import { setting } from "../kinds/setting.js";

/** What is begun elsewhere, and here, on events. */
export const eventSettings = {
  trigger: setting(data(triggerSchema), {
    key: "trigger",
    default: {},
    defaultText: "none",
    what: "pipelines that are begun on events, by names; a vendor's name says which it is",
    more: "See [pipelines](pipelines.md) and [the fields](#trigger).",
  }),
  handlers: setting(data(handlersSchema), {
    key: "handlers",
    default: {},
    defaultText: "none",
    what: "programs that are run on events, by names",
    more: "See [handlers](handlers.md) and [the fields](#handlers).",
  }),
};
