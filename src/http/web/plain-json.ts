import type { Express } from "express";
import { visible } from "../../tools/printable.js";

/** JSON in which every character that could steer whoever prints it is written as `\uXXXX`: the same JSON. */
export function plainJson(value: unknown): string {
  return visible(JSON.stringify(value));
}

/** Every JSON that the app answers is that way. */
export function answerPlainJson(app: Express): void {
  app.response.json = function (value: unknown) {
    return this.type("json").send(plainJson(value));
  };
}
