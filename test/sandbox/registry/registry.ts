import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { startDaemon, type Daemon } from "../engine/daemon.js";
import { hireJanitor } from "../host/janitor.js";
import { patienceMs } from "../host/patience.js";

export interface RegistryOptions {
  /** On 127.0.0.1; default a free one. */
  readonly port?: number;
  /** A network namespace's name (`ip netns add`) or path; default the caller's own. */
  readonly netns?: string;
  /** Basic authentication: user names and their passwords. */
  readonly auth?: { readonly htpasswd: Readonly<Record<string, string>> };
  /** Whether manifests may be deleted; default true. */
  readonly delete?: boolean;
  /** Whom it tells of what happens, and with which `Authorization`. */
  readonly notify?: { readonly url: string; readonly authorization: string };
  /** It takes no pushes after `restart`; default false. */
  readonly readOnlyLater?: boolean;
  readonly signal?: AbortSignal;
}

export interface SandboxRegistry {
  readonly url: `http://127.0.0.1:${number}`;
  /** As it stands in an image's name. */
  readonly host: `127.0.0.1:${number}`;
  /** Of the one that runs now; another one after `restart`. */
  readonly pid: number;
  /** Ends it and removes its images. */
  stop(): Promise<void>;
  /** SIGKILL; the images stay. `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends it if it runs, and starts it again with the same images on the same port. */
  restart(): Promise<void>;
}

/** An image registry on a loopback port. It is gone with its images after `stop`, and also when this process dies. */
export async function startRegistry(options: RegistryOptions = {}): Promise<SandboxRegistry> {
  options.signal?.throwIfAborted();
  const janitor = await hireJanitor({ kind: "registry", netns: options.netns });
  if (janitor === undefined) throw new Error("a registry takes no lock");
  const stop = () => janitor.finish();
  try {
    let { daemon, port } = await serve(janitor.directory, options);
    options.signal?.addEventListener("abort", () => void stop().catch(() => undefined), { once: true });
    return {
      url: `http://127.0.0.1:${port}`,
      host: `127.0.0.1:${port}`,
      get pid() {
        return daemon.pid;
      },
      stop,
      kill: () => daemon.end("SIGKILL"),
      restart: async () => {
        await daemon.end("SIGTERM");
        const readOnly = options.readOnlyLater === true;
        ({ daemon, port } = await serve(janitor.directory, { ...options, port, readOnly }));
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function serve(
  directory: string,
  options: RegistryOptions & { readonly readOnly?: boolean },
): Promise<{ daemon: Daemon; port: number }> {
  const configFile = `${directory}/registry.json`;
  const logFile = `${directory}/registry-${Date.now()}.log`;
  await writeFile(configFile, JSON.stringify(await configuration(directory, options)));
  const daemon = await startDaemon({
    command: "docker-registry",
    args: ["serve", configFile],
    netns: options.netns,
    logFile,
  });
  // Port 0 in the configuration: the kernel's choice stands in the log, so that no other program can take it first.
  const listening = async () => /listening on 127\.0\.0\.1:(\d+)/.exec(await readFile(logFile, "utf8"))?.[1];
  return { daemon, port: Number(await daemon.until(listening, patienceMs, options.signal)) };
}

/** JSON is YAML. */
async function configuration(
  directory: string,
  {
    port = 0,
    auth,
    delete: deletes = true,
    notify,
    readOnly = false,
  }: RegistryOptions & { readonly readOnly?: boolean },
) {
  const htpasswd = `${directory}/htpasswd`;
  if (auth !== undefined) await writeFile(htpasswd, await htpasswdLines(auth.htpasswd), { mode: 0o600 });
  return {
    version: "0.1",
    log: { level: "info", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: `${directory}/images` },
      delete: { enabled: deletes },
      maintenance: { readonly: { enabled: readOnly } },
    },
    http: { addr: `127.0.0.1:${port}` },
    ...(auth === undefined ? {} : { auth: { htpasswd: { realm: "sandbox", path: htpasswd } } }),
    ...(notify === undefined ? {} : { notifications: { endpoints: [endpointOf(notify)] } }),
  };
}

function endpointOf({ url, authorization }: NonNullable<RegistryOptions["notify"]>) {
  const headers = { Authorization: [authorization] };
  return { name: "sandbox", url, headers, timeout: "1s", threshold: 5, backoff: "1s" };
}

/** The registry takes bcrypt only; perl-base, which every Debian has, reaches the C library's. Passwords go by stdin. */
async function htpasswdLines(users: Readonly<Record<string, string>>): Promise<string> {
  const program = 'while (<STDIN>) { chomp; print crypt($_, q($2y$05$) . q(sandboxsandboxsandboxu)), "\\n" }';
  const perl = promisify(execFile)("perl", ["-e", program]);
  perl.child.stdin?.end(Object.values(users).join("\n"));
  const hashes = (await perl).stdout.trim().split("\n");
  return Object.keys(users)
    .map((user, index) => `${user}:${hashes[index]!}\n`)
    .join("");
}
