import { z } from "zod";

/** A duration in a settings file, as a text: what it says is read later. A number is told what it lacks. */
export function durationForm() {
  const error = ({ input }: { readonly input?: unknown }) =>
    typeof input === "number" ? "it is a number without a unit: write for example `10s` or `5m`" : undefined;
  return z.string({ error });
}
