import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ask } from '../load/requests.ts';
import { sessionId } from '../load/session-numbers.ts';
import { event, oursArgv, silentTask } from '../load/targets.ts';
import type { Peer } from './peer.ts';

const Launched = z.object({ id: z.string() });

/** Ours, asked for what the others are asked for. */
export const agentHarbor = (stateDir: string): Peer => ({
  name: 'Agent Harbor',
  argv: (port) => [process.execPath, ...oursArgv(stateDir, port)],
  health: '/healthz',
  async prepare(port) {
    const key = readFileSync(join(stateDir, 'api-key'), 'utf8').trim();
    const headers = { Authorization: `ApiKey ${key}` };
    const { id } = Launched.parse(
      await ask(port, { method: 'POST', path: '/api/v1/tasks', headers, body: silentTask }),
    );
    const stream = {
      method: 'GET',
      path: `/api/v1/sessions/${id}/events`,
      headers: { ...headers, Accept: 'text/event-stream' },
    } as const;
    return {
      get: { method: 'GET', path: `/api/v1/sessions/${sessionId(0)}`, headers },
      list: { method: 'GET', path: '/api/v1/sessions?perPage=50', headers },
      stream,
      event: {
        method: 'POST',
        path: `/test/sessions/${id}/events`,
        headers,
        body: `{"events":[${event}]}`,
      },
      resume: { stream, eventsEach: 1 },
    };
  },
  note: 'Its list is of 50 of 1,000 sessions, from the database; each event is durable before it is shown, and a request makes one.',
});
