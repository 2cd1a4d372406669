import { resolve } from 'node:path';
import { z } from 'zod';

/** How a setting is written, and what stands for it as a value. Where there is only text, a list has commas in it. */
export type Kind =
  | 'text'
  | 'url'
  | 'path'
  | 'number'
  | 'seconds'
  | 'age'
  | 'size'
  | 'count'
  | 'switch'
  | 'rate'
  | 'list'
  | 'paths'
  | 'object'
  | 'objects';

const notEmpty = z.string({ invalid_type_error: 'must be text' }).min(1, 'must not be empty');
const words = z.array(notEmpty, { invalid_type_error: 'must be a list' });

/** A bound that is a number with a unit; `off` for none. */
const measured = (units: Readonly<Record<string, number>>, isPlain: boolean, wrong: string) =>
  z.unknown().transform((value, context) => {
    if (value === 'off') return null;
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    const [, amount, unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(text) ?? [];
    const factor = unit === '' ? (isPlain ? 1 : undefined) : own(units, unit);
    const result = factor === undefined ? 0 : Math.round(Number(amount) * factor);
    if (result >= 1 && Number.isSafeInteger(result)) return result;
    context.addIssue({ code: z.ZodIssueCode.custom, message: wrong });
    return z.NEVER;
  });

const own = (units: Readonly<Record<string, number>>, unit: string): number | undefined =>
  Object.hasOwn(units, unit) ? units[unit] : undefined;

/** In milliseconds. */
const ages = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** In bytes. */
const sizes = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

const object = z.record(z.unknown(), { invalid_type_error: 'must be a JSON object' });

/** What a text says as JSON; text that is none stays, to be refused. */
const jsonOr = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

/** The value of a setting as a file has it, made into what the program uses. */
const schemas: Readonly<Record<Kind, z.ZodType<unknown, z.ZodTypeDef, unknown>>> = {
  text: notEmpty,
  url: notEmpty.regex(/^https?:\/\/./, 'must be an http: or https: url'),
  path: notEmpty,
  number: z.number({ invalid_type_error: 'must be a number' }),
  seconds: z
    .number({ invalid_type_error: 'must be a number of seconds' })
    .min(0)
    .transform((seconds) => Math.round(seconds * 1000)),
  age: measured(ages, false, 'must be a time such as 90d, 12h or 30m, or off'),
  size: measured(sizes, true, 'must be a size such as 32GiB or 500MB, or off'),
  count: measured({}, true, 'must be a number above 0, or off'),
  switch: z.boolean({ invalid_type_error: 'must be true or false' }),
  rate: z
    .string()
    .regex(/^\d{1,9}\/\d{1,9}$/, 'must be requests per seconds, as in 6000/60')
    .transform((text) => {
      const [requests, windowSeconds] = text.split('/').map(Number);
      return { requests, windowSeconds };
    }),
  list: words,
  object,
  paths: words,
  // A flag that is repeated brings texts, a file objects.
  objects: z.array(z.preprocess(jsonOr, object), { invalid_type_error: 'must be a list of JSON objects' }),
};

/** The value, or what is wrong with it. Paths count from the folder they were written for. */
export const readValue = (
  kind: Kind,
  value: unknown,
  folder: string,
): { value: unknown } | { wrong: string } => {
  const parsed = schemas[kind].safeParse(value);
  if (!parsed.success) return { wrong: parsed.error.issues.map(({ message }) => message).join('; ') };
  const { data } = parsed;
  if (kind === 'path' && typeof data === 'string') return { value: resolve(folder, data) };
  if (kind === 'paths' && Array.isArray(data))
    return { value: data.map((path) => resolve(folder, String(path))) };
  return { value: data };
};

/** What text stands for; text that is no such thing stays text, to be refused. */
export const readText = (kind: Kind, text: string): unknown => {
  switch (kind) {
    case 'number':
    case 'seconds':
      return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'switch':
      if (/^(?:1|true|yes|on)$/i.test(text)) return true;
      return /^(?:0|false|no|off)$/i.test(text) ? false : text;
    case 'list':
    case 'paths':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'object':
      return jsonOr(text);
    case 'objects': {
      const value = jsonOr(text);
      return Array.isArray(value) ? value : [value];
    }
    default:
      return text;
  }
};
