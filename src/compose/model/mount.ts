export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs";
  /** Absolute host path (bind) or the engine's volume name (volume); absent for tmpfs and anonymous volumes. */
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** The engine creates a missing host path. */
  readonly createHostPath: boolean;
  /** SHA-256 of the one file behind a config or secret: a change of it needs a new container. Absent: not known. */
  readonly contentHash?: string;
  readonly bind?: BindOptions;
  readonly volume?: VolumeOptions;
  readonly tmpfs?: TmpfsOptions;
}

export interface BindOptions {
  readonly propagation?: "private" | "rprivate" | "shared" | "rshared" | "slave" | "rslave";
  /** What becomes of mounts below it; absent: they come along, read-only where the engine can. */
  readonly recursive?: "enabled" | "disabled" | "writable" | "readonly";
  /** `z`: shared by containers; `Z`: this one's own. */
  readonly selinux?: "z" | "Z";
}

export interface VolumeOptions {
  /** A new volume is not filled from the image. */
  readonly nocopy?: boolean;
  /** A directory within the volume; engines from API 1.45. */
  readonly subpath?: string;
}

export interface TmpfsOptions {
  readonly sizeBytes?: number;
  /** Permission bits. */
  readonly mode?: number;
}

export interface VolumeSpec {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly driver: string | undefined;
  readonly driverOpts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}
