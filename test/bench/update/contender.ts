import type Docker from "dockerode";
import type { ImageShop } from "../../load/image.js";
import type { Stage } from "../stage.js";

/** What every contender plays on: one engine, one registry, one image. */
export interface Theatre {
  readonly stage: Stage;
  readonly docker: Docker;
  readonly shop: ImageShop;
  /** Runs a program against the engine, and answers what it printed. Throws with that when it fails. */
  readonly run: (command: string, ...args: string[]) => Promise<string>;
}

/** One way to update a service on a Docker host. */
export interface Contender {
  readonly name: string;
  /** So many requests during good updates, in as many updates as that takes. */
  readonly atLeast?: number;
  /** Deploys the image that this reference stands for, and answers when it has been asked to. */
  open(theatre: Theatre, image: Image): Promise<Deployment>;
}

export interface Image {
  /** `repository:tag`, as Docker Hub's; the engine finds it in the private registry. */
  readonly reference: string;
  readonly repository: string;
  readonly tag: string;
  /** The same in the private registry by its own name. */
  readonly pinnedHost: string;
}

export interface Deployment {
  /** Where clients ask. */
  readonly url: string;
  /** The tag stands for something new: sends the webhook, or runs the command until it ends. */
  update(): Promise<void>;
  /** Waits until nothing goes on any more: the new image serves, or has been given up. */
  rest(): Promise<void>;
  /** Takes away all it has made. */
  close(): Promise<void>;
}

export const repository = "fairlead-bench/app";

/** How long Fairlead looks at a healthy container before it trusts it. */
export const monitorMs = 500;

/** What clients of everybody ask for, inside the container. */
export const appPort = 8080;
