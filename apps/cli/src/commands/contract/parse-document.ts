import { unreadable } from './unreadable.ts';

/** A document as a value: JSON, or YAML where it does not begin like JSON. */
export const parseDocument = async (text: string, label: string): Promise<unknown> => {
  const plain = text.replace(/^\ufeff/, '');
  try {
    return /^\s*[{[]/.test(plain) ? JSON.parse(plain) : await parseYaml(plain);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(`${label}: ${message}`, 'Give an OpenAPI document as JSON or YAML.', cause);
  }
};

/** Written out once more, so that what an alias stands for is a value of its own and nothing is endless. */
const parseYaml = async (text: string): Promise<unknown> => {
  const { parse } = await import('yaml');
  const value: unknown = parse(text, { merge: true });
  return JSON.parse(JSON.stringify(value ?? null));
};
