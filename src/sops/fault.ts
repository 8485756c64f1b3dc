/** Why a file cannot be decrypted: for people, and never with anything that is in it. */
export class SopsFault extends Error {}
