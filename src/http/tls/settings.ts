import { z } from "zod";
import { quote } from "../../tools/quote.js";
import { FairleadError } from "../../errors.js";

const files = z.strictObject({
  cert: z
    .string()
    .min(1)
    .describe("PEM file with the server's certificate, and then those between it and its authority (`fullchain.pem`)"),
  key: z.string().min(1).describe("PEM file with its private key, without a passphrase"),
});

type WrittenFiles = z.infer<typeof files>;
export type WrittenTls = string | WrittenFiles;

const selfSigned = "self-signed";
const expected = "it should be self-signed, or a map with cert and key";

/** The `tls:` key of the settings file. The descriptions are the documentation's. */
export const tlsSchema: z.ZodType<WrittenTls> = z.union([files, z.literal(selfSigned, { error: expected })], {
  error: expected,
});

export interface CertificateFile {
  readonly path: string;
  /** Where it is named, for messages: `FAIRLEAD_TLS_CERT`, `fairlead.yaml:3:9: tls.cert`. */
  readonly place: string;
}

/** How the hooks' listener speaks TLS. */
export type TlsSettings =
  | { readonly kind: "self-signed" }
  | { readonly kind: "files"; readonly cert: CertificateFile; readonly key: CertificateFile };

/** What a flag, a variable or the file says in one word. Throws FairleadError. */
export function checkTls(written: WrittenTls): WrittenTls {
  if (typeof written !== "string" || written === selfSigned) return written;
  const remedy = `write ${selfSigned}, or name your own certificate with --tls-cert and --tls-key`;
  throw wrong(`${quote(written)} is no way to speak TLS`, remedy);
}

/** What is written, and where. */
export interface Written<Value> {
  readonly value: Value;
  readonly place: string;
  /** What is written in one of a lower rank counts before: flags, variables, the settings file. */
  readonly rank: number;
}

export interface TlsWritten {
  readonly tls: Written<WrittenTls> | undefined;
  /** Named apart, they count before what stands in a group. */
  readonly cert: Written<string> | undefined;
  readonly key: Written<string> | undefined;
  /** Where a file stands that is named in a group. */
  readonly placeIn: (part: "cert" | "key") => string;
}

/**
 * Undefined: plain HTTP. Throws FairleadError ConfigInvalid where one of the two files is not named, and where files and
 * `self-signed` are wanted in one breath.
 */
export function tlsOf({ tls, placeIn, ...apart }: TlsWritten): TlsSettings | undefined {
  if (tls !== undefined && typeof tls.value === "string") {
    const rivals = [apart.cert, apart.key].filter((one) => one !== undefined);
    const [rival] = rivals.sort((one, other) => one.rank - other.rank);
    if (rival === undefined || tls.rank < rival.rank) return { kind: selfSigned };
    if (tls.rank === rival.rank) {
      throw wrong(`${rival.place}: ${tls.place} says ${selfSigned}`, "leave one of the two out");
    }
  }
  const group: Partial<WrittenFiles> = typeof tls?.value === "object" ? tls.value : {};
  const fileOf = (part: "cert" | "key"): CertificateFile | undefined => {
    const [own, grouped] = [apart[part], group[part]];
    if (own !== undefined) return { path: own.value, place: own.place };
    return grouped === undefined ? undefined : { path: grouped, place: placeIn(part) };
  };
  const [cert, key] = [fileOf("cert"), fileOf("key")];
  if (cert !== undefined && key !== undefined) return { kind: "files", cert, key };
  if (cert !== undefined) {
    throw wrong(`${cert.place}: the certificate has no key`, "name its file with --tls-key or FAIRLEAD_TLS_KEY");
  }
  if (key !== undefined) {
    throw wrong(`${key.place}: the key has no certificate`, "name its file with --tls-cert or FAIRLEAD_TLS_CERT");
  }
  return undefined;
}

function wrong(message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", message, { remedy });
}
