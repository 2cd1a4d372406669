import { parse, type Schema } from '../parse.ts';
import { Problem } from '../problem.ts';

/**
 * A record as its schema reads it, on its way into a store or out of it: a store keeps nothing it could not read back.
 * What does not match is a fault of ours or of the disk, not of the caller.
 */
export const checked = <Output>(schema: Schema<Output>, value: unknown, what: string): Output => {
  try {
    return parse(schema, value);
  } catch (cause) {
    throw new Problem('internal', { detail: `${what} does not match its schema.`, cause });
  }
};

/** The record inside stored JSON. */
export const readJson = <Output>(schema: Schema<Output>, json: string, what: string): Output => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Problem('data-damaged', { detail: `${what} is damaged in the store.`, cause });
  }
  return checked(schema, value, what);
};

/** Every failure of a store is a `Problem`. */
export const asProblem = (failure: unknown): Problem =>
  failure instanceof Problem
    ? failure
    : new Problem('internal', { detail: 'The store failed.', cause: failure });
