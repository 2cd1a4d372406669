import { jsonSchemaOf } from '@agent-harbor/api-contract/json-schema';
import { Scenario } from './scenario.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (2020-12) of a scenario's file, for editors: what the loader takes, but for what only holds between
 * members. `rules` may stand in every object and among the items of every list; an object with rules need not have
 * its required members itself.
 */
export const scenarioSchema = (): Json => {
  const { $schema, $defs, ...schema } = jsonSchemaOf(Scenario);
  const whole = { ...schema, $defs };
  const repeated = repeatedMembers(whole);
  const { $defs: named, ...top } = asObject(withRules(refer(whole, repeated)));
  const parts = [...repeated].map(([json, name]): [string, unknown] => [
    name,
    withRules(refer(JSON.parse(json), repeated, json)),
  ]);
  return {
    $schema,
    title: 'Scenario',
    ...top,
    $defs: { ...asObject(named), ...Object.fromEntries(parts), Rules: rules },
  };
};

const rules: Json = {
  description: 'Of these the config of every rule that holds takes the place of the rules.',
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    properties: {
      when: { type: 'string', description: '$name, or $name == 3, $name != "text", $name >= 2 …' },
      default: { const: true, description: 'Holds where no other rule does.' },
      config: { description: 'Members to merge in, or the items that take the place of this one.' },
    },
    required: ['config'],
    oneOf: [{ required: ['when'] }, { required: ['default'] }],
    additionalProperties: false,
  },
};

const rulesRef = { $ref: '#/$defs/Rules' };
const onlyRules: Json = {
  type: 'object',
  properties: { rules: rulesRef },
  required: ['rules'],
  additionalProperties: false,
};

const asObject = (value: unknown): Json => (isObject(value) ? value : {});
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const withRules = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withRules);
  if (!isObject(value)) return value;
  const { properties, required, items, ...rest } = Object.fromEntries(
    // What is written in `default` and `enum` is data.
    Object.entries(value).map(([name, member]) => [name, isData.has(name) ? member : withRules(member)]),
  );
  const list = items === undefined ? {} : { items: { anyOf: [items, onlyRules] } };
  if (!isObject(properties)) return { ...rest, ...list, ...(required === undefined ? {} : { required }) };
  return {
    ...rest,
    ...list,
    properties: { ...properties, rules: rulesRef },
    ...(required === undefined ? {} : { anyOf: [{ required }, { required: ['rules'] }] }),
  };
};

const isData: ReadonlySet<string> = new Set(['default', 'enum', 'const']);

/** Shorter schemas are written where they are used. */
const worthAName = 300;

/** The schemas of members that stand in several places, JSON → name: each is written once. */
const repeatedMembers = (schema: unknown): ReadonlyMap<string, string> => {
  const seen = new Set<string>();
  const named = new Map<string, string>();
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    for (const [name, member] of Object.entries(asObject(value.properties))) {
      const json = JSON.stringify(member);
      if (json.length < worthAName || named.has(json)) continue;
      if (seen.has(json)) named.set(json, freeName(name, names));
      seen.add(json);
    }
    Object.values(value).forEach(visit);
  };
  visit(schema);
  return named;
};

const freeName = (name: string, names: Set<string>): string => {
  const free = names.has(name) ? freeName(`${name}_`, names) : name;
  names.add(free);
  return free;
};

/** The schema with references in the place of what has a name, but for `itself`. */
const refer = (value: unknown, named: ReadonlyMap<string, string>, itself?: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => refer(item, named));
  if (!isObject(value)) return value;
  const json = JSON.stringify(value);
  const name = json === itself ? undefined : named.get(json);
  if (name !== undefined) return { $ref: `#/$defs/${name}` };
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, refer(member, named)]));
};
