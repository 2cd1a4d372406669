import { Failure } from '../failure.ts';

/** Exit code 2: there is nothing to compare, so nothing is said about the contract. */
export const unreadable = (detail: string, remedy: string, cause?: unknown): Failure =>
  new Failure('unreadable', { happened: 'The contract cannot be read', detail, remedy, cause });
