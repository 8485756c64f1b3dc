export type EngineEvent =
  | { readonly kind: "resync" }
  /** The engine answers, and as far as can be seen nothing has happened that was not told. */
  | { readonly kind: "beat" }
  /** The engine cannot be reached; it is tried again. */
  | { readonly kind: "lost"; readonly message: string; readonly remedy?: string | undefined }
  /** Something happened to a container of ours, or to a claimed one. `action` is the engine's word: `die`, `health_status: healthy`, … */
  | {
      readonly kind: "container";
      readonly project: string;
      readonly service: string;
      readonly action: string;
      /** Absent: an event of one of its networks. */
      readonly subject?: Subject;
    }
  /** Something happened to a container that is nobody's. `unblocks`: a name or a port may be free now. */
  | { readonly kind: "foreign"; readonly subject: Subject; readonly unblocks: boolean }
  /** A network, a volume or an image: may unblock something, concerns nobody in particular. */
  | { readonly kind: "other" };

/** The container that an event is about. */
export interface Subject {
  readonly id: string;
  /** Where it was renamed, the old name too. */
  readonly names: readonly string[];
}
