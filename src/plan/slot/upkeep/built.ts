import type { ServiceSpec } from "../../../compose/model/service.js";
import type { Target } from "../../model/desired.js";
import type { Intent } from "../../model/intent.js";
import { isBuiltMark } from "../../model/names.js";
import type { ObservedContainer } from "../../model/observed.js";
import type { View } from "../../model/view.js";

/** Our marks on what was built and is neither wanted nor serving: a roll-back target is kept by its own tag. */
export function clearBuilt(spec: ServiceSpec, active: ObservedContainer, target: Target, view: View): Intent[] {
  if (!target.known) return [];
  const because = "newer inputs have taken its place";
  return view.images
    .filter(({ id }) => id !== target.digest && id !== active.digest)
    .flatMap(({ tags }) => tags.filter((tag) => isBuiltMark(spec, tag)))
    .map((reference) => ({ kind: "remove-image", reference, because }));
}
