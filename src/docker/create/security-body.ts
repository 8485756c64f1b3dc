import type { Security } from "../../compose/model/options.js";
import { defined } from "./defined.js";

export function securityBody(security: Security = {}): object {
  return defined({
    CapAdd: security.capAdd,
    CapDrop: security.capDrop,
    SecurityOpt: security.securityOptions,
    Privileged: security.privileged,
    ReadonlyRootfs: security.readOnly,
    GroupAdd: security.groupAdd,
    Sysctls: security.sysctls,
    ...(security.unmaskedPaths ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  });
}
