import type { Express } from "express";
import { visible } from "../../tools/printable.js";

/** JSON in which every character that could steer whoever prints it is written as `\uXXXX`: the same JSON. */
export function plainJson(value: unknown): string {
  return visible(JSON.stringify(value));
}

/** Every JSON that the app answers is that way. Express's own `send` would look for what these answers never have. */
export function answerPlainJson(app: Express): void {
  app.response.json = function (value: unknown) {
    const text = plainJson(value);
    this.setHeader("Content-Type", "application/json; charset=utf-8");
    this.setHeader("Content-Length", Buffer.byteLength(text));
    return this.end(text);
  };
}
