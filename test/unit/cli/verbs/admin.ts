import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";

export interface Answered {
  readonly status?: number;
  readonly body: object;
}

/** A controller's admin API that answers as the test says, until it ends; and where a verb prints. */
export async function answering(answer: (url: string) => Answered) {
  const server = createServer(({ url = "" }, res) => {
    const { status = 200, body } = answer(url);
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const lines: string[] = [];
  const wiring = { print: (text: string) => lines.push(text) } as unknown as Wiring;
  const admin = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined };
  return { wiring, admin, printed: () => lines.join("\n") };
}
