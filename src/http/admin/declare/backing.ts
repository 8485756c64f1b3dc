import type { Request } from "express";
import type { Surface } from "../../../control/surface/surface.js";
import type { Notifications } from "../../../notify/model/standing.js";
import type { SelfDelivery } from "../../delivery/self.js";
import type { Streams } from "../../web/streams.js";

/** The metrics, as Prometheus asks for them. */
export interface Exposition {
  readonly contentType: string;
  render(): Promise<string>;
}

/** What the routes show, and whom they ask. */
export interface Backing {
  readonly surface: Surface;
  readonly notifications: Notifications;
  readonly metrics: Exposition;
  readonly streams: Streams;
  /** Absent: nobody has said where senders reach it. */
  readonly self: Pick<SelfDelivery, "send"> | undefined;
  readonly version: string;
  /** Whether the caller of a route without a guard may be told what only those with a token may know. */
  mayRead(req: Request): boolean;
}
