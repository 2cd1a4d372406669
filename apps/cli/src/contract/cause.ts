/** What went wrong, in the words of who noticed. */
export const describeCause = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  // fetch hides the reason behind its own words.
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
};
