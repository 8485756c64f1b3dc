import { shorten } from "../../src/plan/steps/render.js";
import { publishImage } from "../sandbox/registry/image.js";
import type { Cleanup } from "./cleanup.js";
import { commits } from "./commits.js";
import { startNeighbour } from "./neighbour.js";
import { play } from "./play.js";
import { openScene, pageOf, push, writeFiles, type Scene } from "./scene.js";
import type { Screen } from "./screen.js";
import { setStage, type Stage } from "./stage.js";
import { showContainers, showMetrics, showStatus } from "./status.js";
import { badVersion, describe, firstStart, goodVersion, heldVersion, secondsSince, type Visitors } from "./story.js";
import { startVisitor } from "./visitor.js";

export interface DemoOptions {
  readonly screen: Screen;
  readonly cleanup: Cleanup;
  /** Whether it stays up at the end for the person to play with. */
  readonly stays: boolean;
}

/** The whole demo. Rejects as soon as something does not go as told; takes nothing down itself. */
export async function runDemo({ screen, cleanup, stays }: DemoOptions): Promise<void> {
  const began = Date.now();
  screen.title(
    "Fairlead keeps the containers of a Docker host equal to a Compose file",
    "A small web page, two versions of it: a good one that is rolled out, and a broken one that is not let through.",
  );

  screen.chapter("The stage");
  const stage = await setStage(screen, cleanup);
  const { digest } = await push(stage, "v1");
  screen.fact("image", `${stage.image}:latest is ${shorten(digest)} [v1]: a web server that answers "${pageOf("v1")}"`);
  const files = await writeFiles(stage, cleanup);
  screen.fact("services file", files.services);
  screen.quote(files.text.trimEnd().split("\n"));

  screen.chapter("Nothing runs yet: Fairlead starts");
  screen.say("? what is decided and why   > what is done   ✓ ✗ what came of it");
  screen.say("");
  const scene = await openScene(stage, screen, files, cleanup);
  scene.narrator.name(digest, "v1");
  await firstStart(scene, digest);
  const visitors = await sendVisitors(stage, scene, cleanup);

  screen.chapter("A good version is pushed: v2");
  const good = await goodVersion(scene, visitors, "v2");

  screen.chapter("A broken version is pushed: v3, which starts, serves, and soon dies");
  const bad = await badVersion(scene, visitors, "v3", "v2");

  screen.chapter("The broken version is announced once more");
  await heldVersion(scene);

  screen.chapter("A services file in git: a commit rolls out, a broken one changes nothing");
  const hasGit = await commits(stage, screen, files, cleanup);

  screen.chapter("What there is now");
  await showStatus(scene);
  screen.say("");
  await showContainers(scene);
  screen.say("");
  await showMetrics(scene);

  screen.chapter("Summary");
  screen.good("v1 was started, v2 rolled out, v3 rolled back and held; every step told its reason");
  screen.good(`v2, published port (stop-first):       ${describe(good.portfolio)}`);
  screen.good(`v2, inside the network (start-first):  ${describe(good.intranet)}`);
  screen.good(`v3, published port (stop-first):       ${describe(bad.portfolio)}`);
  screen.good(`v3, inside the network (start-first):  ${describe(bad.intranet)}`);
  if (hasGit) screen.good("a commit was rolled out, a broken one changed nothing");
  screen.good(`everything went as told, in ${secondsSince(began)}`);
  if (stays) await play(scene);
  screen.say("");
  screen.say("Cleaning up: Fairlead, containers, images, registry and files go.");
}

async function sendVisitors(stage: Stage, { pageUrl, screen }: Scene, cleanup: Cleanup): Promise<Visitors> {
  const portfolio = startVisitor(pageUrl);
  await cleanup.defer(() => portfolio.stop());
  await publishImage(stage.registry.url, "fairlead-demo/visitor", "latest", { serve: "none" });
  const intranet = await startNeighbour({
    docker: stage.docker,
    image: `${stage.named("fairlead-demo/visitor")}:latest`,
    name: `${stage.project}-visitor`,
    network: `${stage.project}_default`,
    url: "http://intranet:8080/",
  });
  await cleanup.defer(() => intranet.stop());
  screen.good("two visitors ask for the page all the time from now on: one on the port, one container on the network");
  return { portfolio, intranet };
}
