import Docker from "dockerode";
import { onTestFinished } from "vitest";

export function connect(host: string): Docker {
  if (host.startsWith("unix://")) return new Docker({ socketPath: host.slice("unix://".length) });
  const { hostname, port } = new URL(host);
  return new Docker({ host: hostname, port: Number(port) });
}

export async function pull(docker: Docker, reference: string): Promise<void> {
  const stream = await docker.pull(reference);
  await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject).resume());
}

/** Pulls it first; removed with the test. `port` is the host's, for the container's 8080. */
export async function runContainer(
  docker: Docker,
  reference: string,
): Promise<{ container: Docker.Container; port: number }> {
  await pull(docker, reference);
  const container = await docker.createContainer({
    Image: reference,
    HostConfig: { PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
  });
  onTestFinished(() => container.remove({ force: true, v: true }));
  await container.start();
  const { NetworkSettings } = await container.inspect();
  return { container, port: Number(NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort ?? 0) };
}

/** Polls until `fits`, at most 15 s. */
export async function untilState(
  container: Docker.Container,
  fits: (state: Docker.ContainerInspectInfo["State"]) => boolean,
): Promise<Docker.ContainerInspectInfo["State"]> {
  for (const deadline = Date.now() + 15_000; ;) {
    const { State } = await container.inspect();
    if (fits(State)) return State;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(State)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
