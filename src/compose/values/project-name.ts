/** Leaves room for the service's name and a revision in an image tag, which has 128 characters. */
export const longestProjectName = 55;

export const projectNamePattern = /^[a-z0-9][a-z0-9_-]*$/;

export const projectNameHint = "use lower-case letters, digits, `_` and `-`, beginning with a letter or digit";

export function isProjectName(text: string): boolean {
  return projectNamePattern.test(text) && text.length <= longestProjectName;
}
