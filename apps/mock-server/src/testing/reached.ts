import { contract } from '@agent-harbor/api-contract';
import type { Exchange } from '@agent-harbor/conformance';

/** Tells which routes of the contract answered well over an exchange. */
export interface Reached {
  readonly exchange: Exchange;
  /** The routes that did not, by name. */
  missing(): readonly string[];
}

/** A path that is written out goes before one with a parameter in its place. */
const routes = Object.entries(contract)
  .flatMap(([area, members]) =>
    Object.entries(members).map(([name, { method, path }]) => ({
      name: `${area}.${name}`,
      method,
      parameters: path.split(':').length,
      pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/?]+')}(?:\\?.*)?$`),
    })),
  )
  .sort((left, right) => left.parameters - right.parameters);

/** One request for each connection is looked at, and how it was answered first. */
export const watchRoutes = (exchange: Exchange): Reached => {
  const reached = new Set<string>();
  return {
    async exchange(bytes, isEnough) {
      const received = await exchange(bytes, isEnough);
      const [method, target = ''] = bytes.split(' ', 2);
      const route = routes.find((each) => each.method === method && each.pattern.test(target));
      if (route !== undefined && /^HTTP\/1\.1 2\d\d /.test(received)) reached.add(route.name);
      return received;
    },
    missing: () => routes.map(({ name }) => name).filter((name) => !reached.has(name)),
  };
};
