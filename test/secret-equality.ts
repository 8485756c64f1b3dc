import { expect } from "vitest";
import { Secret } from "../src/tools/secret.js";

/* Two secrets show nothing that could differ: without this, `toEqual` would find any two of them equal. */
expect.addEqualityTesters([
  (one: unknown, other: unknown) =>
    one instanceof Secret && other instanceof Secret ? one.reveal() === other.reveal() : undefined,
]);
