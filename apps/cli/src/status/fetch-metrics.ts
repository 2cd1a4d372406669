import { ProblemDocument } from '@agent-harbor/api-contract/schemas';
import { Problem, problemFrom } from '@agent-harbor/core/problem';
import type { Settings } from '../settings/read-settings.ts';
import { Metrics } from './exposition.ts';

const patienceMs = 10_000;

/** What the server at this address counts. Rejects with a problem, as the calls of the SDK do. */
export const fetchMetrics = async (
  base: string,
  { apiKey, stateDir }: Pick<Settings, 'apiKey' | 'stateDir'>,
): Promise<Metrics> => {
  const { isLoopback, readLocalKey } = await import('@agent-harbor/rest-client/node');
  // The key of this machine is found by itself, and sent nowhere else.
  const local = apiKey === undefined && isLoopback(base) ? await readLocalKey(stateDir) : undefined;
  const key = apiKey ?? (local !== undefined && 'apiKey' in local ? local.apiKey : undefined);
  const answer = await fetch(`${base}/metrics`, {
    headers: { accept: 'text/plain', ...(key === undefined ? {} : { authorization: `ApiKey ${key}` }) },
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  }).catch((cause: unknown) => {
    throw new Problem('connection-failed', { detail: `${base}/metrics cannot be reached.`, cause });
  });
  const text = await answer.text();
  if (answer.status === 200 && /^text\/plain\b/.test(answer.headers.get('content-type') ?? ''))
    return new Metrics(text);
  throw refusal(base, answer.status, text);
};

const refusal = (base: string, status: number, text: string): Problem => {
  const document = ProblemDocument.safeParse(jsonOf(text));
  if (document.success) return problemFrom(document.data, undefined);
  return new Problem('internal', { detail: `${base}/metrics was answered by something else: ${status}.` });
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
