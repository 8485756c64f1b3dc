import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { quote } from "../../tools/quote.js";
import { FairleadError } from "../../errors.js";
import { readPlain } from "../../tools/files/plain-file.js";
import { printable } from "../../tools/printable.js";
import { Secret } from "../../tools/secret.js";
import { exampleServices } from "../setup/example.js";
import { layoutOf, prometheusUser, settingsText } from "../setup/layout.js";
import type { Layout } from "../setup/layout.js";
import { nextSteps } from "../setup/next.js";
import { readAnswers } from "../setup/questions.js";
import type { Answers } from "../setup/questions.js";
import { draftFiles } from "../shared/drafted.js";
import { siteUrl } from "../shared/hooks-url.js";
import { exists, refuseExisting, refuseNoFolder, writeFiles } from "../shared/new-files.js";
import type { NewFile, Owner } from "../shared/new-files.js";
import { showProblems } from "../shared/problems.js";
import type { Wiring } from "../shared/wiring.js";

export interface SetupOptions {
  readonly services?: string;
  readonly pushes?: string;
  /** How it will run. */
  readonly run?: string;
  readonly dir?: string;
  readonly data?: string;
  /** Where the internet reaches the hooks. */
  readonly url?: string;
  readonly tls?: string;
  readonly force?: boolean;
}

/** As a verb that writes a file for what runs would have it. */
const everything = { all: true, projects: [], containers: [] };

const nobodysSecrets = ["hookSecrets", "adminToken"] as const;

/**
 * From an installed Fairlead to one that can be started: a services file, settings and secrets. What is missing is asked for
 * where there is a terminal. Files that are there stay as they are unless that is forced, and secrets even then.
 */
export async function setup(wiring: Wiring, options: SetupOptions): Promise<0 | 1> {
  const url = options.url === undefined ? undefined : siteUrl("--url", options.url);
  if (options.dir !== undefined) await refuseNoFolder("--dir", options.dir, true);
  // Another user may keep things there.
  if (options.data !== undefined) await refuseNoFolder("--data", options.data, false);
  if (options.tls !== undefined) checkTls(options.tls);
  const suggested = { services: await suggestedServices(), pushes: "generic", place: "terminal" } as const;
  const told = {
    ...pick("services", options.services),
    ...pick("pushes", options.pushes),
    ...pick("place", options.run),
  };
  const answers = await readAnswers(told, suggested, wiring);
  const layout = layoutOf(answers, options, { uid: process.getuid?.() });
  // Nobody is asked what runs for the sake of a file that cannot be written.
  if (options.force !== true && (await exists(layout.settings))) {
    await refuseExisting([...(layout.isWritten ? [layout.services] : []), layout.settings]);
  }
  const services = await servicesFiles(wiring, answers, layout);
  if (services === undefined) return 1;
  const written = {
    path: layout.settings,
    parts: [settingsText(layout, answers.place, options)],
    isPrivate: false,
  };
  if (options.force !== true) await refuseExisting([...services, written].map(({ path }) => path));
  const { files: secrets, hookSecret, kept } = await secretFiles(layout, answers);
  const files = [...services, written, ...secrets];
  await writeFiles(files);
  wiring.print(`written: ${files.map(({ path }) => path).join(", ")}`);
  for (const path of kept) wiring.print(`kept: ${path}`);
  const outcome = { answers, layout, url, hookSecret, isSecure: options.tls !== undefined };
  for (const line of nextSteps(outcome, wiring.terminal)) wiring.print(line);
  return 0;
}

function pick(name: keyof Answers, value: string | undefined): Partial<Record<keyof Answers, string>> {
  return value === undefined ? {} : { [name]: value };
}

/** Those of Docker Compose, in its own order, and ours. */
async function suggestedServices(): Promise<string> {
  for (const name of ["services.yaml", "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]) {
    if (await exists(name)) return name;
  }
  return "example";
}

function checkTls(text: string): void {
  if (text === "self-signed") return;
  throw new FairleadError("ConfigInvalid", `--tls: ${quote(text)} is no way to speak TLS`, {
    remedy:
      "write self-signed; the files of a certificate of your own go into fairlead.yaml afterwards (tls: {cert, key})",
  });
}

/** What of the services is to be written. Undefined: what is there cannot be used, which has been said. */
async function servicesFiles(
  wiring: Wiring,
  { services }: Answers,
  { services: path, owner, isWritten }: Layout,
): Promise<readonly NewFile[] | undefined> {
  if (services === "example") return [{ path, parts: [exampleServices], isPrivate: false }];
  if (isWritten) {
    const draft = await wiring.draft(await wiring.configure({}, nobodysSecrets), everything, undefined);
    for (const note of draft.notes) wiring.complain(printable(note));
    return draftFiles(draft, path, owner);
  }
  const { problems } = await wiring.load(await wiring.configure({ file: [path] }, nobodysSecrets));
  if (problems.length === 0) return [];
  showProblems(wiring, problems);
  wiring.complain(`${problems.length} problem${problems.length === 1 ? "" : "s"}; nothing was written`);
  return undefined;
}

/** Whoever has been given a secret would be locked out by another one: one that is there stays. */
async function secretFiles(
  { secrets, owner }: Layout,
  { place }: Answers,
): Promise<{ readonly files: readonly NewFile[]; readonly hookSecret: Secret; readonly kept: readonly string[] }> {
  const files: NewFile[] = [];
  const kept: string[] = [];
  const keep = async (name: string, fresh: Secret, of: Owner | undefined): Promise<Secret> => {
    const path = join(secrets, name);
    if (await exists(path)) {
      kept.push(path);
      return new Secret((await readPlain(path)).toString("utf8").trim().split("\n")[0] ?? "");
    }
    files.push({ path, parts: [fresh, "\n"], isPrivate: true, owner: of });
    return fresh;
  };
  const hookSecret = await keep("hook-secret", newSecret(), owner);
  if (place === "container") {
    const token = await keep("admin-token", newSecret(), owner);
    await keep("prometheus-token", token, owner === undefined ? undefined : prometheusUser);
  }
  return { files, hookSecret, kept };
}

function newSecret(): Secret {
  return new Secret(randomBytes(24).toString("hex"));
}
