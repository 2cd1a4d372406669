import { isText } from '../process/shape.ts';

/** Whatever is shorter may stand in any text by chance. */
const shortest = 8;
const secretName = /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)S?$/i;

/** Gives the same without secrets: the name of the variable stands in place of each. */
export type HideSecrets = <Value extends object>(value: Value) => Value;

/**
 * Hides what an agent was given to sign itself in with, by the names of its variables, wherever it stands whole in a
 * text. What is cut in two, written in another way, or in a file is not found.
 */
export const hidingSecretsOf = (env: Readonly<Record<string, string>>): HideSecrets => {
  // The longest first, so that of one that begins another nothing is left over.
  const secrets = Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && value.length >= shortest)
    .toSorted(([, one], [, other]) => other.length - one.length);
  if (secrets.length === 0) return (value) => value;

  const hidden = (text: string): string =>
    secrets.reduce((rest, [name, value]) => rest.replaceAll(value, `[${name}]`), text);
  const mentions = (value: unknown): boolean => {
    if (isText(value)) return secrets.some(([, secret]) => value.includes(secret));
    return typeof value === 'object' && value !== null && Object.values(value).some(mentions);
  };
  const hideIn = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (isText(member)) Object.assign(value, { [name]: hidden(member) });
      else hideIn(member);
    }
  };
  return (value) => {
    if (!mentions(value)) return value;
    const copy = structuredClone(value);
    hideIn(copy);
    return copy;
  };
};
