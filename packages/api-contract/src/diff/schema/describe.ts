import { nameOfReference } from '../document.ts';
import { isObject, listAt, own, textAt } from '../json.ts';
import { typesOf } from './type-names.ts';

const most = 80;

/** A schema in a few words: `array of Agent`, `"a" | "b"`. */
export const describe = (node: unknown): string => {
  if (node === undefined || node === true) return 'anything';
  if (node === false) return 'nothing at all';
  if (!isObject(node)) return showValue(node);
  const reference = textAt(node, '$ref');
  if (reference !== undefined) return cut(nameOfReference(reference));
  const values = 'const' in node ? [node.const] : listAt(node, 'enum');
  if (values !== undefined) return showValues(values);
  const options = listAt(node, 'oneOf') ?? listAt(node, 'anyOf');
  if (options !== undefined) return cut(options.map(describe).join(' | '));
  const parts = listAt(node, 'allOf');
  if (parts !== undefined) return cut(parts.map(describe).join(' & '));
  return cut(describeTypes(node));
};

const describeTypes = (node: { readonly [name: string]: unknown }): string => {
  const { types, isNullable } = typesOf(node);
  if (types === undefined) return 'anything';
  const format = textAt(node, 'format');
  const names = [...types].map((type) => {
    if (type === 'array') return `array of ${describe(own(node, 'items'))}`;
    return type === 'object' || format === undefined ? type : `${type} (${format})`;
  });
  return [...names, ...(isNullable || own(node, 'nullable') === true ? ['null'] : [])].join(' | ');
};

export const showValues = (values: readonly unknown[]): string => cut(values.map(showValue).join(' | '));

export const showValue = (value: unknown): string =>
  cut(isObject(value) || Array.isArray(value) ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing'));

const cut = (text: string): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
