import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as OTLP has it in JSON, with what tests ask of it. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** 1: internal, 2: server. */
  readonly kind: number;
  /** `code` 2: it has failed. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Nanoseconds since the epoch. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface Collector {
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT` names it. */
  readonly endpoint: string;
  readonly spans: readonly CollectedSpan[];
  /** Of each request so far. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  readonly resource: Readonly<Record<string, unknown>>;
  /** All bodies as they came. */
  readonly text: () => string;
  readonly close: () => Promise<void>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly Value[] };
}

type Attributes = readonly { readonly key: string; readonly value: Value }[];

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, "attributes" | "from" | "to"> & {
        readonly attributes: Attributes;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
      })[];
    }[];
  }[];
}

/** OTLP over HTTP as a collector takes it, in JSON. `answer`: the status of its answers. */
export async function startCollector(answer: () => number = () => 200): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const bodies: string[] = [];
  const resource: Record<string, unknown> = {};
  const server = createServer((req, res) => {
    const pieces: Buffer[] = [];
    req.on("data", (piece: Buffer) => pieces.push(piece));
    req.on("end", () => {
      const text = Buffer.concat(pieces).toString();
      requests.push({ path: req.url ?? "", headers: req.headers });
      bodies.push(text);
      const status = answer();
      if (status === 200) {
        for (const { resource: of, scopeSpans } of (JSON.parse(text) as Sent).resourceSpans) {
          Object.assign(resource, valuesOf(of.attributes));
          for (const one of scopeSpans.flatMap((scope) => scope.spans)) {
            const { attributes, startTimeUnixNano, endTimeUnixNano, ...rest } = one;
            const times = { from: BigInt(startTimeUnixNano), to: BigInt(endTimeUnixNano) };
            spans.push({ ...rest, attributes: valuesOf(attributes), ...times });
          }
        }
      }
      res.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ...{ spans, requests, resource },
    text: () => bodies.join("\n"),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function valuesOf(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf({ stringValue, intValue, boolValue, arrayValue }: Value): unknown {
  if (arrayValue !== undefined) return arrayValue.values.map(valueOf);
  return stringValue ?? boolValue ?? Number(intValue);
}
