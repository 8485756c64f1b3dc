import type { Security } from "../../compose/model/container/options.js";
import { given } from "../../tools/present.js";

export function securityBody(security: Security = {}): object {
  return given({
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
