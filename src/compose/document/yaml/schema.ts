import { CORE_SCHEMA, NOT_RESOLVED, defineScalarTag, mergeTag } from "js-yaml";
import { decoded } from "../../../tools/utf8.js";
import { fraction, wholeNumber } from "./number.js";

/** YAML 1.2, with merge keys. */
export const coreSchema = CORE_SCHEMA.withTags(mergeTag);

const digits = Array.from("0123456789");
const neverWritten = { identify: () => false };

/** The same, with what Docker Compose's own YAML parser takes for a number or a text. */
export const composeSchema = coreSchema.withTags(
  defineScalarTag("tag:yaml.org,2002:int", {
    ...neverWritten,
    implicit: true,
    implicitFirstChars: ["-", "+", ...digits],
    resolve: (written) => {
      const value = wholeNumber(written);
      return value === undefined ? NOT_RESOLVED : Number(value);
    },
  }),
  defineScalarTag("tag:yaml.org,2002:float", {
    ...neverWritten,
    implicit: true,
    implicitFirstChars: ["-", "+", ".", ...digits],
    resolve: (written, isExplicit) => {
      if (!isExplicit && wholeNumber(written) !== undefined) return NOT_RESOLVED;
      return fraction(written) ?? NOT_RESOLVED;
    },
  }),
  defineScalarTag("tag:yaml.org,2002:binary", {
    ...neverWritten,
    resolve: (written) => {
      const base64 = written.replace(/\s/g, "");
      const isBase64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(base64);
      const { text, foreign } = decoded(Buffer.from(base64, "base64"));
      return isBase64 && foreign === undefined ? text : NOT_RESOLVED;
    },
  }),
);
