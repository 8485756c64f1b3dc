import { gitRepository } from "../../../sandbox/servers/git-repository.js";
import { startGitServer } from "../../../sandbox/servers/git-server.js";
import type { Scene } from "./scene.js";

/** A repository with the services files of a scene, and the forge that it is fetched from. */
export async function forgeOf(scene: Scene, onTestFinished: (end: () => Promise<void>) => void) {
  const repository = await gitRepository(scene.directory);
  const server = await startGitServer(scene.directory);
  onTestFinished(() => server.stop());
  const url = `${server.url}/fleet.git`;
  /** As a forge does after a push. */
  const tell = (ref = "refs/heads/main") =>
    fetch(`${scene.fairlead.hooksUrl}/hooks/generic`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${scene.hookSecret}` },
      body: JSON.stringify({ repository: url.replace("http://", "https://user@").replace(/\.git$/, ""), ref }),
    });
  return { repository, server, url, tell, args: ["--git", url, "--git-ref", "main"] };
}
