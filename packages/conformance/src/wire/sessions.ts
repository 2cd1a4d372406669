import { EventPage } from '@agent-harbor/api-contract/schemas';
import { holds, present, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, jsonOf, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { readEvents } from './events.ts';
import { sessionOf } from './session-of.ts';

/** The statuses a session's stream told, to its end. */
const statusesOf = async (bench: WireBench, id: string): Promise<readonly unknown[]> => {
  const answer = await bench.get(`/api/v1/sessions/${id}/events`, { accept: 'text/event-stream' });
  hasStatus(answer, 200, 'the stream');
  return readEvents(answer.text).messages.flatMap(({ data }) => {
    const event: unknown = JSON.parse(data);
    return member(event, 'type') === 'status' ? [member(event, 'status')] : [];
  });
};

export const sessions = [
  check(
    'a deleted session is archived',
    '204, then 404, then found with archived=true; deleting again is 204',
    async (bench) => {
      const { id, links } = await bench.launch();
      const remove = () => bench.remove(links.self);
      hasStatus(await remove(), 204, 'the first delete');
      isProblem(await bench.get(links.self), 'session-not-found', 'the deleted session');
      hasStatus(await bench.get(`${links.self}?archived=true`), 200, 'the archived session');
      hasStatus(await remove(), 204, 'the second delete');
      holds(!(await bench.get('/api/v1/sessions?perPage=200')).text.includes(id), 'it is still listed');
      hasStatus(await bench.get(links.logs), 200, 'its logs');
    },
  ),

  check(
    'archived sessions are listed on request',
    'archived=true shows them among the others',
    async (bench) => {
      const mark = await bench.mark();
      const agents = [{ ...bench.agent('waits'), count: 2 }];
      const { session_ids } = await bench.launch({ agents, labels: { mark } });
      const [gone = ''] = session_ids;
      hasStatus(await bench.remove(`/api/v1/sessions/${gone}`), 204, 'the delete');
      const listed = async (query: string) =>
        member(jsonOf(await bench.get(`/api/v1/sessions?label=mark:${mark}${query}`)), 'total');
      same([await listed(''), await listed('&archived=true')], [1, 2], 'how many are listed');
      const { archivedAt, status } = await sessionOf(bench, gone, '?archived=true');
      same([archivedAt !== undefined, status], [true, 'cancelled'], 'what the archive says');
    },
  ),

  check(
    'what a deleted session did stays',
    'its events are readable, and end with cancelled',
    async (bench) => {
      const { id, links } = await bench.launch();
      hasStatus(await bench.remove(links.self), 204, 'the delete');
      same((await statusesOf(bench, id)).at(-1), 'cancelled', 'the last status');
      const history = await bench.get(`${links.events}?perPage=200`);
      holds(bodyOf(EventPage, history, 'the history').items.length > 0, 'the history is empty');
    },
  ),

  check(
    'a stop is accepted, and refused after the end',
    '202, then 409 that names the state',
    async (bench) => {
      const { links } = await bench.launch();
      const stop = () => bench.send({ method: 'POST', path: `${links.self}/stop` });
      const first = await stop();
      hasStatus(first, 202, 'the stop');
      same(jsonOf(first), { status: 'accepted' }, 'the answer');
      await bench.get(links.events, { accept: 'text/event-stream' });
      const document = isProblem(await stop(), 'wrong-state', 'a stop after the end');
      holds(document.detail.includes('stopped'), `the state is not named: ${document.detail}`);
    },
  ),

  check('a stopped session says so', 'in its stream and in itself', async (bench) => {
    const { id, links } = await bench.launch();
    hasStatus(await bench.send({ method: 'POST', path: `${links.self}/stop` }), 202, 'the stop');
    same((await statusesOf(bench, id)).at(-1), 'stopped', 'the last status of the stream');
    const { status, endedAt } = await sessionOf(bench, id);
    same([status, endedAt !== undefined], ['stopped', true], 'the session');
  }),

  check(
    'a life goes through its states in order',
    'queued, provisioning, running, completed',
    async (bench) => {
      same(
        await statusesOf(bench, await bench.ended()),
        ['queued', 'provisioning', 'running', 'completed'],
        'the statuses',
      );
    },
  ),

  check('the times of a life are in order', 'created, started, ended, completed', async (bench) => {
    const session = await sessionOf(bench, await bench.ended());
    same(session.status, 'completed', 'the status');
    const times = (['createdAt', 'startedAt', 'endedAt'] as const).map((name) =>
      present(session[name], name),
    );
    same(times, [...times].sort(), 'the times');
    holds(session.completedAt !== undefined, 'completedAt is missing');
    holds(session.updatedAt >= (session.startedAt ?? ''), 'it was updated before it started');
  }),

  check('an agent that fails is told as it ended', 'failed, with the code it exited with', async (bench) => {
    const id = await bench.ended('fails');
    const session = await sessionOf(bench, id);
    same([session.status, session.exitCode], ['failed', 3], 'status and exit code');
    same((await statusesOf(bench, id)).at(-1), 'failed', 'the last status of the stream');
  }),

  check('a live session shows its last events', 'three at most, an ended one none', async (bench) => {
    const { id, links } = await bench.launch();
    await bench.send({
      path: links.events,
      headers: { accept: 'text/event-stream' },
      isEnough: ({ text }) => text.includes('"running"'),
    });
    const recent = (await sessionOf(bench, id)).recent_events.map(({ seq }) => seq);
    holds(recent.length === 3, `it shows ${recent.length} events`);
    const [first = 0] = recent;
    same(recent, [first, first + 1, first + 2], 'the numbers of the events it shows');
    holds(first >= 1, `the first is number ${first}`);
    same((await sessionOf(bench, await bench.ended())).recent_events, [], 'those of an ended session');
  }),

  check('the links of a launch lead somewhere', 'every link and Location is served', async (bench) => {
    const task = await bench.launch();
    for (const link of Object.values(task.links)) {
      hasStatus(await bench.get(link, { accept: 'application/json' }), 200, link);
    }
    const session = jsonOf(await bench.get(task.links.self));
    const links = member(session, 'links');
    for (const [name, link] of Object.entries(typeof links === 'object' && links !== null ? links : {})) {
      const { status } = await bench.get(String(link), { accept: 'application/json' });
      holds(status === 200 || status === 409, `the link ${name} got ${status}`);
    }
  }),
];
