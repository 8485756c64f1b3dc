import type { Secret } from "../../tools/secret.js";
import { hookTypes, type HookType } from "../delivery/outcome.js";
import type { Sender } from "../delivery/sender.js";
import type { NamedReceiver } from "../receivers/receiver.js";
import { senders } from "./senders.js";

/** Where deliveries of one kind arrive. */
export interface HookAddress {
  /** Without the secret that may follow. */
  readonly path: string;
  /** What people are told it is: `dockerhub`, or `dockerhub hub` for a receiver called `hub`. */
  readonly hook: string;
  readonly sender: Sender;
  readonly secrets: readonly Secret[];
  /** Absent: that of a type, which any usual secret opens. */
  readonly receiver?: NamedReceiver;
}

/** All addresses that something opens. */
export function addressesOf(secrets: readonly Secret[], receivers: readonly NamedReceiver[]): readonly HookAddress[] {
  const usual =
    secrets.length === 0
      ? []
      : hookTypes.flatMap((type) => pathsOf(type).map((one) => ({ ...one, hook: type, secrets })));
  const named = receivers.flatMap((receiver) => {
    const { name, type } = receiver;
    return senders[type].map((sender) => ({
      path: `/hooks/r/${name}${actionOf(sender)}`,
      ...{ hook: `${type} ${name}`, sender, secrets: receiver.secrets, receiver },
    }));
  });
  return [...usual, ...named];
}

/** The addresses of a type, for whom the usual secret suffices. */
export function pathsOf(type: HookType): readonly { readonly path: string; readonly sender: Sender }[] {
  return senders[type].flatMap((sender) =>
    (sender.names ?? [type]).map((name) => ({ path: `/hooks/${name}${actionOf(sender)}`, sender })),
  );
}

function actionOf({ action }: Sender): string {
  return action === undefined ? "" : `/${action}`;
}
