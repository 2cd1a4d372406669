const day = 86_400_000;

/**
 * When the first of the sessions was created; each one is 10 ms younger than the one before. Yesterday: of older ones the
 * server would drop workspaces and journals while it is measured.
 */
const epoch = (Math.floor(Date.now() / day) - 1) * day;

/** When the session with this number was created, milliseconds. */
export const createdAt = (number: number): number => epoch + number * 10;

/** The id of the session with this number. */
export const sessionId = (number: number): string => `01${number.toString().padStart(24, '0')}`;
