import { invalid } from '@agent-harbor/core';
import type { z } from 'zod';
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
      const [member = '', ...rest] = field.split('.');
      const origin = given.get(member)?.origin ?? originOfFixed(settings, member);
      return [[origin, ...rest].join('.'), messages.join('; ')];
    }),
  );
};

const originOfFixed = (settings: Settings, member: string): string =>
  (member === 'apiKey' || member === 'stateDir' ? settings.originOf(member) : undefined) ?? member;

const valuesOf = (given: ReadonlyMap<string, Found>): Record<string, unknown> =>
  Object.fromEntries([...given].map(([member, { value }]) => [member, value]));
