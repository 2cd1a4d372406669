import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCheckedIn } from '../testing/document.ts';
import { numRuns, patience, seed } from '../testing/seed.ts';
import { compareContracts } from './compare.ts';
import type { Finding } from './finding.ts';
import { canonical, isObject } from './json.ts';
import { pairs } from './testing/pairs/index.ts';
import { UnreadableDocument } from './unreadable.ts';

/** Our own contract is large. */
const runs = Math.ceil(numRuns / 2);

const all = Object.values(pairs).flat();
const classesOf = (findings: readonly Finding[]) => findings.map((finding) => finding.class);

/** What may come and go in answers without breaking anybody, as readers ignore or expect it. */
const freeBothWays = new Set([
  'status-added',
  'status-removed',
  'unknown-members-refused',
  'unknown-members-allowed',
  'open-enum-value-added',
]);

describe('taking back what was only added breaks whoever uses it by now', () => {
  const isFree = ({ rule, direction }: Finding): boolean => direction !== 'request' && freeBothWays.has(rule);
  const grown = all.filter(({ before, after }) => {
    const { findings } = compareContracts(before, after);
    return findings.length > 0 && findings.every((one) => one.class === 'additive' && !isFree(one));
  });

  test.each(grown.map((entry) => [entry.name, entry] as const))('%s', (_name, { before, after }) => {
    expect(classesOf(compareContracts(after, before).findings)).toContain('breaking');
  });

  test('that are many', () => {
    expect(grown.length).toBeGreaterThan(20);
  });
});

test('words alone are neutral in both ways', () => {
  for (const { name, before, after } of all) {
    const { findings } = compareContracts(before, after);
    // Who generated a client by it looks for the discriminator.
    if (findings.some((one) => one.class !== 'neutral' || one.rule === 'discriminator-added')) continue;
    for (const weight of classesOf(compareContracts(after, before).findings))
      expect(weight, name).toBe('neutral');
  }
});

test('no change of our own contract goes unsaid', patience, () => {
  const text = readCheckedIn();
  const original: unknown = JSON.parse(text);
  const meant = canonical(inAnyOrder(original));
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), fc.constantFrom('drop', 'replace', 'add'), (stream, how) => {
      const changed: unknown = JSON.parse(text);
      const next = () => Number(stream.next().value);
      const place = change(changed, next, how);
      if (place === undefined || canonical(inAnyOrder(changed)) === meant) return;
      const said = tell(original, changed);
      expect(said === 'unreadable' || said.length > 0, `${how} at ${place}`).toBe(true);
    }),
    { seed, numRuns: runs },
  );
});

test('whatever a document holds, it is compared or called unreadable', patience, () => {
  const part = fc.jsonValue({ maxDepth: 6 });
  const text = readCheckedIn();
  fc.assert(
    fc.property(part, fc.infiniteStream(fc.nat()), (value, stream) => {
      const changed: unknown = JSON.parse(text);
      put(changed, () => Number(stream.next().value), value);
      tell(JSON.parse(text), changed);
      tell(changed, JSON.parse(text));
      tell(value, changed);
    }),
    { seed, numRuns: runs },
  );
});

const tell = (before: unknown, after: unknown): readonly Finding[] | 'unreadable' => {
  try {
    return compareContracts(before, after).findings;
  } catch (error) {
    if (error instanceof UnreadableDocument) return 'unreadable';
    throw error;
  }
};

type Next = () => number;

/** A random place of a value: where it is kept, and under which name. */
const walk = (
  value: unknown,
  next: Next,
): readonly [Record<string, unknown> | unknown[], string] | undefined => {
  let found: readonly [Record<string, unknown> | unknown[], string] | undefined;
  for (let inside = value; Array.isArray(inside) || isObject(inside); ) {
    const keys = Object.keys(inside);
    const key = keys[next() % Math.max(1, keys.length)];
    if (key === undefined) break;
    found = [inside, key];
    inside = Reflect.get(inside, key);
    if (next() % 9 === 0) break;
  }
  return found;
};

const put = (document: unknown, next: Next, value: unknown): void => {
  const place = walk(document, next);
  if (place !== undefined) Reflect.set(place[0], place[1], value);
};

const change = (document: unknown, next: Next, how: 'drop' | 'replace' | 'add'): string | undefined => {
  const place = walk(document, next);
  if (place === undefined) return undefined;
  const [holder, key] = place;
  const value: unknown = Reflect.get(holder, key);
  if (how === 'drop') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
    return key;
  }
  if (how === 'add') {
    if (!isObject(value)) return undefined;
    Reflect.set(value, 'x-added', 1);
    return key;
  }
  if (typeof value === 'string') Reflect.set(holder, key, `${value}x`);
  else if (typeof value === 'number') Reflect.set(holder, key, value + 1);
  else if (typeof value === 'boolean') Reflect.set(holder, key, !value);
  else return undefined;
  return key;
};

/** Lists of OpenAPI say the same in any order, and some values the same as none. */
const inAnyOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inAnyOrder).map(canonical).sort();
  if (!isObject(value)) return value;
  if (value.type === 'null') return 'null';
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => saysNothing[name] !== canonical(member))
      .map(([name, member]) => [name, inAnyOrder(member)]),
  );
};

const saysNothing: Readonly<Record<string, string>> = {
  required: 'false',
  minLength: '0',
  minItems: '0',
  additionalProperties: 'true',
  items: '{}',
  style: '"form"',
  explode: 'true',
};
