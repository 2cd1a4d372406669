import { Problem } from '@agent-harbor/core/problem';
import { lastLines } from './deliver.ts';
import { GitError } from './git.ts';

/** A failure of git or the file system as the problem it is for the caller. */
export const asProblem = (error: unknown, doing: string): Problem => {
  if (error instanceof Problem) return error;
  if (isFull(error)) return new Problem('storage-full', { cause: error });
  if (!(error instanceof GitError)) return new Problem('internal', { detail: `${doing}.`, cause: error });
  switch (error.failure) {
    case 'aborted':
      return new Problem('aborted', { cause: error });
    case 'not-installed':
      return new Problem('unsupported-choice', {
        detail:
          'This host cannot work with repositories: git is not installed, or not on the PATH. Install it.',
        cause: error,
      });
    case 'timed-out':
      return new Problem('internal', { detail: `${doing}: git took too long.`, cause: error });
    case 'too-much-output':
    case 'failed':
      return new Problem('internal', { detail: `${doing}: ${lastLines(error.stderr)}.`, cause: error });
  }
};

const isFull = (error: unknown): boolean =>
  error instanceof GitError
    ? /no space left on device|disk quota exceeded/i.test(error.stderr)
    : error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
