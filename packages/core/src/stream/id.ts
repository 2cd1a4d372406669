import { fieldProblem } from '../problem.ts';

/** Where an event id points: an epoch of the log, and a sequence (one session) or position (all sessions) in it. */
export interface EventPlace {
  readonly epoch: string;
  readonly number: number;
}

/** The id of an event on the wire. */
export const formatEventId = (epoch: string, number: number): string => `${epoch}-${number}`;

/** Reads an event id; anything that is not one is a problem about `after`. */
export const parseEventId = (id: string): EventPlace => {
  const match = /^([0-9A-Za-z]{1,64})-(0|[1-9]\d{0,14})$/.exec(id);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw fieldProblem('after', 'is not an event id; send the `id` of the last event that was read');
  }
  return { epoch: match[1], number: Number(match[2]) };
};
