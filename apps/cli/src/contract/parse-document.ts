import { unreadable } from './unreadable.ts';

/** A document as a value: JSON, or YAML where it does not begin like JSON. */
export const parseDocument = async (text: string, label: string): Promise<unknown> => {
  const plain = text.replace(/^\ufeff/, '');
  try {
    if (/^\s*[{[]/.test(plain)) return JSON.parse(plain);
    // Most contracts are JSON, and its parser is large.
    const { parseYaml } = await import('./parse-yaml.ts');
    return parseYaml(plain);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(`${label}: ${message}`, 'Give an OpenAPI document as JSON or YAML.', cause);
  }
};
