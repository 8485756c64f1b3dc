import { writeFile } from "node:fs/promises";
import { until } from "../../load/until.js";
import { freePort } from "../../sandbox/network/ports.js";
import { postHook } from "../hook.js";
import { appPort, type Contender, type Image, type Theatre } from "./contender.js";
import { isAtRest, statusOf } from "./fairlead.js";
import { startProxy } from "./proxy.js";

type Order = "start-first" | "stop-first";

/**
 * How long Swarm looks at a new task, which delays no traffic. With less it may take a minute to roll back: the task that it
 * has given up waits for the published port, and the old one for that task.
 */
const monitor = "2s";

/** A service of a Swarm of one node, and its ways to be updated. */
interface SwarmWay {
  readonly name: string;
  /** The service's name on the Swarm, and by which other containers of its network find it. */
  readonly names: (image: Image) => { readonly service: string; readonly alias: string };
  /** Makes the service and answers how it is updated. */
  readonly open: (
    theatre: Theatre,
    image: Image,
    place: Place,
  ) => Promise<{ update(): Promise<void>; rest(): Promise<void>; end?(): Promise<void> }>;
}

/** A published port of the host cannot be held by two tasks at once, so start-first stands behind a proxy that finds the tasks by name. */
interface Place {
  readonly order: Order;
  readonly network: string;
  /** Of the host. */
  readonly port: number;
}

/** `docker service update`, with the rollback that it does not do by itself. */
const byCommand: SwarmWay = {
  name: "Swarm",
  names: ({ tag }) => ({ service: tag, alias: tag }),
  open: async (theatre, { pinnedHost, tag }, place) => {
    const { run } = theatre;
    const policy = (what: string) => [`--${what}-order`, place.order, `--${what}-monitor`, monitor];
    const options =
      place.order === "start-first"
        ? ["--network", place.network, "--endpoint-mode", "dnsrr"]
        : ["--publish", `mode=host,published=${place.port},target=${appPort}`];
    const create = ["--detach", "--name", tag, "--update-failure-action", "rollback", ...policy("update")];
    await run("docker", "service", "create", ...create, ...policy("rollback"), ...options, pinnedHost);
    return {
      update: async () => {
        await run("docker", "service", "update", "--detach", "--image", pinnedHost, tag);
      },
      rest: () => untilUpdated(theatre, tag),
    };
  },
};

/** The service as a Compose file has it, for both who take one. */
function webOf(image: string, place: Place): object {
  return {
    image,
    ...(place.order === "start-first"
      ? { networks: ["net"] }
      : { ports: [{ mode: "host", target: appPort, published: place.port }], networks: ["net"] }),
    deploy: { endpoint_mode: "dnsrr", update_config: { order: place.order, monitor, failure_action: "rollback" } },
  };
}

const declared = ({ network }: Place) => ({ networks: { net: { name: network, external: true } } });

/** `docker stack deploy`, the file's rollback included. */
const byStack: SwarmWay = {
  name: "docker stack deploy",
  names: ({ tag }) => ({ service: `${tag}_web`, alias: "web" }),
  open: async (theatre, { pinnedHost, tag }, place) => {
    const { run, stage } = theatre;
    const file = `${stage.directory}/${tag}.stack.yaml`;
    await writeFile(
      file,
      JSON.stringify({ version: "3.8", services: { web: webOf(pinnedHost, place) }, ...declared(place) }),
    );
    const update = async () => {
      await run("docker", "stack", "deploy", "-c", file, tag);
    };
    await update();
    return { update, rest: () => untilUpdated(theatre, `${tag}_web`) };
  },
};

/** Fairlead, told by Docker Hub's webhook. */
const byFairlead: SwarmWay = {
  name: "Fairlead on Swarm",
  names: ({ tag }) => ({ service: `${tag}_web`, alias: "web" }),
  open: async (theatre, { reference, repository, tag }, place) => {
    const { stage, shop } = theatre;
    const file = { name: tag, services: { web: webOf(reference, place) }, ...declared(place) };
    const process = await stage.run(tag, file, { FAIRLEAD_ENGINE: "swarm" });
    await process.ready();
    const rest = () =>
      until(`the end of ${tag}'s rollout`, async () =>
        isAtRest(await statusOf(process.adminUrl, tag), shop.digest(tag)),
      );
    await rest();
    return {
      update: () => postHook(process, repository, tag),
      rest,
      end: async () => {
        await process.stop();
      },
    };
  },
};

const ways = { byCommand, byStack, byFairlead };

export function swarm(way: keyof typeof ways, order: Order): Contender {
  const { name, names, open } = ways[way];
  return {
    name: `${name}, ${order}${order === "start-first" ? ", behind Caddy" : ""}`,
    open: async (theatre, image) => {
      const { run } = theatre;
      const { service, alias } = names(image);
      const [port, clusterPort] = [await freePort(), await freePort()];
      const where = ["--advertise-addr", "127.0.0.1", "--listen-addr", `127.0.0.1:${clusterPort}`];
      await run("docker", "swarm", "init", ...where);
      const network = `${image.tag}-net`;
      await run("docker", "network", "create", "--driver", "overlay", "--attachable", network);
      const { update, rest, end } = await open(theatre, image, { order, port, network });
      await untilRunning(theatre, service);
      const proxy =
        order === "start-first"
          ? await startProxy(theatre, { kind: "Caddy", network, service: alias, port })
          : undefined;
      return {
        url: `http://127.0.0.1:${port}`,
        update,
        rest,
        close: async () => {
          await end?.();
          await proxy?.close();
          await run("docker", "service", "rm", service);
          await untilGone(theatre, service);
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
