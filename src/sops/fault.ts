/** Why a file cannot be decrypted, and what to do: for people, and never with anything that is in it. */
export class SopsFault extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Where what SOPS has written was changed by somebody else. */
export const editHint = "take the change back, and make it with `sops edit`, which writes a new code";
