import type { Config } from "../../../config/config.js";
import type { HookAddress } from "../../../http/hooks/addresses.js";
import { hooksUrl } from "../../shared/hooks-url.js";
import { printTable } from "../../shared/table.js";
import type { Wiring } from "../../shared/wiring.js";
import { receiverNamed, receiversIn } from "./receivers.js";

/** Prints where a sender is to send to, and how it is set up; without a name, what receivers there are. */
export function hookUrl(wiring: Wiring, config: Config, written: string | undefined): Promise<0> {
  if (written === undefined) {
    const rows = receiversIn(config).map(({ receiver, sender, path }) => [
      receiver?.name ?? sender.type,
      sender.guide.title,
      path,
    ]);
    printTable(wiring, [["RECEIVER", "SENDER", "PATH"], ...rows]);
    return Promise.resolve(0);
  }
  const addresses = receiverNamed(written, config);
  wiring.print(addresses.flatMap((address) => guideOf(address, config, wiring.terminal)).join("\n"));
  return Promise.resolve(0);
}

/** A secret is shown to a person on a terminal, and to nobody's log. */
function guideOf(
  { sender, path, secrets, receiver }: HookAddress,
  config: Config,
  isTerminal: boolean,
): readonly string[] {
  const { title, secret: place, steps } = sender.guide;
  const [first] = secrets;
  const secret = isTerminal && first !== undefined ? first.reveal() : "<secret>";
  const base = hooksUrl({ ...config, isSecure: config.tls !== undefined });
  const inAddress = place === "in the address" && first !== undefined;
  const url = `${base}${path}${inAddress ? `/${encodeURIComponent(secret).replace("%3Csecret%3E", "<secret>")}` : ""}`;
  const filled = steps.map((step) => `  ${step.replaceAll("{url}", url).replaceAll("{secret}", secret)}`);
  return [
    `${title}${receiver === undefined ? "" : `, receiver ${receiver.name}`}: ${url}`,
    ...filled,
    ...(receiver?.oidc === undefined
      ? []
      : [
          `  Tokens of ${receiver.oidc.issuer} for ${receiver.oidc.audience} open it${first === undefined ? ", and nothing else" : " too"}.`,
        ]),
    ...(isTerminal || first === undefined ? [] : ["  <secret> is shown on terminals alone."]),
    ...(config.externalUrl === undefined
      ? ["  externalUrl in the settings says under which address the internet reaches it."]
      : []),
  ];
}
