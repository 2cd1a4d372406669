import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { Authorization } from './credential.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** What every call and every stream of one client goes through. */
export interface Wire {
  /** Where the server is, for people. */
  readonly base: string;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Fires when the client is closed. */
  readonly closing: AbortSignal;
  /** Sends with the client's credential, renewed once when it is refused. Rejects as the transport does. */
  send(request: TransportRequest): Promise<TransportResponse>;
}

export interface WireParts extends Omit<Wire, 'send'> {
  /** The path of the base, put before every path; empty at the root. */
  readonly prefix: string;
  readonly transport: Transport;
  readonly authorization: Authorization;
}

export const createWire = (parts: WireParts): Wire => {
  const { base, clock, random, closing, prefix, transport, authorization } = parts;
  const attempt = async (request: TransportRequest, credential: string | undefined) =>
    transport.send({
      ...request,
      path: prefix + request.path,
      headers: credential === undefined ? request.headers : { ...request.headers, authorization: credential },
    });
  return {
    base,
    clock,
    random,
    closing,
    async send(request) {
      const credential = await authorization.value();
      const response = await attempt(request, credential);
      if (response.status !== 401 || !authorization.refused(credential)) return response;
      const renewed = await authorization.value();
      if (renewed === credential) return response;
      await response.discard();
      return attempt(request, renewed);
    },
  };
};

/**
 * A signal that fires when the caller gives up, the client closes, or the time set by `within` has passed; and the
 * problem that then describes why nothing came back.
 */
export interface Guard {
  readonly signal: AbortSignal;
  /** From now on the guard waits this long; undefined stops the watch. */
  within(ms: number | undefined, whenPassed?: string): void;
  /** What a rejection under this guard means. */
  explain(error: unknown): Problem;
  release(): void;
}

export const createGuard = (wire: Wire, signal: AbortSignal | undefined): Guard => {
  const controller = new AbortController();
  let timedOut: string | undefined;
  let cancelTimer: (() => void) | undefined;
  const giveUp = () => controller.abort();
  if (signal?.aborted || wire.closing.aborted) controller.abort();
  signal?.addEventListener('abort', giveUp);
  wire.closing.addEventListener('abort', giveUp);
  return {
    signal: controller.signal,
    within(ms, whenPassed) {
      cancelTimer?.();
      cancelTimer =
        ms === undefined
          ? undefined
          : wire.clock.schedule(ms, () => {
              timedOut = whenPassed ?? `no answer within ${ms / 1000} s`;
              controller.abort();
            });
    },
    explain(error) {
      if (signal?.aborted) return new Problem('aborted', { cause: signal.reason });
      if (wire.closing.aborted) return new Problem('aborted', { detail: 'The client was closed.' });
      if (error instanceof Problem) return error;
      return new Problem('connection-failed', {
        detail: `No connection to ${wire.base}: ${timedOut ?? reasonOf(error)}.`,
        cause: error,
      });
    },
    release() {
      cancelTimer?.();
      signal?.removeEventListener('abort', giveUp);
      wire.closing.removeEventListener('abort', giveUp);
    },
  };
};

/** The words of the innermost error: outer ones only say that a fetch failed. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
};
