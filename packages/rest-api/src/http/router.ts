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

interface Node {
  readonly literals: Map<string, Node>;
  parameter: { readonly node: Node } | undefined;
  readonly routes: Map<string, { readonly route: Route; readonly names: readonly string[] }>;
}

/** A tree over path segments: the cost of a look-up does not depend on how many routes there are. */
export const createRouter = (routes: readonly Route[]): Router => {
  const root = newNode();
  for (const route of routes) add(root, route);
  return {
    find(method, segments) {
      const values: string[] = [];
      const node = walk(root, segments, 0, values);
      if (node === undefined) return { kind: 'path-missing' };
      const found = node.routes.get(method === 'HEAD' ? 'GET' : method);
      if (found === undefined) return { kind: 'method-missing', allow: allowed(node) };
      return { kind: 'route', route: found.route, params: named(found.names, values) };
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

/** A literal goes before a parameter; where it leads nowhere the parameter is tried. */
const walk = (node: Node, segments: readonly string[], depth: number, values: string[]): Node | undefined => {
  const segment = segments[depth];
  if (segment === undefined) return node.routes.size === 0 ? undefined : node;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : walk(literal, segments, depth + 1, values);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  values.push(segment);
  const behind = walk(node.parameter.node, segments, depth + 1, values);
  if (behind === undefined) values.pop();
  return behind;
};

const allowed = (node: Node): readonly string[] =>
  [...node.routes.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).sort();

const named = (names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> => {
  const params: Record<string, string> = Object.create(null);
  names.forEach((name, index) => {
    params[name] = values[index] ?? '';
  });
  return params;
};
