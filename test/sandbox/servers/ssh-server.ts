import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

const run = promisify(execFile);

export interface SshServer {
  readonly port: number;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** Has another key from now on. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/** An sshd on loopback that lets one key in, as the user that runs the tests. No service: it ends with them. */
export async function startSshServer(folder: string): Promise<SshServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir("/run/sshd", { recursive: true });
  const keyFile = join(folder, "id");
  const keygen = (file: string) => run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  await keygen(keyFile);
  await keygen(join(folder, "host"));
  const authorized = join(folder, "authorized_keys");
  await copyFile(`${keyFile}.pub`, authorized);
  await chmod(authorized, 0o600);
  const port = await freePort();
  const config = join(folder, "sshd_config");
  await writeFile(
    config,
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey "${join(folder, "host")}"`,
      `AuthorizedKeysFile "${authorized}"`,
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "StrictModes no",
      "PermitRootLogin yes",
      `PidFile "${join(folder, "pid")}"`,
    ].join("\n"),
  );
  const knownHostsFile = join(folder, "known_hosts");
  await writeFile(knownHostsFile, `[127.0.0.1]:${port} ${await readFile(join(folder, "host.pub"), "utf8")}`);
  const begin = async () => {
    const process = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], { stdio: "ignore" });
    await answers(port);
    return process;
  };
  let server = await begin();
  const stop = async () => {
    if (server.exitCode !== null) return;
    server.kill();
    await once(server, "exit");
  };
  return {
    ...{ port, keyFile, knownHostsFile, stop },
    renew: async () => {
      await stop();
      await run("rm", [join(folder, "host"), join(folder, "host.pub")]);
      await keygen(join(folder, "host"));
      server = await begin();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port: number): Promise<void> {
  const { connect } = await import("node:net");
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await sleep(50);
  }
  throw new Error("sshd does not answer");
}
