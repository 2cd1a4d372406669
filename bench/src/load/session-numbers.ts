/** When the first of the sessions was created; each one is 10 ms younger than the one before. */
const epoch = Date.parse('2026-01-02T03:04:05Z');

/** When the session with this number was created, milliseconds. */
export const createdAt = (number: number): number => epoch + number * 10;

/** The id of the session with this number. */
export const sessionId = (number: number): string => `01${number.toString().padStart(24, '0')}`;
