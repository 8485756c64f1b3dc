/** What a container is made of, as the engine takes it on creation and shows it on inspection. */
export type Body = Readonly<Record<string, unknown>> & {
  readonly HostConfig?: Readonly<Record<string, unknown>> | null;
};

/** The part of an image that its containers inherit. */
export type ImageConfig = Readonly<Record<string, unknown>>;

/** The engine's own choices for what nobody declares (GET /info), and the container whose body is read. */
export interface Surroundings {
  readonly loggingDriver: string;
  readonly runtime: string;
  readonly cgroupns: string;
  readonly containerId: string;
  /** The containers that it shares something of. */
  readonly peers: readonly Peer[];
}

export interface Peer {
  readonly id: string;
  readonly name: string;
  readonly service: string | undefined;
}

/** The one that a mode names. */
export function peerIn(mode: string, peers: readonly Peer[]): Peer | undefined {
  return peers.find(({ id }) => mode === `container:${id}`);
}

/** What an inspection shows, in the form of a creation. */
export function bodyOf(inspected: { readonly Config?: object; readonly HostConfig?: object }): Body {
  return { ...inspected.Config, HostConfig: { ...inspected.HostConfig } };
}

/** The body with what the image gives it: the engine's own rules of merging. */
export function withImage(body: Body, image: ImageConfig): Body {
  const given = (key: string) => (isEmpty(body[key]) ? image[key] : body[key]);
  const ownEntrypoint = !isEmpty(body["Entrypoint"]);
  return {
    ...body,
    Env: [...Object.entries({ ...pairsOf(image["Env"]), ...pairsOf(body["Env"]) })].map(([key, value]) =>
      value === null ? key : `${key}=${value}`,
    ),
    Labels: { ...recordOf(image["Labels"]), ...recordOf(body["Labels"]) },
    ExposedPorts: { ...recordOf(image["ExposedPorts"]), ...recordOf(body["ExposedPorts"]) },
    Volumes: { ...recordOf(image["Volumes"]), ...recordOf(body["Volumes"]) },
    Entrypoint: body["Entrypoint"] ?? image["Entrypoint"],
    Cmd: ownEntrypoint ? body["Cmd"] : given("Cmd"),
    User: given("User"),
    WorkingDir: given("WorkingDir"),
    StopSignal: given("StopSignal"),
    Healthcheck: mergedCheck(recordOf(body["Healthcheck"]), recordOf(image["Healthcheck"])),
  };
}

function mergedCheck(own: Readonly<Record<string, unknown>>, image: Readonly<Record<string, unknown>>): object {
  const keys = new Set([...Object.keys(own), ...Object.keys(image)]);
  return Object.fromEntries([...keys].map((key) => [key, isEmpty(own[key]) ? image[key] : own[key]]));
}

/** The engine's ways of saying nothing. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

/** `KEY=value` entries by key; null where there is no value. The last one counts, as for the engine. */
export function pairsOf(value: unknown): Readonly<Record<string, string | null>> {
  const pairs = textsOf(value).map((entry): [string, string | null] => {
    const at = entry.indexOf("=");
    return at < 0 ? [entry, null] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
