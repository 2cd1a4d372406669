import { Problem } from './problem.ts';

/** The part of a zod schema that parsing needs; core does not depend on zod itself, also not in its declarations. */
export interface Schema<Output> {
  parse(value: unknown): Output;
  safeParse(
    value: unknown,
  ): { success: true; data: Output } | { success: false; error: { issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly expected?: unknown;
  readonly received?: unknown;
  readonly unionErrors?: readonly { readonly issues: readonly Issue[] }[];
}

/** The value as the schema reads it, or an `invalid-request` problem that names every bad field. */
export const parse = <Output>(schema: Schema<Output>, value: unknown, root = ''): Output => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error.issues, root);
};

/** One problem for all issues: field path → messages. An unknown member is named by its own path. */
export const invalid = (issues: readonly Issue[], root = ''): Problem => {
  const fields = new Map<string, string[]>();
  const add = (path: readonly (string | number)[], message: string) => {
    const field = [...(root === '' ? [] : [root]), ...path].join('.') || 'body';
    fields.set(field, [...(fields.get(field) ?? []), message]);
  };
  for (const issue of issues.flatMap(plain)) {
    if (issue.code === 'unrecognized_keys' && issue.keys !== undefined) {
      for (const key of issue.keys)
        add([...issue.path, key], 'is not a member of the contract; check the spelling');
    } else {
      add(issue.path, issue.message);
    }
  }
  const [first] = fields;
  return new Problem('invalid-request', {
    detail:
      first === undefined
        ? 'The request does not match the contract.'
        : `${first[0]}: ${first[1].join('; ')}`,
    errors: Object.fromEntries(fields),
  });
};

/**
 * What is wrong in words a caller can act on. Of a choice of shapes, the one that was meant is judged: the first whose
 * type fits; when none does, the types are named.
 */
const plain = (issue: Issue): readonly Issue[] => {
  const { path, code, received, unionErrors } = issue;
  if (code === 'invalid_type' && received === 'undefined') return [{ path, message: 'is required' }];
  if (unionErrors === undefined) return [issue];
  const shapes = unionErrors.map(({ issues }) => issues.flatMap(plainUnion));
  const meant = shapes.find((found) => !found.some((other) => isOtherType(other, path)));
  if (meant !== undefined) return meant.flatMap(plain);
  const [first] = shapes.flat();
  if (first?.received === 'undefined') return [{ path, message: 'is required' }];
  const expected = new Set(shapes.flat().map((other) => String(other.expected)));
  return [{ path, message: `must be ${[...expected].join(' or ')}` }];
};

/** A choice within a choice is one flat choice when nothing of it fits. */
const plainUnion = (issue: Issue): readonly Issue[] =>
  issue.unionErrors?.flatMap(({ issues }) => issues.flatMap(plainUnion)) ?? [issue];

const isOtherType = ({ code, path }: Issue, at: Issue['path']): boolean =>
  code === 'invalid_type' && path.length === at.length;
