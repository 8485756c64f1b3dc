/** Host and port of an `http` or `https` URL, in lower case. Undefined: it is none. Nothing is ever asked there. */
export function hostOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  return /^https?:$/.test(protocol) && host !== "" ? host : undefined;
}
