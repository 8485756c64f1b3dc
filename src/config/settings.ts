import { doorSettings } from "./table/doors.js";
import { eventSettings } from "./table/events.js";
import { sourceSettings } from "./table/sources.js";
import { workSettings } from "./table/work.js";

/**
 * Every setting, in the order of the documentation. Nothing else says where it is written, what it is by default and
 * what it does: the flags, the schema of the settings file, `Config` and `docs/configuration.md` are made of this table.
 */
export const settings = { ...sourceSettings, ...doorSettings, ...eventSettings, ...workSettings };
