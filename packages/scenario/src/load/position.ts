import { type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

/**
 * Where in the text something stands, as an offset: the value at the path, its key when `atKey`, or the nearest thing
 * around it that the text has.
 */
export const offsetOf = (
  document: Document.Parsed,
  path: readonly (string | number)[],
  atKey: boolean,
): number => {
  let node: unknown = document.contents;
  let offset = startOf(document.contents) ?? 0;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      const last = index === path.length - 1;
      offset = (last && atKey ? startOf(pair.key) : (startOf(pair.value) ?? startOf(pair.key))) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      // The short form [relativeTime, text] is an object for the schema: its place is that of the list.
      const item = typeof part === 'number' ? node.items[part] : undefined;
      if (!isNode(item)) return offset;
      offset = startOf(item) ?? offset;
      node = item;
    } else if (!isCollection(node)) {
      return offset;
    }
  }
  return offset;
};

const startOf = (node: unknown): number | undefined =>
  isNode(node) ? (node satisfies Node).range?.[0] : undefined;
