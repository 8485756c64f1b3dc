import type { EngineKind } from "../values/engine.js";
import { buildKeys } from "./build-keys.js";
import * as declarations from "./declaration-keys.js";
import * as extension from "./extension-keys.js";
import { postStartHookKeys, preStartHookKeys, preStopHookKeys } from "./hook-keys.js";
import { afterKeys, beforeKeys, onRollbackKeys } from "./job-keys.js";
import * as keys from "./keys.js";
import * as loading from "./load-keys.js";
import * as options from "./option-keys.js";
import * as signatures from "./signature-keys.js";
import * as probes from "./probe-keys.js";
import * as swarm from "./swarm-keys.js";
import type { KeyTable } from "./support.js";

/** One mapping of a services file. */
export interface Section {
  /** Where it stands; `*` is a name of the user's choice, `[]` an item of a list. Empty: the top level. */
  readonly path: string;
  readonly table: KeyTable;
  /** On the others nothing in it is read. Absent: on all. */
  readonly engine?: EngineKind;
}

/** Every mapping whose keys we know, in the order in which the support page lists them. */
export const sections: readonly Section[] = [
  { path: "", table: keys.topLevelKeys },
  { path: "include[]", table: loading.includeKeys },
  { path: "services.*", table: keys.serviceKeys },
  { path: "services.*.blkio_config", table: options.blkioKeys },
  { path: "services.*.blkio_config.weight_device[]", table: options.blkioWeightKeys },
  { path: "services.*.blkio_config.device_*[]", table: options.blkioRateKeys },
  { path: "services.*.build", table: buildKeys },
  { path: "services.*.configs[]", table: declarations.configGrantKeys },
  { path: "services.*.depends_on.*", table: keys.dependencyKeys },
  { path: "services.*.deploy", table: keys.deployKeys },
  { path: "services.*.deploy.update_config", table: keys.updateConfigKeys },
  { path: "services.*.deploy.rollback_config", table: keys.rollbackConfigKeys },
  { path: "services.*.deploy.restart_policy", table: options.restartPolicyKeys },
  { path: "services.*.deploy.placement", table: swarm.placementKeys, engine: "swarm" },
  { path: "services.*.deploy.placement.preferences[]", table: swarm.preferenceKeys, engine: "swarm" },
  { path: "services.*.deploy.resources", table: options.resourceKeys },
  { path: "services.*.deploy.resources.limits", table: options.limitKeys },
  { path: "services.*.deploy.resources.reservations", table: options.reservationKeys },
  { path: "services.*.deploy.resources.reservations.devices[]", table: options.deviceReservationKeys },
  {
    path: "services.*.deploy.resources.reservations.generic_resources[]",
    table: swarm.genericResourceKeys,
    engine: "swarm",
  },
  {
    path: "services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec",
    table: swarm.discreteResourceKeys,
    engine: "swarm",
  },
  { path: "services.*.devices[]", table: options.deviceKeys },
  { path: "services.*.env_file[]", table: loading.envFileKeys },
  { path: "services.*.extends", table: loading.extendsKeys },
  { path: "services.*.gpus[]", table: options.gpuKeys },
  { path: "services.*.healthcheck", table: keys.healthcheckKeys },
  { path: "services.*.logging", table: options.loggingKeys },
  { path: "services.*.networks.*", table: keys.attachmentKeys },
  { path: "services.*.ports[]", table: keys.portKeys },
  { path: "services.*.post_start[]", table: postStartHookKeys },
  { path: "services.*.pre_start[]", table: preStartHookKeys },
  { path: "services.*.pre_stop[]", table: preStopHookKeys },
  { path: "services.*.secrets[]", table: declarations.secretGrantKeys },
  { path: "services.*.ulimits.*", table: options.ulimitKeys },
  { path: "services.*.volumes[]", table: keys.mountKeys },
  { path: "services.*.volumes[].bind", table: options.bindKeys },
  { path: "services.*.volumes[].volume", table: options.volumeOptionKeys },
  { path: "services.*.volumes[].tmpfs", table: options.tmpfsOptionKeys },
  { path: "services.*.x-fairlead", table: extension.extensionKeys },
  { path: "services.*.x-fairlead.gate", table: extension.gateKeys },
  { path: "services.*.x-fairlead.policy", table: extension.policyKeys },
  { path: "services.*.x-fairlead.pre_stop", table: extension.preStopKeys },
  { path: "services.*.x-fairlead.before[]", table: beforeKeys },
  { path: "services.*.x-fairlead.after[]", table: afterKeys },
  { path: "services.*.x-fairlead.on_rollback[]", table: onRollbackKeys },
  { path: "services.*.x-fairlead.probe", table: probes.probeKeys },
  { path: "services.*.x-fairlead.probe.http", table: probes.httpProbeKeys },
  { path: "services.*.x-fairlead.probe.tcp", table: probes.tcpProbeKeys },
  { path: "services.*.x-fairlead.probe.exec", table: probes.execProbeKeys },
  { path: "services.*.x-fairlead.promote[]", table: extension.promoteKeys },
  { path: "services.*.x-fairlead.reload", table: extension.reloadKeys },
  { path: "services.*.x-fairlead.verify", table: signatures.verifyKeys },
  { path: "services.*.x-fairlead.verify.cosign", table: signatures.cosignKeys },
  { path: "services.*.x-fairlead.verify.cosign.identities[]", table: signatures.identityKeys },
  { path: "services.*.x-fairlead.window", table: extension.windowKeys },
  { path: "networks.*", table: keys.networkKeys },
  { path: "networks.*.external", table: declarations.externalKeys },
  { path: "networks.*.ipam", table: declarations.ipamKeys },
  { path: "networks.*.ipam.config[]", table: declarations.poolKeys },
  { path: "volumes.*", table: keys.volumeKeys },
  { path: "volumes.*.external", table: declarations.volumeExternalKeys },
  { path: "configs.*", table: declarations.configKeys },
  { path: "secrets.*", table: declarations.secretKeys },
  { path: "secrets.*.x-fairlead", table: declarations.secretExtensionKeys },
  { path: "x-fairlead", table: extension.projectExtensionKeys },
];
