import { address, first, secretFile, secretText } from "../kinds/kinds.js";
import { setting } from "../kinds/setting.js";

/** Where a running controller is asked: all that those verbs read which only ask one. Texts alone, for `config/admin.ts`. */
export const adminSettings = {
  adminListen: setting(address, {
    flag: "--admin-listen <address>",
    variable: "FAIRLEAD_ADMIN_LISTEN",
    key: "adminListen",
    default: "127.0.0.1:8421",
    what: "API, metrics and page",
  }),
  adminToken: setting(first(secretFile), {
    flag: "--admin-token-file <path>",
    variable: "FAIRLEAD_ADMIN_TOKEN_FILE",
    key: "adminTokenFile",
    plain: { variable: "FAIRLEAD_ADMIN_TOKEN", key: "adminToken", kind: first(secretText) },
    defaultText: "none: loopback only",
    what: "file with the token of the admin address",
  }),
};
