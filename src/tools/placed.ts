import { asFairleadError, FairleadError } from "../errors.js";
import { given } from "./present.js";

/** What is wrong with a setting, with its place. */
export function wrongAt(place: string, message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", `${place}: ${message}`, { remedy });
}

/** What is read for a setting; its faults get the setting's place. */
export function placed<Value>(place: () => string, read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    const { message, remedy } = asFairleadError(thrown);
    throw new FairleadError("ConfigInvalid", `${place()}: ${message}`, { cause: thrown, ...given({ remedy }) });
  }
}
