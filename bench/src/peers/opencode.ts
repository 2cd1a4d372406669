import { z } from 'zod';
import { ask } from '../load/requests.ts';
import type { Peer } from './peer.ts';

const Session = z.object({ id: z.string() });

/** `opencode serve`. Without a model the only events it can be asked for are those of a changed title. */
export const opencode = (program: string, home: string): Peer => ({
  name: 'opencode serve',
  argv: (port) => [program, 'serve', '--hostname', '127.0.0.1', '--port', String(port)],
  env: {
    HOME: home,
    XDG_DATA_HOME: `${home}/data`,
    XDG_CONFIG_HOME: `${home}/config`,
    XDG_STATE_HOME: `${home}/state`,
    XDG_CACHE_HOME: `${home}/cache`,
  },
  health: '/session',
  async prepare(port) {
    const create = async () =>
      Session.parse(await ask(port, { method: 'POST', path: '/session', body: '{}' })).id;
    const id = await create();
    for (let count = 1; count < 50; count++) await create();
    return {
      get: { method: 'GET', path: `/session/${id}` },
      list: { method: 'GET', path: '/session?limit=50' },
      stream: { method: 'GET', path: '/event' },
      event: { method: 'PATCH', path: `/session/${id}`, body: '{"title":"Another title"}' },
    };
  },
  note: 'Its list is of 50 sessions. Events are those of a changed title, one or more of each request; `/event` sends no ids, so there is nothing to resume.',
});
