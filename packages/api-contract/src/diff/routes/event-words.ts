import type { Document } from '../document.ts';
import { asObject, entriesAt, isObject, listAt, textAt } from '../json.ts';
import { frameOf } from './content.ts';
import { operationsOf } from './operations.ts';
import { dereference } from './reference.ts';

/** The references by which the union of events is made up: the union itself, unions in it, and their variants. */
export const eventWordsOf = (document: Document): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { operation } of operationsOf(document)) {
    for (const [status, node] of entriesAt(operation, 'responses')) {
      if (status.startsWith('x-')) continue;
      const response = dereference(document, node, `The response ${status}`);
      for (const [type, media] of entriesAt(response, 'content')) {
        collect(document, frameOf(type, asObject(media, `The media type ${type}`)), found);
      }
    }
  }
  return found;
};

const collect = (document: Document, frame: unknown, found: Set<string>): void => {
  const open = [frame];
  while (open.length > 0) {
    const node = open.pop();
    if (!isObject(node)) continue;
    const reference = textAt(node, '$ref');
    if (reference === undefined)
      open.push(...(listAt(node, 'oneOf') ?? []), ...(listAt(node, 'anyOf') ?? []));
    else if (!found.has(reference)) {
      found.add(reference);
      open.push(document.resolve(reference));
    }
  }
};
