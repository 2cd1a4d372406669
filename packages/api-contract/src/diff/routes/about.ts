import type { Comparison } from '../comparison.ts';
import {
  asObject,
  entriesAt,
  equal,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  own,
  textAt,
} from '../json.ts';
import { additive, breaking, neutral, type Rule } from '../rule.ts';
import { compareRest } from '../words.ts';
import { operationsOf } from './operations.ts';

export const aboutRules = {
  infoChanged: {
    id: 'info-changed',
    what: 'what the document says about itself changed',
    request: neutral('Nothing that travels differs.'),
  },
  serverRemoved: {
    id: 'server-removed',
    what: 'a base address was removed',
    request: breaking('Clients that call it may find nobody there: keep it, or leave a redirect.'),
  },
  serverAdded: {
    id: 'server-added',
    what: 'a base address was added',
    request: additive('Clients may call it; none has to.'),
  },
  unusedChanged: {
    id: 'unused-component-changed',
    what: 'a component changed that no route reaches',
    request: neutral('Nothing that travels has it.'),
  },
} satisfies Record<string, Rule>;

/** What a document says beside its routes. */
export const compareAbout = (comparison: Comparison): void => {
  const [was, is] = [comparison.before.document.root, comparison.after.document.root];
  const routes = operationsOf(comparison.after.document).map(({ label }) => label);
  const scope = comparison.ledger.shared('document', routes);
  for (const name of ['info', 'openapi', 'tags', 'externalDocs', 'servers']) {
    const isToldBelow = name === 'servers' && !equal([...serversOf(was)].sort(), [...serversOf(is)].sort());
    if (!isToldBelow && !equal(own(was, name), own(is, name)))
      scope.part(name).report(aboutRules.infoChanged, ...tell(was, is, name));
  }
  const [before, after] = [serversOf(was), serversOf(is)];
  for (const url of before) if (!after.has(url)) scope.part(url).report(aboutRules.serverRemoved, url, null);
  for (const url of after) if (!before.has(url)) scope.part(url).report(aboutRules.serverAdded, null, url);
  compareRest(was, is, { compared, words: new Set() }, scope);
  for (const name of ['paths', 'components', 'webhooks']) {
    const extensions = (root: JsonObject) =>
      Object.fromEntries(entriesAt(root, name).filter(([key]) => key.startsWith('x-')));
    compareRest(extensions(was), extensions(is), { compared: new Set(), words: new Set() }, scope.part(name));
  }
  compareUnused(comparison);
};

const compared: ReadonlySet<string> = new Set([
  'info',
  'openapi',
  'tags',
  'externalDocs',
  'servers',
  'security',
  'paths',
  'webhooks',
  'components',
  '$self',
]);

const tell = (was: JsonObject, is: JsonObject, name: string): readonly [string | null, string | null] => {
  const show = (root: JsonObject): string | null => {
    const value = own(root, name);
    if (typeof value === 'string') return value;
    if (!isObject(value)) return value === undefined ? null : name;
    return (
      [textAt(value, 'title'), textAt(value, 'version')].filter((text) => text !== undefined).join(' ') ||
      name
    );
  };
  return [show(was), show(is)];
};

/** Without a server a document is about the host it came from. */
const serversOf = (root: JsonObject): ReadonlySet<string> => {
  const servers = listAt(root, 'servers') ?? [];
  const urls = servers.map((server) => textAt(asObject(server, 'A server'), 'url') ?? '/');
  return new Set(urls.length === 0 ? ['/'] : urls);
};

/** Components that lead to no route on either side are told by name only. */
const compareUnused = ({ before, after, ledger }: Comparison): void => {
  const [was, is] = [before.document.root, after.document.root];
  const reached = new Set([...referencesFrom(was), ...referencesFrom(is)]);
  const [old, fresh] = [componentsOf(was), componentsOf(is)];
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    if (reached.has(name) || equal(old.get(name), fresh.get(name))) continue;
    const scope = ledger.shared(name.replace('#/', ''), []);
    scope.report(aboutRules.unusedChanged, old.has(name) ? 'there' : null, fresh.has(name) ? 'there' : null);
  }
};

const componentsOf = (root: JsonObject): ReadonlyMap<string, unknown> => {
  const components = objectAt(root, 'components') ?? {};
  return new Map(
    Object.keys(components)
      .filter((kind) => kind !== 'securitySchemes' && !kind.startsWith('x-'))
      .flatMap((kind) =>
        entriesAt(components, kind).map(([name, value]) => [`#/components/${kind}/${name}`, value] as const),
      ),
  );
};

/** Every component that a route or a webhook leads to, over however many references. */
const referencesFrom = (root: JsonObject): ReadonlySet<string> => {
  const components = componentsOf(root);
  const found = new Set<string>();
  const open: unknown[] = [own(root, 'paths'), own(root, 'webhooks')];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && components.has(value) && !found.has(value)) {
      found.add(value);
      open.push(components.get(value));
    } else if (Array.isArray(value)) open.push(...value);
    else if (isObject(value)) open.push(...Object.values(value));
  }
  return found;
};
