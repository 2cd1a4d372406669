import type { Document } from '../document.ts';
import { asObject, entriesAt, isObject, type JsonObject, own } from '../json.ts';
import { dereference } from './reference.ts';

/** One method of one path. */
export interface Operation {
  /** `GET /sessions/{id}`. */
  readonly label: string;
  /** The same whatever the parameters of the path are called. */
  readonly key: string;
  /** The parameters of the path by their names, in their order. */
  readonly names: readonly string[];
  readonly operation: JsonObject;
  /** What its path says for all its methods. */
  readonly shared: JsonObject;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

export const methodNames: readonly string[] = methods;

/** Every route of a document, in its order. */
export const operationsOf = (document: Document): readonly Operation[] =>
  entriesAt(document.root, 'paths')
    .filter(([path]) => !path.startsWith('x-'))
    .flatMap(([path, item]) => inPath(path, dereference(document, item, `The path ${path}`)));

const inPath = (path: string, shared: JsonObject): readonly Operation[] => {
  const named = methods.map((method) => [method.toUpperCase(), own(shared, method)] as const);
  return [...named, ...entriesAt(shared, 'additionalOperations')].flatMap(([method, operation]) =>
    operation === undefined
      ? []
      : [
          {
            label: `${method} ${path}`,
            key: `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`,
            names: [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name ?? ''),
            operation: asObject(operation, `${method} ${path}`),
            shared,
          },
        ],
  );
};

/** What the server sends by itself, by name. */
export const webhooksOf = (document: Document): ReadonlyMap<string, JsonObject> =>
  new Map(
    entriesAt(document.root, 'webhooks').flatMap(([name, item]) => {
      const path = dereference(document, item, `The webhook ${name}`);
      return methods.flatMap((method) => {
        const operation = own(path, method);
        return isObject(operation) ? [[`webhook ${name} (${method.toUpperCase()})`, operation] as const] : [];
      });
    }),
  );
