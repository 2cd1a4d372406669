import type { Route } from './route.ts';

/** What is at a path. */
export type Found =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** The path is there, the method is not; `allow` are the methods it has. */
  | { readonly kind: 'method-missing'; readonly allow: readonly string[] }
  | { readonly kind: 'path-missing' };

export interface Router {
  /** `segments` are decoded. A GET route answers HEAD too. */
  find(method: string, segments: readonly string[]): Found;
}

interface Entry {
  readonly route: Route;
  /** Of its parameters, in the order of the path. */
  readonly names: readonly string[];
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter: { readonly node: Node } | undefined;
  readonly routes: Map<string, Entry>;
}

/** A tree over path segments: the cost of a look-up does not depend on how many routes there are. */
export const createRouter = (routes: readonly Route[]): Router => {
  const root = newNode();
  const names = new Set<string>();
  for (const route of routes) {
    // Routes are known by their names: in logs, to idempotency, to the skins.
    if (names.has(route.name)) throw new Error(`Two routes are named ${route.name}`);
    names.add(route.name);
    add(root, route);
  }
  return {
    find(method, segments) {
      const allow: string[] = [];
      const values: string[] = [];
      const entry = locate(root, segments, 0, values, method === 'HEAD' ? 'GET' : method, allow);
      if (entry !== undefined)
        return { kind: 'route', route: entry.route, params: named(entry.names, values) };
      return allow.length === 0
        ? { kind: 'path-missing' }
        : { kind: 'method-missing', allow: withHead(new Set(allow)) };
    },
  };
};

const newNode = (): Node => ({ literals: new Map(), parameter: undefined, routes: new Map() });

const add = (root: Node, route: Route): void => {
  const names: string[] = [];
  let node = root;
  for (const segment of route.schema.path.slice(1).split('/')) {
    if (segment.startsWith(':')) {
      names.push(segment.slice(1));
      node.parameter ??= { node: newNode() };
      node = node.parameter.node;
    } else {
      const next = node.literals.get(segment) ?? newNode();
      node.literals.set(segment, next);
      node = next;
    }
  }
  if (node.routes.has(route.schema.method))
    throw new Error(`Route ${route.name} is at the path of another route`);
  node.routes.set(route.schema.method, { route, names });
};

/**
 * Looks at every place the path can mean, those with literals first, until one has the method. What parameters stood for
 * is left in `values`, the methods of the places that do not have it in `allow`.
 */
const locate = (
  node: Node,
  segments: readonly string[],
  depth: number,
  values: string[],
  method: string,
  allow: string[],
): Entry | undefined => {
  const segment = segments[depth];
  if (segment === undefined) {
    const entry = node.routes.get(method);
    if (entry === undefined) allow.push(...node.routes.keys());
    return entry;
  }
  const literal = node.literals.get(segment);
  const found = literal && locate(literal, segments, depth + 1, values, method, allow);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  values.push(segment);
  const entry = locate(node.parameter.node, segments, depth + 1, values, method, allow);
  if (entry === undefined) values.pop();
  return entry;
};

const withHead = (methods: ReadonlySet<string>): readonly string[] =>
  [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).sort();

const named = (names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> => {
  const params: Record<string, string> = Object.create(null);
  names.forEach((name, index) => {
    params[name] = values[index] ?? '';
  });
  return params;
};
