import type { ServiceKey } from "../compose/model/service.js";
import type { SignaturesOptions } from "./signatures/signatures.js";
import type { Journal } from "./journal/journal.js";
import type { OwnOffice } from "./office/own-office.js";
import type { Contexts } from "./ports/builds.js";
import type { Clock } from "./ports/clock.js";
import type { Engine } from "./ports/engine.js";
import type { Gates } from "./ports/gates.js";
import type { HostFiles } from "./ports/host-files.js";
import type { Log } from "./ports/log.js";
import type { Prober } from "./ports/prober.js";
import type { Registry } from "./ports/registry.js";
import type { Source } from "./ports/source.js";
import type { Telemetry } from "./ports/telemetry.js";
import type { Tracing } from "./ports/tracing.js";
import type { BackoffOptions } from "./queue/backoff.js";
import type { Delivery } from "./surface/deliveries.js";

export interface ControlParts {
  /** What runs, and how it is acted on. */
  readonly host: {
    readonly engine: Engine;
    readonly gates: Gates;
    readonly prober: Prober;
    readonly files: HostFiles;
  };
  /** What should run. */
  readonly desired: {
    readonly source: Source;
    readonly registry: Registry;
    readonly contexts: Contexts;
    /** What the settings say of signatures. */
    readonly signatures: SignaturesOptions["demands"];
  };
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  /** Absent: nobody follows what is done for a push. */
  readonly tracing?: Tracing;
  readonly clock: Clock;
  readonly log: Log;
  readonly office: OwnOffice;
  readonly backoff: BackoffOptions;
  readonly prune: boolean;
  readonly atOnce: AtOnce;
  /** However little seems to have changed, each service is planned for anew this often (default: an hour). */
  readonly mostRestMs?: number;
  /** The services that are worked on; the others are known, and left alone. Absent: all. */
  readonly concerns?: (key: ServiceKey) => boolean;
  /** Told of each delivery that a sender has had its answer to. */
  readonly heard?: (delivery: Delivery) => void;
}

export interface AtOnce {
  /** Services that are worked on. */
  readonly services: number;
  readonly pulls: number;
  readonly probes: number;
  /** Containers whose logs are read. */
  readonly logs: number;
}
