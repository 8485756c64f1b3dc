import { execFile } from "node:child_process";
import { z } from "zod";
import { serverAddress } from "../../compose/values/registry-name.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import { Secret } from "../../tools/secret.js";

const timeoutMs = 10_000;

/** The user name under which helpers hand out an identity token instead of a password. */
const tokenUser = "<token>";

/** All variables that the helper gets. */
export type HelperEnvironment = Readonly<Record<string, string | undefined>>;

export interface HelperQuestion {
  readonly helper: string;
  /** As the helper's store spells it. */
  readonly server: string;
  readonly registry: string;
}

const answerSchema = z.object({ Username: z.string(), Secret: z.string().transform((text) => new Secret(text)) });

/**
 * Runs `docker-credential-<helper> get` with the server on its standard input. Undefined: the helper knows nothing of
 * it. Its output may hold the secret, so it never appears in an error. Throws ConfigInvalid and Unauthorized.
 */
export async function askHelper(
  { helper, server, registry }: HelperQuestion,
  environment: HelperEnvironment,
): Promise<RegistryCredentials | undefined> {
  // A name with a slash would run a program from anywhere.
  if (!/^[\w.-]+$/.test(helper)) {
    throw new FairleadError(
      "ConfigInvalid",
      `the credential helper named for ${registry} in config.json has no valid name`,
      {
        remedy: "A helper is named by what follows `docker-credential-` in its program's name.",
      },
    );
  }
  const program = `docker-credential-${helper}`;
  const { code, output } = await run(program, server, environment);
  const serveraddress = serverAddress(registry);
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw unusable(program, registry, code);
  }
  const answer = parseAnswer(output);
  if (answer === undefined) throw unusable(program, registry, "bad output");
  const { Username: username, Secret: secret } = answer;
  if (secret.isEmpty) return undefined;
  return username === tokenUser
    ? { identitytoken: secret, serveraddress }
    : { username, password: secret, serveraddress };
}

type ExitCode = number | string;

function run(
  program: string,
  input: string,
  environment: HelperEnvironment,
): Promise<{ readonly code: ExitCode; readonly output: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...environment }, timeout: timeoutMs, maxBuffer: 1024 * 1024 };
    const child = execFile(program, ["get"], options, (error, stdout) => {
      const code = error === null ? 0 : error.killed === true ? "timeout" : (error.code ?? "a signal");
      resolve({ code, output: stdout });
    });
    // A program that ends without reading its input breaks the pipe; its exit code tells the rest.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function parseAnswer(output: string): z.infer<typeof answerSchema> | undefined {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(output));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function unusable(program: string, registry: string, code: ExitCode): FairleadError {
  const what =
    code === "ENOENT"
      ? "is not installed"
      : code === "timeout"
        ? `gave no answer within ${timeoutMs / 1000} s`
        : code === "bad output"
          ? "answered something that is not credentials"
          : `failed (${code})`;
  return new FairleadError(
    "Unauthorized",
    `the credential helper ${program} ${what}, so ${registry} cannot be logged in to`,
    {
      remedy:
        code === "ENOENT"
          ? `Install ${program} where Fairlead runs, or log in there without a helper.`
          : `Try it where Fairlead runs: \`echo ${serverAddress(registry)} | ${program} get\`.`,
    },
  );
}
