/** `acme/shop` as a part of a URL's path: each name for itself. */
export function pathOf(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}
