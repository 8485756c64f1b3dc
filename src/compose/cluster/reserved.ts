import { groupOf } from "../../tools/present.js";
import { items, read, readAll, report, type Node } from "../document/node.js";
import { filledText, integer, processors } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import type { deployKeys } from "../keys/keys.js";
import type { Fields } from "../keys/fields.js";
import { reservationKeys, resourceKeys } from "../keys/option-keys.js";
import { discreteResourceKeys, genericResourceKeys } from "../keys/swarm-keys.js";
import type { GenericResource, Reserved } from "../model/cluster.js";

/** What of `deploy.resources.reservations` no container of one host can have. */
export function reserved(deploy: Fields<typeof deployKeys>): Reserved | undefined {
  const resources = read(deploy("resources"), (at) => fields(at, resourceKeys));
  const lower = read(resources?.("reservations"), (at) => fields(at, reservationKeys));
  const nanoCpus = read(lower?.("cpus"), processors);
  return groupOf({
    nanoCpus: nanoCpus === 0 ? undefined : nanoCpus,
    generic: read(lower?.("generic_resources"), (at) => readAll(items(at), generic)),
  });
}

function generic(node: Node): GenericResource | null {
  const field = fields(node, genericResourceKeys);
  const spec = field("discrete_resource_spec");
  if (spec === undefined) {
    return report(node, "`discrete_resource_spec` is missing", "write for example `{kind: gpu, value: 1}` under it");
  }
  const member = fields(spec, discreteResourceKeys);
  const kind = read(member("kind"), filledText);
  const value = read(member("value"), (at) => integer(at, 0, Number.MAX_SAFE_INTEGER));
  if (member("kind") === undefined || member("value") === undefined) {
    return report(spec, "`kind` and `value` are both needed", "write for example `{kind: gpu, value: 1}`");
  }
  return kind === undefined || value === undefined ? null : { kind, value };
}
