import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startEngine } from "../../sandbox/engine/engine.js";
import { publishImage } from "../../sandbox/registry/image.js";
import { createNetns, enterNetns } from "../../sandbox/network/netns.js";
import { startRegistry } from "../../sandbox/registry/registry.js";
import { connect, pull } from "./docker.js";

/**
 * To be killed: the owner of an engine, a registry and a container that the engine would restart for ever. It re-enters
 * itself in a network namespace of its own, because it has to publish the image there.
 */
if (process.argv[2] === "inside") {
  const registry = await startRegistry();
  const engine = await startEngine({ mirror: registry.url });
  const docker = connect(engine.host);
  const { digest } = await publishImage(registry.url, "sample/owned", "latest");
  await pull(docker, `sample/owned@${digest}`);
  const HostConfig = { RestartPolicy: { Name: "always" } };
  const container = await docker.createContainer({ Image: `sample/owned@${digest}`, HostConfig });
  await container.start();
  const { State } = await container.inspect();
  console.log(JSON.stringify({ socket: engine.socket, pids: [engine.pid, registry.pid, State.Pid] }));
  setInterval(() => undefined, 60_000);
} else {
  const netns = await createNetns();
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "inside"];
  await once(spawn(...enterNetns(netns.path, process.execPath, args), { stdio: "inherit" }), "exit");
}
