import type { z } from 'zod';

/**
 * Whether a text is too long only as zod counts, in UTF-16 units, and not as JSON Schema does, in characters. The
 * document says so once, for every text.
 */
export const isLongOnlyInUnits = (value: unknown, issue: z.ZodIssue): boolean => {
  if (issue.code !== 'too_big' || issue.type !== 'string') return false;
  const text = issue.path.reduce(memberOf, value);
  return typeof text === 'string' && [...text].length <= Number(issue.maximum);
};

const memberOf = (value: unknown, step: string | number): unknown =>
  typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(String(step))
    : undefined;
