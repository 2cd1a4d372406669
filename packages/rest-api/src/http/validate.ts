import { fieldProblem, invalid } from '@agent-harbor/core';
import { validateIfSchema, validateMultiSchemaObject } from '@ts-rest/core';
import { z } from 'zod';
import { hostileText } from './body/hostile-text.ts';
import { type Read, readOnce } from './known-queries.ts';
import type { Route } from './route.ts';
import { silentHeaders } from './silent-headers.ts';

/** The parts of a request, before the contract's schemas read them. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/** The same as it was sent. */
export interface Sent extends RawInput {
  /** The text that `query` was made of. */
  readonly queryText: string;
  readonly headers: Readonly<Record<string, string>>;
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
export const validate = (route: Route, sent: Sent): RawInput => {
  const { schema } = route;
  const params: Read = validateIfSchema(sent.params, schema.pathParams);
  const headers: Read = lacks(sent.headers, silentHeaders(route))
    ? { value: sent.headers }
    : validateMultiSchemaObject(sent.headers, schema.headers);
  const query = readOnce(route, sent.queryText, () => validateIfSchema(sent.query, schema.query));
  const body: Read = 'body' in schema ? validateIfSchema(sent.body, schema.body) : { value: sent.body };
  if ((params.error ?? headers.error ?? query.error ?? body.error) !== undefined)
    throw invalidRequest([params.error, headers.error, query.error, body.error]);
  return { params: params.value, headers: headers.value, query: query.value, body: body.value };
};

const lacks = (headers: Sent['headers'], names: readonly string[] | undefined): boolean =>
  names?.every((name) => headers[name] === undefined) === true;

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
