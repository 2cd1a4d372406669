import { Problem } from './problem.ts';

/** The part of a zod schema that parsing needs; core does not depend on zod itself. */
interface Schema<Output> {
  safeParse(
    value: unknown,
  ): { success: true; data: Output } | { success: false; error: { issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code?: string;
  readonly keys?: readonly string[];
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
  for (const issue of issues) {
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
