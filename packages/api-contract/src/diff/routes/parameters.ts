import type { Comparison, Side } from '../comparison.ts';
import { entriesAt, flagAt, type JsonObject, listAt, own, textAt } from '../json.ts';
import type { Scope } from '../ledger.ts';
import { additive, breaking, type Rule } from '../rule.ts';
import { compareSchemas } from '../schema/compare.ts';
import { describe } from '../schema/describe.ts';
import { compareRest } from '../words.ts';
import type { Operation } from './operations.ts';
import { compareReferred, dereference } from './reference.ts';

export const parameterRules = {
  removed: {
    id: 'parameter-removed',
    what: 'a parameter was removed',
    request: breaking(
      'Who still sends it is refused by a strict server and unheard by a lax one: go on accepting it, and deprecate it first.',
    ),
  },
  added: {
    id: 'parameter-added',
    what: 'a parameter was added',
    request: additive('Clients may send it; none has to.'),
  },
  addedRequired: {
    id: 'parameter-added-required',
    what: 'a parameter was added that must be sent',
    request: breaking(
      'Every client of today leaves it out and is refused: make it optional, with a default.',
    ),
  },
  required: {
    id: 'parameter-required',
    what: 'a parameter must be sent from now on',
    request: breaking('Who leaves it out is refused from now on: keep it optional, with a default.'),
  },
  optional: {
    id: 'parameter-optional',
    what: 'a parameter may be left out from now on',
    request: additive('Clients may leave it out; none has to.'),
  },
  styleChanged: {
    id: 'parameter-style-changed',
    what: 'a parameter is written another way',
    request: breaking('What clients write is read as something else: add a parameter with the new way.'),
  },
} satisfies Record<string, Rule>;

interface Parameter {
  readonly label: string;
  readonly node: unknown;
  readonly value: JsonObject;
}

export const compareParameters = (
  before: Operation,
  after: Operation,
  comparison: Comparison,
  scope: Scope,
): void => {
  const was = parametersOf(before, comparison.before);
  const is = parametersOf(after, comparison.after);
  for (const [key, { label, value }] of was) {
    if (!is.has(key)) scope.part(label).report(parameterRules.removed, describe(schemaOf(value)), null);
  }
  for (const [key, { label, node, value }] of is) {
    const old = was.get(key);
    const place = scope.part(label);
    if (old === undefined) {
      const rule = flagAt(value, 'required') ? parameterRules.addedRequired : parameterRules.added;
      place.report(rule, null, describe(schemaOf(value)));
    } else {
      compareReferred(old.node, node, comparison, place, (one, other, at) =>
        compareParameter(one, other, comparison, at),
      );
    }
  }
};

/** By where they are sent and their name; those of the path by their place in it, whatever they are called. */
const parametersOf = (
  { operation, shared, names }: Operation,
  { document }: Side,
): ReadonlyMap<string, Parameter> => {
  const found = new Map<string, Parameter>();
  for (const node of [...(listAt(shared, 'parameters') ?? []), ...(listAt(operation, 'parameters') ?? [])]) {
    const value = dereference(document, node, 'A parameter');
    const place = textAt(value, 'in') ?? '';
    const name = textAt(value, 'name') ?? '';
    const key = place === 'path' ? names.indexOf(name) : place === 'header' ? name.toLowerCase() : name;
    found.set(`${place} ${key}`, { label: `${place} ${name}`, node, value });
  }
  return found;
};

const compareParameter = (was: JsonObject, is: JsonObject, comparison: Comparison, scope: Scope): void => {
  if (!flagAt(was, 'required') && flagAt(is, 'required')) {
    scope.report(parameterRules.required, 'optional', 'required');
  }
  if (flagAt(was, 'required') && !flagAt(is, 'required')) {
    scope.report(parameterRules.optional, 'required', 'optional');
  }
  const [before, after] = [styleOf(was), styleOf(is)];
  if (before !== after) scope.report(parameterRules.styleChanged, before, after);
  compareSchemas(schemaOf(was), schemaOf(is), comparison, scope);
  compareRest(was, is, { compared, words }, scope);
};

const compared: ReadonlySet<string> = new Set([
  'name',
  'in',
  'required',
  'schema',
  'content',
  'style',
  'explode',
  'allowReserved',
  'allowEmptyValue',
]);

const words: ReadonlySet<string> = new Set(['description', 'example', 'examples']);

/** A parameter says its schema itself or for a media type. */
export const schemaOf = (parameter: JsonObject): unknown => {
  const [content] = entriesAt(parameter, 'content');
  if (content === undefined) return own(parameter, 'schema') ?? true;
  const [, media] = content;
  return typeof media === 'object' && media !== null ? (own({ ...media }, 'schema') ?? true) : true;
};

/** How a parameter is written, with what OpenAPI takes for said. */
export const styleOf = (parameter: JsonObject): string => {
  const [content] = entriesAt(parameter, 'content');
  if (content !== undefined) return content[0];
  const place = textAt(parameter, 'in') ?? 'header';
  const style = textAt(parameter, 'style') ?? (place === 'query' || place === 'cookie' ? 'form' : 'simple');
  const explode = own(parameter, 'explode') === undefined ? style === 'form' : flagAt(parameter, 'explode');
  const flags = ['allowReserved', 'allowEmptyValue'].filter((name) => flagAt(parameter, name));
  return [style, explode ? 'exploded' : 'joined', ...flags].join(', ');
};
