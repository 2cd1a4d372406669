import { parse } from 'yaml';

/** Written out once more, so that what an alias stands for is a value of its own and nothing is endless. */
export const parseYaml = (text: string): unknown => {
  const value: unknown = parse(text, { merge: true });
  return JSON.parse(JSON.stringify(value ?? null));
};
