import { Problem } from '@agent-harbor/core';

/** The problem something is refused with; undefined when it is not. */
export const problemOf = async (act: () => unknown): Promise<Problem | undefined> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
};
