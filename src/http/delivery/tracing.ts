import type { TraceParent } from "../../control/surface/surface.js";

/** Follows deliveries whose sender is known: strangers leave no span. */
export interface DeliveryTracing {
  delivery(delivery: TracedDelivery): DeliverySpan;
}

export interface TracedDelivery {
  /** What people are told the receiver is: `dockerhub hub`. */
  readonly hook: string;
  /** Its path without the secret that may follow. */
  readonly route: string;
  /** As the sender has it: it counts only where it is a sane one. */
  readonly traceparent: string | undefined;
}

export interface DeliverySpan {
  /** What is done because of the delivery belongs to it. */
  readonly parent: TraceParent | undefined;
  /** Undefined: the sender went away before its answer. */
  answered(status: number | undefined): void;
}

export const untracedDeliveries: DeliveryTracing = {
  delivery: () => ({ parent: undefined, answered: () => undefined }),
};
