import { invalid } from '@agent-harbor/core';
import { z } from 'zod';
import type { Found, Settings } from './read-settings.ts';
import { refusal } from './refusal.ts';
import type { SettingGroup } from './table.ts';

/**
 * The configuration of a server from the settings of a group and what is fixed. Fails with what is wrong, named where
 * it was said: the server knows what a port may be, but not that it came from AH_PORT.
 */
export const configure = <Schema extends z.ZodTypeAny>(
  settings: Settings,
  group: Exclude<SettingGroup, 'client'>,
  schema: Schema,
  fixed: Readonly<Record<string, unknown>>,
): z.infer<Schema> => {
  const given = settings.group(group);
  const parsed = schema.safeParse({ ...valuesOf(given), ...fixed });
  if (parsed.success) return parsed.data;
  const { errors = {} } = invalid(parsed.error.issues);
  throw refusal(
    Object.entries(errors).map(([field, messages]) => {
      // A setting's name may itself have dots: the longest one that was given is meant.
      const words = field.split('.');
      const known = words.findLastIndex((_, index) => given.has(words.slice(0, index + 1).join('.')));
      const member = words.slice(0, Math.max(known, 0) + 1).join('.');
      const origin = given.get(member)?.origin ?? originOfFixed(settings, member);
      return [named(origin, words.slice(Math.max(known, 0) + 1)), messages.join('; ')];
    }),
  );
};

/** A setting as it was said, and which part of it: of a flag that was repeated, which time; of anything else, its path. */
const named = (origin: string, [first, ...rest]: readonly string[]): string => {
  if (first === undefined) return origin;
  if (!origin.startsWith('--') || !/^\d+$/.test(first)) return [origin, first, ...rest].join('.');
  return [`${origin} (number ${Number(first) + 1})`, ...rest].join('.');
};

const originOfFixed = (settings: Settings, member: string): string =>
  (member === 'apiKey' || member === 'stateDir' ? settings.originOf(member) : undefined) ?? member;

/** A name with dots stands for a member of a member. */
const valuesOf = (given: ReadonlyMap<string, Found>): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const [name, { value }] of given) place(values, name.split('.'), value);
  return values;
};

const place = (values: Record<string, unknown>, path: readonly string[], value: unknown): void => {
  const [first = '', ...rest] = path;
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  const inner = Inner.catch({}).parse(values[first]);
  place(inner, rest, value);
  values[first] = inner;
};

const Inner = z.record(z.unknown());
