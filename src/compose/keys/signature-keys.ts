import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const verifyKeys = { cosign: supported } as const satisfies KeyTable;

export const cosignKeys = {
  keys: { support: "supported", note: "public keys in PEM, or their files; one that fits is enough" },
  identities: { support: "supported", note: "of keyless signatures; one that fits is enough" },
  trustedRootFile: { support: "supported", note: "whom `identities` are believed from" },
} as const satisfies KeyTable;

export const identityKeys = {
  issuer: supported,
  subject: { support: "supported", note: "the whole of it" },
  subjectPattern: { support: "supported", note: "a regular expression of RE2 that fits the whole of it" },
} as const satisfies KeyTable;
