import type { LayerNews, LayerState } from "../../control/ports/engine.js";

/** The engine's words for what becomes of a layer. */
const states: Readonly<Record<string, LayerState>> = {
  "Pulling fs layer": "waiting",
  Waiting: "waiting",
  Downloading: "downloading",
  "Verifying Checksum": "downloaded",
  "Download complete": "downloaded",
  Extracting: "extracting",
  "Pull complete": "done",
  "Already exists": "there",
};

/** Of a layer, and not the whole image: `Pulling from acme/shop` comes with the tag as its id. */
const layerId = /^[0-9a-f]{12}$/;

/** Undefined: a line of a pull that says nothing of a layer. */
export function layerNewsIn({ id, status, progressDetail }: Readonly<Record<string, unknown>>): LayerNews | undefined {
  if (typeof id !== "string" || !layerId.test(id) || typeof status !== "string") return undefined;
  const state = status.startsWith("Retrying in") ? "waiting" : states[status];
  if (state === undefined) return undefined;
  const detail = typeof progressDetail === "object" && progressDetail !== null ? progressDetail : {};
  const { current, total, units } = detail as Readonly<Record<string, unknown>>;
  // The containerd image store counts the seconds that it unpacks.
  if (units === "s") return { id, state };
  return { id, state, bytes: amountIn(current), total: amountIn(total) };
}

function amountIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
