import { isProblemCode, type ProblemCode, problems } from '@agent-harbor/api-contract/problem';
import { type Clock, Problem, sleep } from '@agent-harbor/core';
import type { Answer } from '@agent-harbor/rest-api';
import { broken, slow } from './body.ts';
import type { FaultInput } from './fault.ts';
import { frames } from './frames.ts';

/** What a fault is played with. */
export interface Stage {
  readonly clock: Clock;
  /** Fires when the caller is gone, or the world ends. */
  readonly signal: AbortSignal;
  /** Fires when the world ends. */
  readonly closing: AbortSignal;
}

type Proceed = () => Promise<Answer>;

/** The answer to a request a fault strikes. */
export const play = async (fault: FaultInput, proceed: Proceed, stage: Stage): Promise<Answer> => {
  switch (fault.kind) {
    case 'latency':
      await sleep(stage.clock, fault.ms, stage.signal).catch((error: unknown) => {
        throw stage.closing.aborted ? begunAgain() : error;
      });
      return proceed();
    case 'status':
      if (fault.when === 'after') await proceed();
      return failure(fault.status, fault.retryAfterSeconds);
    case 'cut':
      if (fault.when === 'after') await proceed();
      return { status: 500, headers: {}, payload: { kind: 'cut' } };
    case 'break':
      return broken(await proceed(), fault.afterBytes);
    case 'slow':
      return slow(await proceed(), fault.bytesPerSecond, stage);
    case 'half-frame':
    case 'duplicate-frame':
    case 'drop-frame':
      return frames(await proceed(), fault.kind, fault.frame ?? 1);
  }
};

const begunAgain = (): Problem =>
  new Problem('not-ready', {
    detail: 'The mock began again while this request waited.',
    retryAfterSeconds: 0,
  });

/** As the server would put it where it has a problem with this status; else as a proxy before it does. */
const failure = (status: number, retryAfterSeconds: number | undefined): Answer => {
  const code = codes.find((each) => problems[each].status === status);
  if (code !== undefined) {
    throw new Problem(code, { detail: 'A fault that was set at /mock/faults.', retryAfterSeconds });
  }
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    payload: { kind: 'text', text: `${status}: a fault that was set at /mock/faults\n` },
  };
};

/** Of the codes with one status, the ones any route may give come first. */
const codes: readonly ProblemCode[] = [
  'route-not-found',
  'wrong-state',
  'not-ready',
  ...Object.keys(problems).filter(isProblemCode),
];
