import type { ZodIssue } from 'zod';

/** One thing that is wrong, at one place. */
export interface FlatIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The member itself is wrong, not its value. */
  readonly atKey: boolean;
  /** The type that should be here, where another one is. */
  readonly expected?: string;
}

/** One issue per unknown member; of a union, what is wrong with the alternative that came furthest. */
export const flatIssues = (issues: readonly ZodIssue[]): readonly FlatIssue[] =>
  issues.flatMap((issue): readonly FlatIssue[] => {
    const { path, message } = issue;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: 'is not a member of the scenario format; check the spelling',
        atKey: true,
      }));
    }
    if (issue.code === 'invalid_union') {
      return furthest(
        path,
        issue.unionErrors.map((error) => flatIssues(error.issues)),
      );
    }
    if (issue.code !== 'invalid_type') return [{ path, message, atKey: false }];
    if (issue.received === 'undefined') return [{ path, message: 'is required', atKey: false }];
    const { expected } = issue;
    return [{ path, message: `must be ${expected}, not ${issue.received}`, atKey: false, expected }];
  });

const furthest = (
  path: FlatIssue['path'],
  alternatives: readonly (readonly FlatIssue[])[],
): readonly FlatIssue[] => {
  const depth = (flat: readonly FlatIssue[]) => Math.max(0, ...flat.map((issue) => issue.path.length));
  const most = Math.max(...alternatives.map(depth));
  if (most > path.length) return alternatives.find((flat) => depth(flat) === most) ?? [];
  const found = alternatives.flat();
  const types = [...new Set(found.flatMap(({ expected }) => expected ?? []))];
  // Something of the right type is judged by what is wrong with it.
  const others = found.filter(({ expected }) => expected === undefined);
  if (types.length === 0 || others.length > 0) {
    const messages = [...new Set(others.map(({ message }) => message))];
    return [{ path, message: messages.join(', or '), atKey: false }];
  }
  return [{ path, message: `must be ${types.join(' or ')}`, atKey: false, expected: types.join(' or ') }];
};
