import { isEmpty } from "../create/body.js";
import type { Listed, Survey } from "./survey.js";

/**
 * The top-level `networks` and `volumes`: those that Compose made for the project are its own, all others external: never
 * created, changed or removed.
 */
export class Declarations {
  readonly #networks = new Map<string, object | null>();
  readonly #volumes = new Map<string, object | null>();

  constructor(
    private readonly project: string,
    private readonly survey: Pick<Survey, "networks" | "volumes">,
  ) {}

  /** The key in the file for the engine's name. */
  network(name: string): string {
    const found = this.survey.networks.get(name);
    const key = this.#ownKey(found, "com.docker.compose.network");
    const own =
      found === undefined ? {} : { ...drivers(found, "bridge"), ...(found.Internal ? { internal: true } : {}) };
    if (key !== "default" || !isEmpty(own)) this.#networks.set(key ?? name, this.#declaration(name, key, own));
    return key ?? name;
  }

  volume(name: string): string {
    const found = this.survey.volumes.get(name);
    const key = this.#ownKey(found, "com.docker.compose.volume");
    const own = found === undefined ? {} : drivers(found, "local");
    this.#volumes.set(key ?? name, this.#declaration(name, key, own));
    return key ?? name;
  }

  file(): object {
    return {
      ...(this.#networks.size === 0 ? {} : { networks: Object.fromEntries(this.#networks) }),
      ...(this.#volumes.size === 0 ? {} : { volumes: Object.fromEntries(this.#volumes) }),
    };
  }

  #ownKey(found: Listed | undefined, label: string): string | undefined {
    const labels = found?.Labels ?? {};
    return labels["com.docker.compose.project"] === this.project ? labels[label] : undefined;
  }

  #declaration(name: string, key: string | undefined, own: object): object | null {
    if (key === undefined) return { external: true };
    const all = { ...(name === `${this.project}_${key}` ? {} : { name }), ...own };
    return isEmpty(all) ? null : all;
  }
}

function drivers({ Driver, Options, Labels }: Listed, usual: string): object {
  const labels = Object.entries(Labels ?? {}).filter(([key]) => !key.startsWith("com.docker.compose."));
  return {
    ...(Driver === undefined || Driver === usual ? {} : { driver: Driver }),
    ...(isEmpty(Options) ? {} : { driver_opts: Options }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
  };
}
