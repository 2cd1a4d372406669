import { fieldProblem, invalid } from '@agent-harbor/core';
import { validateIfSchema, validateMultiSchemaObject } from '@ts-rest/core';
import { z } from 'zod';
import { hostileText } from './body/hostile-text.ts';
import type { Route } from './route.ts';

/** The parts of a request, before the contract's schemas read them. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/** An issue as zod writes it; core makes words of it. */
interface Issue {
  path: (string | number)[];
  message: string;
  code?: string | undefined;
  keys?: string[] | undefined;
  expected?: unknown;
  received?: unknown;
  unionErrors?: { issues: Issue[] }[] | undefined;
}

const Issue: z.ZodType<Issue, z.ZodTypeDef, unknown> = z.lazy(() =>
  z.object({
    path: z.array(z.union([z.string(), z.number()])).default([]),
    message: z.string(),
    code: z.string().optional(),
    keys: z.array(z.string()).optional(),
    expected: z.unknown(),
    received: z.unknown(),
    unionErrors: z.array(Failure).optional(),
  }),
);

/** What ts-rest knows of a failed validation. */
const Failure = z.object({ issues: z.array(Issue) });

/** The request as the contract reads it, by the same functions as @ts-rest/express. Throws a problem naming every bad field. */
export const validate = ({ schema }: Route, raw: RawInput): RawInput => {
  const params = validateIfSchema(raw.params, schema.pathParams);
  const headers = validateMultiSchemaObject(raw.headers, schema.headers);
  const query = validateIfSchema(raw.query, schema.query);
  const body = validateIfSchema(raw.body, 'body' in schema ? schema.body : null);
  const errors = [params.error, headers.error, query.error, body.error];
  if (errors.some((error) => error !== undefined)) throw invalidRequest(errors);
  return { params: params.value, headers: headers.value, query: query.value, body: body.value };
};

/** One problem for everything ts-rest found wrong. */
export const invalidRequest = (errors: readonly unknown[]) =>
  invalid(errors.flatMap((error) => (error == null ? [] : Failure.parse(error).issues)));

/** NUL and broken Unicode in path or query, which no schema of a free text would notice. */
export const checkText = (...parts: readonly object[]): void => {
  for (const part of parts) {
    const errors = hostileText(part);
    if (errors === undefined) continue;
    const [field, messages] = Object.entries(errors)[0] ?? [];
    if (field !== undefined && messages !== undefined) throw fieldProblem(field, messages.join('; '));
  }
};
