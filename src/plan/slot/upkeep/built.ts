import type { ServiceSpec } from "../../../compose/model/service.js";
import type { Target } from "../../model/desired.js";
import { builtTags } from "../../model/host/image-index.js";
import type { Intent } from "../../model/intent.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import type { View } from "../../model/view.js";

/** Our marks on what was built and is neither wanted nor serving: a roll-back target is kept by its own tag. */
export function clearBuilt(spec: ServiceSpec, active: ObservedContainer, target: Target, view: View): Intent[] {
  if (!target.known) return [];
  const because = "newer inputs have taken its place";
  return builtTags(view.images, spec)
    .filter(({ image: { id } }) => id !== target.digest && id !== active.digest)
    .map(({ tag: reference }) => ({ kind: "remove-image", reference, because }));
}
