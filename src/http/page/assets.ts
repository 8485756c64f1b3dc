import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Express } from "express";
import { allowOnly } from "../web/methods.js";
import type { AssetPaths } from "./html/layout.js";

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly packed: Buffer;
}

/** The files that a browser loads with a page. Their names change with what they hold, so that they may be kept. */
export class Assets {
  readonly #all: readonly Asset[];
  readonly paths: AssetPaths;

  /** Reads them: they lie beside this file. */
  constructor() {
    const style = read("page.css", "text/css; charset=utf-8");
    const script = read("page.js", "text/javascript; charset=utf-8");
    const icon = read("icon.svg", "image/svg+xml");
    this.#all = [style, script, icon];
    this.paths = { style: style.path, script: script.path, icon: icon.path };
  }

  /** For everybody: nothing in them is a secret, and who has to sign in first needs them too. */
  serve(app: Express): void {
    for (const { path, type, bytes, packed } of this.#all) {
      app
        .route(path)
        .get((req, res) => {
          const isPacked = req.acceptsEncodings("gzip") === "gzip";
          res.set({
            "Content-Type": type,
            Vary: "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable",
          });
          if (isPacked) res.set("Content-Encoding", "gzip");
          res.send(isPacked ? packed : bytes);
        })
        .all(allowOnly("GET"));
    }
  }
}

function read(name: string, type: string): Asset {
  const bytes = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  return { path: `/page/${mark}/${name}`, type, bytes, packed: gzipSync(bytes, { level: 9 }) };
}
