import { PassThrough } from "node:stream";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asFairleadError, FairleadError } from "../../../src/errors.js";
import { plainJson } from "../../../src/http/web/plain-json.js";
import { logForPeople, logForPrograms } from "../../../src/console/log.js";
import { Metrics } from "../../../src/metrics/metrics.js";
import { printable, printableValue } from "../../../src/tools/printable.js";
import { Secret } from "../../../src/tools/secret.js";
import { voice } from "../../../src/console/voice.js";

/** By it the text is known in whatever encoding or cut it comes out. */
const author = "Kilroy";
const secrets = fc.string({ unit: "grapheme" }).map((text) => `${author}${text}`);

/** However somebody may hand a secret on by mistake. */
const mistakes: Readonly<Record<string, (secret: Secret) => unknown>> = {
  itself: (secret) => secret,
  "a field": (secret) => ({ deep: [{ secret }] }),
  "a copy": (secret) => Object.assign({}, secret),
  "a text": (secret) => `the token is ${secret as unknown as string}`,
  "a cause": (secret) => new Error(`no: ${secret as unknown as string}`, { cause: { secret } }),
  "what is made of it": (secret) => secret.map((text) => `Bearer ${text}`),
};

type Sink = (given: unknown) => string | Promise<string>;

const collected = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? "";

const sinks: Readonly<Record<string, Sink>> = {
  "the log for programs": async (given) => {
    const lines: string[] = [];
    const log = await logForPrograms("debug", { write: (line) => void lines.push(line) });
    log.child({ given }).error({ given, err: given }, String(given));
    return lines.join("");
  },
  "the log for people": async (given) => {
    const out = new PassThrough();
    const log = await logForPeople("debug", out);
    log.child({ given }).error({ given, err: given }, String(given));
    return collected(out);
  },
  "an error": (given) => {
    const error = new FairleadError("Internal", String(given), { remedy: String(given), cause: given });
    return [error.message, error.remedy, error.stack, inspect(error, { depth: 9, showHidden: true })].join();
  },
  "an error that nobody foresaw": (given) => inspect(asFairleadError(given), { depth: 9 }),
  "a metric's label": async (given) => {
    const metrics = new Metrics("0");
    metrics.registryRequested(given as string, "GET", 200);
    return metrics.render();
  },
  "an answer of the API": (given) => plainJson({ given }),
  "a verb's output": (given) => {
    const [out, errors] = [new PassThrough(), new PassThrough()];
    voice(out, errors).print(String(given));
    voice(out, errors).complain(inspect(given));
    return collected(out) + collected(errors);
  },
  "a container's label": (given) => JSON.stringify({ Labels: { given: String(given) } }),
  "an argument list": (given) => [given, `--token=${String(given)}`].map(String).join(" "),
  "an address": (given) => new URL(`https://example.com/?token=${encodeURIComponent(String(given))}`).href,
  "a printable line": (given) => printable(String(given)) + JSON.stringify(printableValue({ given })),
};

describe.each(Object.entries(sinks))("%s", (_sink, write) => {
  it.each(Object.entries(mistakes))("shows no secret that is given to it as %s", async (_how, mistake) => {
    await fc.assert(
      fc.asyncProperty(secrets, async (text) => {
        expect(await write(mistake(new Secret(text)))).not.toContain(author);
      }),
      { numRuns: 10 },
    );
  });

  it("shows what is none: the test would see a secret", async () => {
    expect(await write(author)).toContain(author);
  });
});
