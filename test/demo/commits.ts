import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProblemReport } from "../../src/compose/values/problem.js";
import { startFairlead, type FairleadProcess } from "../sandbox/fairlead.js";
import { gitRepository, type GitRepository } from "../sandbox/servers/git-repository.js";
import { publishImage } from "../sandbox/registry/image.js";
import { ensurePackages } from "../sandbox/host/packages.js";
import { freePort } from "../sandbox/network/ports.js";
import type { Cleanup } from "./cleanup.js";
import { check } from "./failure.js";
import { startNarrator, type Narrator } from "./narrator.js";
import { readServices, untilServices } from "./observe.js";
import type { Screen } from "./screen.js";
import type { Files } from "./scene.js";
import type { Stage } from "./stage.js";
import { removeTraces } from "./traces.js";
import { readPage } from "./visitor.js";

const patienceMs = 30_000;
const repositoryOfImage = "fairlead-demo/banner";

interface Fleet {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly repository: GitRepository;
  readonly fairlead: FairleadProcess;
  readonly secret: string;
  readonly pageUrl: string;
  /** The services file, with this beside what it has. */
  readonly file: (more?: string) => string;
}

/** A services file in git: a commit rolls out, a broken one changes nothing. Answers whether git could be had. */
export async function commits(stage: Stage, screen: Screen, files: Files, cleanup: Cleanup): Promise<boolean> {
  try {
    await ensurePackages(["git"], (line) => {
      screen.say(line);
    });
  } catch (error) {
    screen.say(`skipped: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
  const fleet = await openFleet(stage, screen, files, cleanup);
  const narrator = startNarrator(fleet.fairlead, screen);
  try {
    await untilPage(fleet, "the first commit");
    narrator.catchUp();
    screen.say("");
    screen.good(`${fleet.pageUrl} answers what is in git: "the first commit"`);

    await commit(fleet, "A new page", { "page/index.html": "the second commit\n" });
    await untilPage(fleet, "the second commit");
    narrator.catchUp();
    screen.say("");
    screen.good(`rolled out by the commit: ${fleet.pageUrl} answers "the second commit"`);

    await brokenCommit(fleet, narrator);
  } finally {
    narrator.stop();
  }
  return true;
}

async function openFleet(stage: Stage, screen: Screen, { settings }: Files, cleanup: Cleanup): Promise<Fleet> {
  const directory = await mkdtemp(`${tmpdir()}/fairlead-demo-git-`);
  await cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const project = `${stage.project}-git`;
  if (!stage.playsHub) await cleanup.defer(() => removeTraces(stage.docker, project, stage.registry.host));
  await publishImage(stage.registry.url, repositoryOfImage, "latest", { healthcheck: "none" });
  const port = await freePort();
  const file = (more = "") => `name: ${project}
services:
  banner:
    image: ${stage.named(repositoryOfImage)}
    ports: ["127.0.0.1:${port}:8080"]
    volumes: ["./page:/site:ro"]       # a folder of the repository
    stop_grace_period: 1s
    deploy: {update_config: {monitor: 1s}}
${more}`;
  const repository = await gitRepository(directory);
  const files = { "compose.yaml": file(), "page/index.html": "the first commit\n" };
  const id = await repository.commit(files, { message: "The first service" });
  screen.fact("repository", `${repository.path}: commit ${id.slice(0, 7)}, with compose.yaml and page/index.html`);
  const secret = randomBytes(8).toString("hex");
  const fairlead = await startFairlead({
    dataDir: `${directory}/data`,
    args: ["--git", repository.path, "--git-ref", "main", "--config", settings],
    env: { ...stage.engineEnv, DOCKER_CONFIG: directory, FAIRLEAD_HOOK_SECRET: secret },
  });
  await cleanup.defer(async () => {
    check((await fairlead.stop()) === 0, "fairlead did not end with exit code 0 on SIGTERM");
  });
  screen.fact("Fairlead", "a second one, as `fairlead run --git <repository>`");
  screen.say("");
  await fairlead.ready();
  return { stage, screen, repository, fairlead, secret, pageUrl: `http://127.0.0.1:${port}/`, file };
}

/** Commits, pushes, and tells of it as a forge does. */
async function commit(
  { screen, repository, fairlead, secret }: Fleet,
  message: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const id = await repository.commit(files, { message });
  screen.say("");
  screen.fact("pushed", `commit ${id.slice(0, 7)}: ${message} (${Object.keys(files).join(", ")})`);
  const answer = await fetch(`${fairlead.hooksUrl}/hooks/generic`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ repository: repository.path, ref: "refs/heads/main" }),
  });
  const text = (await answer.text()).trim();
  check(answer.status === 202, `the hook was answered ${answer.status} instead of 202: ${text}`);
  screen.fact("webhook", `POST /hooks/generic  →  202 ${text}`);
  screen.say("");
  return id;
}

async function brokenCommit(fleet: Fleet, narrator: Narrator): Promise<void> {
  const { screen, fairlead, file, pageUrl } = fleet;
  const before = await containersOf(fleet);
  const id = await commit(fleet, "More ports", { "compose.yaml": file('    prots: ["8081:8080"]\n') });
  await untilProblem(fairlead.adminUrl, id);
  narrator.catchUp();
  screen.say("");
  check(JSON.stringify(await containersOf(fleet)) === JSON.stringify(before), "a broken commit changed a container");
  check((await readPage(pageUrl)) === "the second commit", "a broken commit changed the page");
  screen.good(`nothing of it is in force: the same container answers "the second commit"`);
}

async function untilPage({ pageUrl, fairlead }: Fleet, text: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while ((await readPage(pageUrl)) !== text) {
    check(Date.now() < deadline, `${pageUrl} never answered "${text}"`);
    await sleep(50);
  }
  await untilServices(fairlead.adminUrl, "the end of the rollout", ({ sync, health }) => {
    return sync === "Synced" && health === "Healthy";
  });
}

async function untilProblem(adminUrl: string, commitId: string): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const answer = (await (await fetch(`${adminUrl}/api/v1/services`)).json()) as { problems: ProblemReport[] };
    if (answer.problems.some((problem) => problem.commit === commitId)) return;
    check(Date.now() < deadline, "the broken commit was never told of");
    await sleep(50);
  }
}

async function containersOf({ stage, fairlead }: Fleet): Promise<readonly string[]> {
  const [service] = await readServices(fairlead.adminUrl);
  const filters = { label: [`com.docker.compose.project=${service?.project ?? ""}`] };
  return (await stage.docker.listContainers({ all: true, filters })).map(({ Id }) => Id).sort();
}
