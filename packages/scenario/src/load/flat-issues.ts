import type { ZodIssue } from 'zod';

/** One thing that is wrong, at one place. */
export interface FlatIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The member itself is wrong, not its value. */
  readonly atKey: boolean;
}

/** One issue per unknown member; of a union, what is wrong with the alternative that came furthest. */
export const flatIssues = (issues: readonly ZodIssue[]): readonly FlatIssue[] =>
  issues.flatMap((issue): readonly FlatIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: 'is not a member of the scenario format; check the spelling',
        atKey: true,
      }));
    }
    if (issue.code === 'invalid_union') {
      const alternatives = issue.unionErrors.map((error) => flatIssues(error.issues));
      const depth = (flat: readonly FlatIssue[]) => Math.max(0, ...flat.map(({ path }) => path.length));
      const furthest = Math.max(...alternatives.map(depth));
      if (furthest > issue.path.length) {
        return alternatives.find((flat) => depth(flat) === furthest) ?? [];
      }
      const messages = [...new Set(alternatives.flat().map(({ message }) => message))];
      return [{ path: issue.path, message: messages.join(', or '), atKey: false }];
    }
    return [{ path: issue.path, message: issue.message, atKey: false }];
  });
