import { timestamp } from '../clock.ts';

/** A time of a file; null for one that has no place on the wire, as an agent can give a file any time. */
export const wireTime = (ms: number | null | undefined): string | null =>
  ms != null && ms >= 0 && ms < Date.UTC(10_000) ? timestamp(ms) : null;
