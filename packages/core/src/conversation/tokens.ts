import { utf8Bytes } from '../event/bytes.ts';

/**
 * About how many tokens a text is: four bytes of UTF-8 each. Every model counts differently, by tables of megabytes;
 * of English and of code this is within about a quarter of what the known ones count.
 */
export const estimatedTokens = (text: string): number => Math.ceil(utf8Bytes(text) / 4);
