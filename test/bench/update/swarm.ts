import { until } from "../../load/until.js";
import { freePort } from "../../sandbox/network/ports.js";
import { appPort, type Contender, type Theatre } from "./contender.js";
import { startProxy } from "./proxy.js";

/**
 * How long it looks at a new task, which delays no traffic. With less it may take a minute to roll back: the task that it
 * has given up waits for the published port, and the old one for that task.
 */
const monitor = "2s";

/**
 * `docker service update`, with the rollback that it does not do by itself. A published port of the host cannot be held
 * by two tasks at once, so start-first stands behind a proxy that finds the tasks by name; stop-first publishes it.
 */
export function swarm(order: "start-first" | "stop-first"): Contender {
  return {
    name: `Swarm, ${order}${order === "start-first" ? ", behind Caddy" : ""}`,
    open: async (theatre, { pinnedHost, tag }) => {
      const { run } = theatre;
      const [port, clusterPort] = [await freePort(), await freePort()];
      await run(
        "docker",
        "swarm",
        "init",
        "--advertise-addr",
        "127.0.0.1",
        "--listen-addr",
        `127.0.0.1:${clusterPort}`,
      );
      const network = `${tag}-net`;
      await run("docker", "network", "create", "--driver", "overlay", "--attachable", network);
      const policy = (what: string) => [`--${what}-order`, order, `--${what}-monitor`, monitor];
      const place =
        order === "start-first"
          ? ["--network", network, "--endpoint-mode", "dnsrr"]
          : ["--publish", `mode=host,published=${port},target=${appPort}`];
      const create = ["--detach", "--name", tag, "--update-failure-action", "rollback", ...policy("update")];
      await run("docker", "service", "create", ...create, ...policy("rollback"), ...place, pinnedHost);
      await untilRunning(theatre, tag);
      const proxy =
        order === "start-first" ? await startProxy(theatre, { kind: "Caddy", network, service: tag, port }) : undefined;
      return {
        url: `http://127.0.0.1:${port}`,
        update: async () => {
          await run("docker", "service", "update", "--detach", "--image", pinnedHost, tag);
        },
        rest: () => untilUpdated(theatre, tag),
        close: async () => {
          await proxy?.close();
          await run("docker", "service", "rm", tag);
          await untilGone(theatre, tag);
          await run("docker", "network", "rm", network);
          await run("docker", "swarm", "leave", "--force");
        },
      };
    },
  };
}

async function untilRunning({ run }: Theatre, service: string): Promise<void> {
  await until("the service's task", async () => {
    const states = await run("docker", "service", "ps", "--format", "{{.CurrentState}}", service);
    return states.startsWith("Running");
  });
}

/** `completed`, `rollback_completed`, or `paused` where it gave up. */
async function untilUpdated({ run }: Theatre, service: string): Promise<void> {
  await until("the service's update", async () => {
    const state = await run("docker", "service", "inspect", "--format", "{{json .UpdateStatus}}", service);
    return /completed|paused/.test(state);
  });
}

async function untilGone({ docker }: Theatre, service: string): Promise<void> {
  const filters = { label: [`com.docker.swarm.service.name=${service}`] };
  await until("the end of the tasks", async () => (await docker.listContainers({ all: true, filters })).length === 0);
}
