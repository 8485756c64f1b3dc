/*
 * What a container runs, and how it is reached and built, lives here. How one replaces another is a policy.
 */

import { given } from "../../tools/present.js";
import { read } from "../document/node.js";
import { settings } from "../document/pairs.js";
import type { Fields } from "../keys/fields.js";
import type { deployKeys, serviceKeys } from "../keys/keys.js";
import { devices } from "../limits/devices.js";
import { deployedResources } from "../limits/limits.js";
import { namespaces } from "../limits/namespaces.js";
import { resources } from "../limits/resources.js";
import { security } from "../limits/security.js";
import type { ContainerOptions } from "../model/container/options.js";
import { tmpfs } from "../mounts/tmpfs.js";
import { volumesFrom } from "../mounts/volumes-from.js";
import { execution } from "./execution.js";
import { exposed } from "./expose.js";
import { logging } from "./logging.js";
import { naming } from "./naming.js";
import { platform } from "./platform.js";

/** The keys of a service that go to the engine as they are, group by group. */
export function containerOptions(
  field: Fields<typeof serviceKeys>,
  deploy: Fields<typeof deployKeys>,
): ContainerOptions {
  const deployed = deployedResources(deploy);
  return given({
    expose: read(field("expose"), exposed),
    naming: naming(field),
    resources: resources(field, deployed),
    devices: devices(field, deployed.devices),
    security: security(field),
    namespaces: namespaces(field),
    execution: execution(field),
    logging: read(field("logging"), logging),
    tmpfs: read(field("tmpfs"), tmpfs),
    annotations: read(field("annotations"), settings),
    volumesFrom: read(field("volumes_from"), volumesFrom),
    platform: read(field("platform"), platform),
  });
}
