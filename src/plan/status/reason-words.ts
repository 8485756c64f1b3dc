import type { Reason } from "../model/condition.js";
import { hosts } from "./reasons/hosts.js";
import { images } from "./reasons/images.js";
import { rollouts } from "./reasons/rollouts.js";
import { upkeep } from "./reasons/upkeep.js";
import type { ReasonWords } from "./reasons/words.js";

/** Each reason of a service's summary, for people who do not know the word. */
export const reasonWords: Readonly<Record<Reason, ReasonWords>> = { ...rollouts, ...images, ...hosts, ...upkeep };
