import { devices } from "./devices.js";
import { execution } from "./execution.js";
import { exposed } from "./expose.js";
import type { Fields } from "./fields.js";
import type { deployKeys, serviceKeys } from "./keys.js";
import { deployedResources } from "./limits.js";
import { logging } from "./logging.js";
import { namespaces } from "./namespaces.js";
import { naming } from "./naming.js";
import { read } from "./node.js";
import type { ContainerOptions } from "./options.js";
import { settings } from "./pairs.js";
import { platform } from "./platform.js";
import { given } from "./present.js";
import { resources } from "./resources.js";
import { security } from "./security.js";
import { tmpfs } from "./tmpfs.js";
import { volumesFrom } from "./volumes-from.js";

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
