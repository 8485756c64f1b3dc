import { triedAgain } from "./words.js";
import type { WordsOf } from "./words.js";

/** What registries say of images, tags and signatures. */
export const images = {
  ImageNotFound: {
    state: "The registry has no such image",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  NoTagMatches: {
    state: "No tag of the repository fits its policy",
    next: "it is looked at again when a tag is pushed, and by the schedule",
    can: ["images"],
  },
  TagGone: {
    state: "The registry has no longer the tag that runs",
    next: "what runs is kept",
    can: ["images"],
  },
  TagsUnlisted: {
    state: "The registry does not list the tags of the repository",
    ...triedAgain,
    can: ["images", "doctor"],
  },
  SignatureMissing: {
    state: "The image is not signed by those who have to have signed it",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  SignatureInvalid: {
    state: "What signs the image is not by those who have to have signed it",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  SignatureUnavailable: {
    state: "Nobody can tell whether the image is signed",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  PushRefused: {
    state: "The registry refuses to move a tag to what has proved itself",
    ...triedAgain,
    can: ["doctor", "retry"],
  },
  PullFailed: { state: "The image could not be pulled", ...triedAgain, can: ["doctor", "reconcile"] },
  RegistryUnavailable: {
    state: "The registry cannot be asked: what runs is kept, and no rollout begins",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  Unauthorized: {
    state: "The registry demands another login",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  RateLimited: {
    state: "The registry wants to be asked less often",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
} satisfies WordsOf;
