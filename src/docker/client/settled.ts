import { FairleadError } from "../../errors.js";
import { refused } from "./refusal.js";

/**
 * What comes of calls to the engine; whatever goes wrong leaves the folder as a FairleadError. `after`: done in any case.
 * `words`: makes more of what the engine has refused, where it can.
 */
export async function settled<T>(
  work: () => Promise<T>,
  after?: () => void,
  words: (thrown: unknown) => unknown = (thrown) => thrown,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asOurs(words(error));
  } finally {
    after?.();
  }
}

function asOurs(error: unknown): FairleadError {
  const known = refused(error);
  if (known instanceof FairleadError) return known;
  return new FairleadError("Internal", known instanceof Error ? known.message : String(known), { cause: known });
}
