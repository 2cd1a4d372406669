import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutation, mutations } from './mutations.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The mutation of this name. Throws when there is none. */
export const mutationNamed = (name: string): Mutation => {
  const mutation = mutations[name];
  if (mutation === undefined) throw new Error(`There is no mutation "${name}".`);
  return mutation;
};

/** A source without its guard; undefined for any other file. Throws when the guard does not stand there once. */
export const takeOut = (
  { file, guard, instead }: Mutation,
  path: string,
  text: string,
): string | undefined => {
  if (!isAbsolute(path) || path !== join(root, file)) return undefined;
  const parts = text.split(guard);
  if (parts.length === 2) return parts.join(instead);
  throw new Error(`${file} has ${JSON.stringify(guard)} ${parts.length - 1} times, not once.`);
};
