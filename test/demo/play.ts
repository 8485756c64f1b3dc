import { setTimeout as sleep } from "node:timers/promises";
import { hookFor } from "./hook.js";
import type { Scene } from "./scene.js";
import { showStatus } from "./status.js";
import { announce } from "./story.js";

/** Stays up for the person to play with, until `q` or a signal. */
export async function play(scene: Scene): Promise<void> {
  const { stage, screen, fairlead, pageUrl, secret, files } = scene;
  const { path, body } = hookFor(stage);
  screen.chapter("Over to you: everything stays up until you press q or Ctrl-C");
  screen.fact("the page", pageUrl);
  screen.fact("Fairlead", `${fairlead.adminUrl}/   services: /api/v1/services   metrics: /metrics`);
  screen.fact("services file", `${files.services} (edit it: it is read again at once)`);
  screen.fact(
    "engine",
    `docker -H ${stage.engineEnv["DOCKER_HOST"] ?? ""} ps -a   (stop or remove a container: it is healed)`,
  );
  screen.fact(
    "a webhook",
    `curl -i -H 'content-type: application/json' -d '${shortBody(body)}' ${fairlead.hooksUrl}${path}/${secret}`,
  );
  screen.say("");
  screen.say("Keys: g push a good version and post the webhook, b push a broken one, s status, q quit");
  screen.say("");
  await keys(scene);
}

/** curl needs no more of Docker Hub's body than this. */
function shortBody(body: object): string {
  const { push_data: push, repository } = body as { push_data?: { tag: string }; repository?: { repo_name: string } };
  if (push === undefined || repository === undefined) return JSON.stringify(body);
  return JSON.stringify({ push_data: { tag: push.tag }, repository: { repo_name: repository.repo_name } });
}

async function keys(scene: Scene): Promise<void> {
  const pressed: string[] = [];
  const { stdin } = process;
  stdin.setEncoding("utf8").on("data", (text: string) => pressed.push(...text.split("")));
  stdin.setRawMode(true);
  try {
    for (let version = 4; ;) {
      switch (pressed.shift()) {
        case undefined:
          await sleep(50);
          break;
        case "g":
          await announce(scene, `v${version++}`, "good");
          break;
        case "b":
          await announce(scene, `v${version++}`, "exit-at-once");
          break;
        case "s":
          await showStatus(scene);
          break;
        case "q":
          return;
        // A raw terminal sends Ctrl-C as a character.
        case "\u0003":
          process.kill(process.pid, "SIGINT");
          break;
      }
    }
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
