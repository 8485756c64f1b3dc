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
    state: "The registry no longer has the tag that runs",
    next: "what runs is kept",
    can: ["images"],
  },
  TagsUnlisted: {
    state: "The registry does not list the tags of the repository",
    ...triedAgain,
    can: ["images", "doctor"],
  },
  SignatureMissing: {
    state: "The image has no signature of those who have to sign it",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  SignatureInvalid: {
    state: "The image is signed, but not validly by those who have to sign it",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  SignatureUnavailable: {
    state: "The signature of the image cannot be checked now",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  PushRefused: {
    state: "The registry refuses to move a tag to the image that has proved itself",
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
    state: "The registry does not accept the login, or asks for one",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  RateLimited: {
    state: "The registry limits how often it may be asked",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
} satisfies WordsOf;
