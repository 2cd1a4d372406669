import { fieldProblem, invalid } from '@agent-harbor/core';
import { validateIfSchema, validateMultiSchemaObject } from '@ts-rest/core';
import { z } from 'zod';
import { hostileText } from './body/hostile-text.ts';
import type { Route } from './route.ts';
import { unsaidOf } from './unsaid.ts';

/** The parts of a request, before the contract's schemas read them. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/** The same as it was sent: a query and headers by name. */
export interface Sent extends RawInput {
  readonly query: object;
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
  const unsaid = unsaidOf(route);
  const params: Read = validateIfSchema(sent.params, schema.pathParams);
  const headers: Read = lacks(sent.headers, unsaid.headers)
    ? { value: sent.headers }
    : validateMultiSchemaObject(sent.headers, schema.headers);
  const query: Read =
    unsaid.query !== undefined && isEmpty(sent.query)
      ? unsaid.query
      : validateIfSchema(sent.query, schema.query);
  const body: Read = 'body' in schema ? validateIfSchema(sent.body, schema.body) : { value: sent.body };
  if ((params.error ?? headers.error ?? query.error ?? body.error) !== undefined)
    throw invalidRequest([params.error, headers.error, query.error, body.error]);
  return { params: params.value, headers: headers.value, query: query.value, body: body.value };
};

/** What ts-rest makes of a part of a request. */
interface Read {
  readonly value?: unknown;
  readonly error?: unknown;
}

const lacks = (headers: Sent['headers'], names: readonly string[] | undefined): boolean =>
  names?.every((name) => headers[name] === undefined) === true;

const isEmpty = (members: object): boolean => {
  for (const _name in members) return false;
  return true;
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
