import { z } from "zod";

export const mountedFile = z.object({
  /** As in `HostFile`. */
  identity: z.string(),
  content: z.string(),
  /** It had changed since the run began when it was first looked at: the run may have found something else. */
  assumed: z.literal(true).optional(),
});
export type MountedFile = Readonly<z.infer<typeof mountedFile>>;

export interface MountedFiles {
  /** The run's. Epoch ms. */
  readonly startedAt: number;
  /** By path on the host, as the run's process has read them. */
  readonly files: ReadonlyMap<string, MountedFile>;
}

/** By the container's id. */
export type Mounted = ReadonlyMap<string, MountedFiles>;

const most = 100;

/** Over what is known of that run; another run of the container has found everything anew. */
export function withMounted(
  before: Mounted,
  container: string,
  startedAt: number,
  files: Readonly<Record<string, MountedFile>>,
): Mounted {
  const others = [...before].filter(([id]) => id !== container);
  const known = before.get(container);
  const all = new Map([...(known?.startedAt === startedAt ? known.files : []), ...Object.entries(files)]);
  return new Map([...others, [container, { startedAt, files: all }] as const].slice(-most));
}
