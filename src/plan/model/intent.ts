import type { RestartPolicy } from "../../compose/model/service.js";
import type { ObservedContainer } from "./host/observed.js";
import type { StepKind, StepOf } from "./step.js";

/**
 * What is decided for a service, as plain data: what is to become of which container, and why. What that takes of calls to
 * the engine is said once, in `compile.ts`. What is a single call and means no more than that is that step.
 */
export type Intent = PlainStep | Act;

/** A container's life changes by acts alone. */
type LifeStep =
  | "create-container"
  | "connect-network"
  | "rehearse-start"
  | "start-container"
  | "stop-container"
  | "set-restart-policy"
  | "rename-container"
  | "remove-container";

type PlainStep = StepOf<Exclude<StepKind, LifeStep>>;

export type Act =
  /** A new one, with its files and all its networks. */
  | {
      readonly kind: "create";
      readonly step: StepOf<"create-container">;
      readonly joins: readonly StepOf<"connect-network">[];
    }
  /** Its start is tried before anything is stopped for it. */
  | {
      readonly kind: "rehearse";
      readonly one: Pick<ObservedContainer, "name" | "slot" | "job">;
      readonly step: StepOf<"rehearse-start">;
    }
  /** Its networks change; `named`: it is to answer to the service's names there. */
  | {
      readonly kind: "join";
      readonly one: ObservedContainer;
      readonly named: boolean;
      readonly ends: readonly StepOf<"connect-network" | "disconnect-network">[];
    }
  /** It stops for good; `last`: what is done right before that. */
  | ({ readonly kind: "end"; readonly graceMs: number; readonly last?: ActOf<"policy"> } & About<ObservedContainer>)
  /** It stops, and keeps its policy. */
  | ({ readonly kind: "stop"; readonly graceMs: number } & About<ObservedContainer>)
  | ({ readonly kind: "restart"; readonly graceMs: number } & About<ObservedContainer>)
  | ({ readonly kind: "start" } & About<Starting>)
  | ({ readonly kind: "policy"; readonly policy: RestartPolicy } & About<
      Pick<ObservedContainer, "name" | "slot" | "job">
    >)
  /** It bears another name; `as`: and has that role from then on. */
  | ({ readonly kind: "name"; readonly to: string; readonly as?: ObservedContainer["role"] } & About<ObservedContainer>)
  | ({ readonly kind: "remove" } & About<ObservedContainer>);

interface About<T> {
  readonly one: T;
  readonly because: string;
}

/** One that is there, or that the same plan makes. */
export type Starting = Pick<ObservedContainer, "name" | "slot" | "role" | "publishes" | "job" | "fixedAddresses">;

export type ActOf<K extends Act["kind"]> = Extract<Act, { readonly kind: K }>;
