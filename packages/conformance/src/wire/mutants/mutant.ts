import type { Exchange } from '../context.ts';
import { type Answer, mapAnswers, type Request, readRequest, writeRequest } from './message.ts';

/** What stands between a check and a right server, and makes a wrong one of it. */
interface Wrong {
  /** What the server takes a request for. */
  readonly takes?: (request: Request) => Request;
  /** What the server answers. Called again and again while an answer grows. */
  readonly gives?: (answer: Answer, request: Request) => Answer;
  /** What the server takes bytes for, well-formed or not. */
  readonly reads?: (bytes: string) => string;
  /** What the connection gives in the end. */
  readonly writes?: (received: string) => string;
}

/** A server that is wrong on purpose. */
export interface Mutant {
  /** What it does wrong. */
  readonly does: string;
  /** Begins to be wrong; what it remembers is its own. */
  readonly start: () => Wrong;
}

/** Check → servers that break its promise: each must fail it. */
export type Mutants = Readonly<Record<string, readonly Mutant[]>>;

export const takes = (does: string, change: (request: Request) => Request): Mutant => ({
  does,
  start: () => ({ takes: change }),
});

export const gives = (does: string, change: (answer: Answer, request: Request) => Answer): Mutant => ({
  does,
  start: () => ({ gives: change }),
});

export const reads = (does: string, change: (bytes: string) => string): Mutant => ({
  does,
  start: () => ({ reads: change }),
});

export const writes = (does: string, change: (received: string) => string): Mutant => ({
  does,
  start: () => ({ writes: change }),
});

const nobody: Request = { method: '', target: '', headers: [], body: '' };

/** The exchange with a right server, made wrong. */
export const mutate = (exchange: Exchange, { start }: Mutant): Exchange => {
  const { takes: take, gives: give, reads: read, writes: write } = start();
  return async (bytes, isEnough) => {
    const meant = read === undefined ? bytes : read(bytes);
    const request = readRequest(meant);
    const taken = request !== undefined && take !== undefined ? take(request) : undefined;
    const told = (received: string): string => {
      const given =
        give === undefined ? received : mapAnswers(received, (answer) => give(answer, request ?? nobody));
      return write === undefined ? given : write(given);
    };
    const sent = taken === undefined ? meant : writeRequest(taken);
    return told(await exchange(sent, isEnough && ((received) => isEnough(told(received)))));
  };
};
