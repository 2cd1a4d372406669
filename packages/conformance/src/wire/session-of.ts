import { Session } from '@agent-harbor/api-contract/schemas';
import { bodyOf } from './answer.ts';
import type { WireBench } from './bench.ts';

/** A session as the server tells it. */
export const sessionOf = async (bench: WireBench, id: string, query = ''): Promise<Session> =>
  bodyOf(Session, await bench.get(`/api/v1/sessions/${id}${query}`), 'the session');
