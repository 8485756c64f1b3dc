import { connect } from "node:net";
import type { ProbeAnswer } from "../control/ports/prober.js";
import { failure, question } from "./question.js";
import type { Limits } from "./question.js";

/** Good as soon as the connection stands; nothing is sent. */
export function askTcp(address: string, port: number, limits: Limits): Promise<ProbeAnswer> {
  const name = `tcp on port ${port}`;
  return question(name, limits, ({ settle }) => {
    const socket = connect({ host: address, port });
    socket.on("connect", () => {
      settle({ kind: "ready" });
    });
    socket.on("error", (error) => {
      settle(failure(name, error));
    });
    return socket;
  });
}
