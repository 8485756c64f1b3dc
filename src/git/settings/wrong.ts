import { FairleadError } from "../../errors.js";

/** The place of a key below `git`, such as `url`, or `1.url` in a list. */
export type PlaceOf = (key: string) => string;

export function wrong(place: string, message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", `${place}: ${message}`, { remedy });
}
