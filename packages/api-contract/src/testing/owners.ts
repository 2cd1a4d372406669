import { z } from 'zod';
import { nameOf } from '../openapi/names.ts';

/** An issue of zod, put down to the named schema that holds the rule. */
export interface Breach {
  readonly owner: string | undefined;
  readonly issue: z.ZodIssue;
}

/**
 * Why a schema refused a value: one list of breaches for every way to read it (a union can be read by any of its
 * options; each gives a way).
 */
export const breachesOf = (schema: z.ZodTypeAny, issues: readonly z.ZodIssue[]): Breach[][] =>
  issues.reduce<Breach[][]>(
    (ways, issue) => waysOf(schema, issue).flatMap((more) => ways.map((way) => [...way, ...more])),
    [[]],
  );

const waysOf = (schema: z.ZodTypeAny, issue: z.ZodIssue): Breach[][] =>
  issue.code === 'invalid_union'
    ? issue.unionErrors.flatMap((error) => breachesOf(schema, error.issues))
    : ownersOf(schema, issue.path, undefined).map((owner) => [{ owner, issue }]);

/** The names of the innermost named schemas on the way to a place; several where a union leaves it open. */
const ownersOf = (
  schema: z.ZodTypeAny,
  path: readonly (string | number)[],
  outer: string | undefined,
): (string | undefined)[] => {
  const owner = nameOf(schema) ?? outer;
  const into = (part: z.ZodTypeAny, rest = path) => ownersOf(part, rest, owner);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return into(schema.unwrap());
  if (schema instanceof z.ZodDefault) return into(schema.removeDefault());
  if (schema instanceof z.ZodEffects) return into(schema.innerType());
  if (schema instanceof z.ZodPipeline) return into(schema._def.out);
  if (schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion) {
    const options: z.ZodTypeAny[] = [...schema.options];
    return options.flatMap((option) => into(option));
  }
  const [step, ...rest] = path;
  if (step === undefined) return [owner];
  if (schema instanceof z.ZodArray) return into(schema.element, rest);
  if (schema instanceof z.ZodRecord) return into(schema.valueSchema, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: z.ZodRawShape = schema.shape;
  const member = shape[step];
  // A rule between members names the one to mend, which need not be there.
  return member === undefined ? [owner] : into(member, rest);
};
