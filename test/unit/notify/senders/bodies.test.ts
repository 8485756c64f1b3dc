import { describe, expect, it } from "vitest";
import type { Outgoing } from "../../../../src/notify/model/exchange.js";
import { Secret } from "../../../../src/tools/secret.js";
import { samples } from "./notices.js";
import { httpTypes, openAt } from "./opened.js";

const never = new AbortController().signal;

/** As it goes over the line; `host` and secrets are the test's own. */
function requestText({ method, url, headers, body }: Outgoing): string {
  const open = (value: string | Secret) => (value instanceof Secret ? value.reveal() : value);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${open(value)}`);
  const text = open(body ?? "");
  const shown = /^[[{]/.test(text) ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return [`${method} ${open(url)}`, ...head, "", shown, ""].join("\n");
}

describe.each(httpTypes)("what %s is sent", (type) => {
  it.each(Object.keys(samples))("of what is %s", async (name) => {
    const sent: Outgoing[] = [];
    const tell = openAt(type, "https://vendor.example", (outgoing) => {
      sent.push(outgoing);
      return Promise.resolve({ status: 200, text: "", header: () => undefined });
    });
    const told = samples[name];
    if (told === undefined) throw new Error("no sample");
    expect(await tell(told, never)).toMatchObject({ outcome: "delivered" });
    const text = sent.map(requestText).join("\n") || "nothing\n";
    await expect(text).toMatchFileSnapshot(`golden/${type}/${name}.txt`);
  });
});
