import type { Secret } from "../../../tools/secret.js";

/** Compose `build`. Paths are absolute. */
export interface BuildSpec {
  readonly context: BuildContext;
  /** Within the context; absent: `Dockerfile`, or `inline`. */
  readonly dockerfile?: string;
  /** `dockerfile_inline`. */
  readonly inline?: string;
  /** Tokens, as a rule. */
  readonly args: Readonly<Record<string, Secret>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly network?: string;
  readonly extraHosts?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly platform?: string;
  readonly noCache?: boolean;
  readonly pull?: boolean;
  readonly cacheFrom?: readonly string[];
  /** Further tags of the result. */
  readonly tags?: readonly string[];
}

export type BuildContext =
  | { readonly kind: "path"; readonly path: string }
  /** `url` without its fragment; `ref` and `subdirectory` are from it (`#ref:subdirectory`). */
  | {
      readonly kind: "git";
      /** Over HTTP without its user information, which is `login`. */
      readonly url: string;
      /** `user:password` or a token, as the URL has it. */
      readonly login?: Secret;
      readonly ref: string | undefined;
      readonly subdirectory: string | undefined;
    };

export type GitContext = Extract<BuildContext, { readonly kind: "git" }>;
