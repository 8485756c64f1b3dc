import type { Clock } from "../../control/ports/clock.js";
import { FairleadError } from "../../errors.js";
import { ConnectionFault } from "../../tools/http/fault.js";
import type { Answer } from "../client/transport.js";
import { place, refusal, type Subject } from "../faults/failure.js";
import type { RegistryTelemetry } from "../faults/reporter.js";
import type { Correspondence, Letter } from "../login/correspondence.js";
import { Circuit, type Trouble } from "./circuit.js";

type Line = Pick<Correspondence, "ask">;

/** The same line, on which hosts that do not answer are left alone: questions to them fail at once. */
export class Circuits implements Line {
  private readonly circuits = new Map<string, Circuit>();

  constructor(
    private readonly line: Line,
    private readonly telemetry: Pick<RegistryTelemetry, "circuit">,
    private readonly clock: Pick<Clock, "now" | "monotonic" | "after">,
  ) {}

  async ask(letter: Letter, path: string, subject: Subject): Promise<Answer> {
    const circuit = this.circuitOf(subject);
    const outage = await circuit.outage(subject.urgent);
    if (outage !== undefined) {
      const { text, remedy, untilMs } = outage;
      throw new FairleadError("RegistryUnavailable", `${place(subject.endpoint)} ${text}`, {
        ...(remedy === undefined ? {} : { remedy }),
        retryAfterMs: Math.max(1, Math.ceil(untilMs - this.clock.monotonic())),
        guarded: true,
      });
    }
    try {
      const answer = await this.line.ask(letter, path, subject);
      if (answer.status >= 500) await circuit.failed();
      else circuit.answered();
      return answer;
    } catch (thrown) {
      if (faultIn(thrown) === undefined) throw thrown;
      await circuit.failed();
      throw thrown;
    }
  }

  close(): void {
    for (const circuit of this.circuits.values()) circuit.end();
  }

  private circuitOf(subject: Subject): Circuit {
    const { host, account } = subject.endpoint;
    const known = this.circuits.get(host);
    if (known !== undefined) return known;
    const circuit = new Circuit({
      clock: this.clock,
      ping: () => this.ping(subject),
      onChange: (outage) => this.telemetry.circuit?.(account, outage !== undefined, outage?.text ?? "answers again"),
    });
    this.circuits.set(host, circuit);
    this.telemetry.circuit?.(account, false, undefined);
    return circuit;
  }

  /** Whatever it answers, a demand for a login too, it is there. Its own repository, so that it waits behind none that hangs. */
  private async ping({ endpoint, image }: Subject): Promise<Trouble | undefined> {
    const subject = { endpoint, image: { ...image, repository: "", tag: undefined, digest: undefined }, urgent: true };
    try {
      const answer = await this.line.ask({ method: "GET", headers: {} }, "/v2/", subject);
      if (answer.status < 500) return undefined;
      const { remedy } = refusal(answer, subject, this.clock.now());
      return { why: `${answer.url.host} answered ${answer.status}`, remedy };
    } catch (thrown) {
      const fault = faultIn(thrown);
      if (fault === undefined) return undefined;
      const remedy = thrown instanceof FairleadError ? thrown.remedy : undefined;
      return { why: `${fault.host} ${fault.message}`, remedy };
    }
  }
}

/** Undefined: it has answered, be it with what cannot be used. */
function faultIn(thrown: unknown): ConnectionFault | undefined {
  const { cause } = thrown instanceof Error ? thrown : {};
  return cause instanceof ConnectionFault ? cause : undefined;
}
