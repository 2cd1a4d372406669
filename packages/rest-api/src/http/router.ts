import type { Route } from './route.ts';

/** What is at a path. */
type Found =
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
  const names = new Set<string>();
  for (const route of routes) {
    // Routes are known by their names: in logs, to idempotency, to the skins.
    if (names.has(route.name)) throw new Error(`Two routes are named ${route.name}`);
    names.add(route.name);
    add(root, route);
  }
  return {
    find(method, segments) {
      const allow = new Set<string>();
      for (const { node, values } of walk(root, segments, 0, [])) {
        const found = node.routes.get(method === 'HEAD' ? 'GET' : method);
        if (found !== undefined)
          return { kind: 'route', route: found.route, params: named(found.names, values) };
        for (const other of node.routes.keys()) allow.add(other);
      }
      return allow.size === 0 ? { kind: 'path-missing' } : { kind: 'method-missing', allow: withHead(allow) };
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

/** Every place the path can mean, those with literals first. */
function* walk(
  node: Node,
  segments: readonly string[],
  depth: number,
  values: readonly string[],
): Generator<{ readonly node: Node; readonly values: readonly string[] }> {
  const segment = segments[depth];
  if (segment === undefined) {
    if (node.routes.size > 0) yield { node, values };
    return;
  }
  const literal = node.literals.get(segment);
  if (literal !== undefined) yield* walk(literal, segments, depth + 1, values);
  if (node.parameter !== undefined && segment !== '') {
    yield* walk(node.parameter.node, segments, depth + 1, [...values, segment]);
  }
}

const withHead = (methods: ReadonlySet<string>): readonly string[] =>
  [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).sort();

const named = (names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> => {
  const params: Record<string, string> = Object.create(null);
  names.forEach((name, index) => {
    params[name] = values[index] ?? '';
  });
  return params;
};
