/** The demo did not go as told: the message is for the person who watches. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

/** Somebody wants it to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(readonly exitCode: number) {
    super("interrupted");
  }
}

export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new DemoFailure(message);
}
