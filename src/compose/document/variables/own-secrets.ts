/** Fairlead's own secrets in its environment: a services file is for the services, and its readers are others. */
const pattern = /^FAIRLEAD_(?:\w+_)?(?:SECRET|TOKEN|PASSWORD|KEY)$|^SOPS_AGE_(?:\w+_)?KEY$/;

export const ownSecretHint = "give the service a secret of its own, under another name";

/** Whether a variable of this name is never given to a services file, set or not. */
export function isOwnSecret(name: string): boolean {
  return pattern.test(name);
}

export function ownSecretFault(name: string): string {
  return `${name} is Fairlead's own secret, and no services file gets it`;
}
