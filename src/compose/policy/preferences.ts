/*
 * How a service is rolled out and looked after lives here: decoders only. The planner does what they say.
 */

import { given, groupOf } from "../../tools/present.js";
import { read, type Node } from "../document/node.js";
import { boolean, duration, integer } from "../document/scalar.js";
import type { LeavePolicy } from "../model/policy/leave.js";
import type { ReleasePolicy } from "../model/policy/release.js";
import type { ReloadPolicy } from "../model/policy/reload-policy.js";
import type { Mount } from "../model/mount.js";
import type { ProbeSpec } from "../model/service.js";
import type { SignatureRule } from "../model/policy/signature-rule.js";
import { leavePolicy } from "./leave.js";
import { probe } from "./probe.js";
import { releasePolicy } from "./release.js";
import { reload } from "./reload.js";
import { verify } from "./verify.js";

/** What `x-fairlead` may say of one service, and at the top level of all that do not say it themselves. */
export interface Preferences {
  readonly adopt?: boolean;
  readonly keep?: number;
  readonly leave?: LeavePolicy;
  readonly probe?: ProbeSpec;
  readonly release?: ReleasePolicy;
  readonly stopped?: boolean;
  readonly respectStopMs?: number;
  readonly renew?: boolean;
  readonly reload?: ReloadPolicy;
  readonly verify?: SignatureRule;
}

type Key =
  | "adopt"
  | "renew"
  | "reload"
  | "keep"
  | "drain"
  | "pre_stop"
  | "probe"
  | "window"
  | "min_age"
  | "approve"
  | "paused"
  | "stopped"
  | "respect_stop"
  | "verify";

/** `mounts`: those of the service. Absent: at the top level. */
export function preferences(field: (key: Key) => Node | undefined, mounts?: readonly Mount[]): Preferences {
  return given({
    adopt: read(field("adopt"), boolean),
    keep: read(field("keep"), (at) => integer(at, 0, 100)),
    leave: leavePolicy(field("drain"), field("pre_stop")),
    probe: read(field("probe"), probe),
    release: releasePolicy(field),
    stopped: read(field("stopped"), boolean),
    respectStopMs: read(field("respect_stop"), duration),
    renew: read(field("renew"), boolean),
    reload: read(field("reload"), (at) => reload(at, mounts)),
    verify: read(field("verify"), verify),
  });
}

/** Key by key: a service that writes `paused` keeps the default `window`. */
export function preferred(own: Preferences, defaults: Preferences): Preferences {
  return {
    ...defaults,
    ...own,
    ...given({
      leave: groupOf({ ...defaults.leave, ...own.leave }),
      release: groupOf({ ...defaults.release, ...own.release }),
    }),
  };
}
