import type { Comparison } from '../comparison.ts';
import { textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, neutral, type Rule } from '../rule.ts';
import { within } from '../unreadable.ts';
import { compareRest } from '../words.ts';
import { compareBodies } from './bodies.ts';
import { methodNames, type Operation, operationsOf } from './operations.ts';
import { compareParameters } from './parameters.ts';
import { compareResponses } from './responses.ts';
import { compareRoles } from './roles.ts';

export const routeRules = {
  removed: {
    id: 'route-removed',
    what: 'the route was removed',
    request: breaking('Who calls it gets 404 or 405: keep it, and deprecate it first.'),
  },
  added: {
    id: 'route-added',
    what: 'a route was added',
    request: additive('Clients may call it; none has to.'),
  },
  pathParameterRenamed: {
    id: 'path-parameter-renamed',
    what: 'a parameter of the path has another name',
    request: neutral(
      'The path that travels is the same; generated clients have another name for the argument.',
    ),
  },
  operationIdChanged: {
    id: 'operation-id-changed',
    what: 'the operation has another id',
    request: neutral('Nothing that travels differs; generated clients have another name for the method.'),
  },
} satisfies Record<string, Rule>;

export const compareRoutes = (comparison: Comparison): void => {
  const before = new Map(operationsOf(comparison.before.document).map((route) => [route.key, route]));
  const after = new Map(operationsOf(comparison.after.document).map((route) => [route.key, route]));
  for (const [key, { label, operation }] of before) {
    if (!after.has(key))
      comparison.ledger.route(label).report(routeRules.removed, summary(label, operation), null);
  }
  for (const [key, route] of after) {
    const scope = comparison.ledger.route(route.label);
    const was = before.get(key);
    if (was === undefined) scope.report(routeRules.added, null, summary(route.label, route.operation));
    else within(route.label, () => compareRoute(was, route, comparison, scope));
  }
};

const summary = (label: string, operation: Operation['operation']): string =>
  textAt(operation, 'summary') ?? label;

const compareRoute = (was: Operation, is: Operation, comparison: Comparison, scope: Scope): void => {
  for (const [index, name] of was.names.entries()) {
    const now = is.names[index];
    if (now !== name) scope.part(`path ${now}`).report(routeRules.pathParameterRenamed, name, now ?? null);
  }
  const id = textAt(was.operation, 'operationId');
  const now = textAt(is.operation, 'operationId');
  if (id !== now) scope.report(routeRules.operationIdChanged, id ?? null, now ?? null);
  compareParameters(was, is, comparison, scope);
  compareBodies(was.operation, is.operation, comparison, scope);
  compareResponses(was.operation, is.operation, comparison, scope);
  compareRoles(was.operation, is.operation, scope);
  compareRest(was.operation, is.operation, { compared, words }, scope);
  compareRest(rest(was), rest(is), { compared: new Set(), words: pathWords }, scope.part('path'));
};

const compared: ReadonlySet<string> = new Set([
  'operationId',
  'parameters',
  'requestBody',
  'responses',
  'security',
  'x-role',
]);

const words: ReadonlySet<string> = new Set(['summary', 'description', 'tags', 'externalDocs']);

const pathWords: ReadonlySet<string> = new Set(['summary', 'description']);

/** What a path says beside its methods and parameters. */
const rest = ({ shared }: Operation): Operation['shared'] =>
  Object.fromEntries(
    Object.entries(shared).filter(
      ([name]) => !methodNames.includes(name) && !['parameters', 'additionalOperations'].includes(name),
    ),
  );
