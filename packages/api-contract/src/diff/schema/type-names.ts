import { isObject, type JsonObject, listAt, own } from '../json.ts';
import { UnreadableDocument } from '../unreadable.ts';

/** The types a schema allows, null apart; undefined types for any. */
interface Types {
  readonly types: ReadonlySet<string> | undefined;
  readonly isNullable: boolean;
  /** Not said, but what its other keywords are about. */
  readonly isImplied: boolean;
}

export const typesOf = (schema: JsonObject): Types => {
  const named = namedTypes(schema);
  if (named !== undefined) {
    return {
      types: new Set(named.filter((name) => name !== 'null')),
      isNullable: named.includes('null'),
      isImplied: false,
    };
  }
  const values = listAt(schema, 'enum');
  if (values !== undefined) {
    const found = values.filter((value) => value !== null).map(typeOfValue);
    const types = new Set(found.every((name) => name !== 'number') ? found : found.map(asNumber));
    return { types, isNullable: values.includes(null), isImplied: true };
  }
  const implied = Object.entries(implying).filter(([, names]) =>
    names.some((name) => own(schema, name) !== undefined),
  );
  const [only, ...others] = implied;
  // Strictly such a schema allows anything else too; nobody who writes `properties` means that.
  if (only !== undefined && others.length === 0)
    return { types: new Set([only[0]]), isNullable: false, isImplied: true };
  return { types: undefined, isNullable: false, isImplied: false };
};

const namedTypes = (schema: JsonObject): readonly string[] | undefined => {
  const type = own(schema, 'type');
  if (type === undefined) return undefined;
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  return names.map((name) => {
    if (typeof name === 'string') return name;
    throw new UnreadableDocument('"type" is not the name of a type.');
  });
};

const implying: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'propertyNames', 'patternProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
};

const asNumber = (name: string): string => (name === 'integer' ? 'number' : name);

const typeOfValue = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return Number.isInteger(value) ? 'integer' : typeof value;
};
