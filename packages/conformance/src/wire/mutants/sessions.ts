import {
  asked,
  frames,
  from,
  json,
  list,
  member,
  reversed,
  set,
  status,
  target,
  text,
  to,
  where,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const oneSession = /^GET \/api\/v1\/sessions\/\w+(\?|$)/;
const sessionList = /^GET \/api\/v1\/sessions\?/;
const stream = /\/events/;

/** Deletes nothing, and says that it did. */
const keeps = takes('keeps what it deletes', from(/^DELETE/, asked('HEAD')));

export const sessions: Mutants = {
  'a deleted session is archived': [
    gives('says 200', to(/^DELETE/, status(200))),
    keeps,
    gives('erases it', to(/archived=true/, status(404))),
    gives('says 410', to(oneSession, where(404, status(410)))),
    {
      does: 'minds a second delete',
      start: () => {
        const deleted = new Set<string>();
        let again = false;
        return {
          takes(request) {
            if (request.method !== 'DELETE') return request;
            again = deleted.has(request.target);
            deleted.add(request.target);
            return request;
          },
          gives: (answer, request) =>
            request.method === 'DELETE' && again ? { ...answer, status: 404 } : answer,
        };
      },
    },
  ],
  'archived sessions are listed on request': [
    takes(
      'knows no archive',
      target((path) => path.replace('&archived=true', '')),
    ),
    takes(
      'lists them always',
      from(
        sessionList,
        target((path) => (path.includes('archived') ? path : `${path}&archived=true`)),
      ),
    ),
    gives(
      'does not say since when',
      to(
        oneSession,
        member('archivedAt', () => undefined),
      ),
    ),
  ],
  'what a deleted session did stays': [
    gives('erases what it did', to(stream, status(404))),
    gives(
      'does not say that it was cancelled',
      text((words) => words.replaceAll('"cancelled"', '"stopped"')),
    ),
    gives(
      'forgets its history',
      to(
        /perPage/,
        member('items', () => []),
      ),
    ),
  ],
  'a stop is accepted, and refused after the end': [
    gives('says 200', where(202, status(200))),
    gives(
      'answers in another shape',
      where(
        202,
        json(() => ({ accepted: true })),
      ),
    ),
    gives('accepts it for ever', where(409, status(202))),
    gives(
      'does not name the state',
      where(
        409,
        member('detail', () => 'Not now.'),
      ),
    ),
  ],
  'a stopped session says so': [
    gives(
      'calls it failed',
      to(
        stream,
        text((words) => words.replaceAll('"stopped"', '"failed"')),
      ),
    ),
    gives(
      'does not say when',
      to(
        oneSession,
        member('endedAt', () => undefined),
      ),
    ),
    gives(
      'goes on for ever',
      to(
        oneSession,
        member('status', () => 'stopping'),
      ),
    ),
  ],
  'a life goes through its states in order': [
    gives(
      'skips a state',
      to(
        stream,
        frames((all) => all.filter((frame) => !frame.includes('"provisioning"'))),
      ),
    ),
    gives('turns its life around', to(stream, frames(reversed))),
  ],
  'the times of a life are in order': [
    gives(
      'ends before it starts',
      to(
        oneSession,
        member('endedAt', () => '2000-01-01T00:00:00.000Z'),
      ),
    ),
    gives(
      'does not say when it was done',
      to(
        oneSession,
        member('completedAt', () => undefined),
      ),
    ),
    gives(
      'has not changed since it was made',
      to(
        oneSession,
        member('updatedAt', () => '2000-01-01T00:00:00.000Z'),
      ),
    ),
  ],
  'an agent that fails is told as it ended': [
    gives(
      'calls it completed',
      to(
        oneSession,
        member('status', () => 'completed'),
      ),
    ),
    gives(
      'keeps the code to itself',
      to(
        oneSession,
        member('exitCode', () => undefined),
      ),
    ),
    gives(
      'ends the stream otherwise',
      to(
        stream,
        text((words) => words.replaceAll('"failed"', '"completed"')),
      ),
    ),
  ],
  'a live session shows its last events': [
    gives(
      'shows none',
      to(
        oneSession,
        member('recent_events', () => []),
      ),
    ),
    gives('shows them the other way around', to(oneSession, member('recent_events', list(reversed)))),
    gives(
      'shows those of ended ones',
      to(oneSession, (answer, request) =>
        answer.body.includes('"completed"')
          ? member('recent_events', () => [
              {
                type: 'status',
                status: 'completed',
                seq: 9,
                ts: '2026-01-01T00:00:00.000Z',
                sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
              },
            ])(answer, request)
          : answer,
      ),
    ),
  ],
  'the links of a launch lead somewhere': [
    gives(
      'leads nowhere',
      to(
        /^POST/,
        member('links.logs', () => '/api/v1/nothing'),
      ),
    ),
    gives('leads from a session nowhere', to(oneSession, member('links', set('diff', '/api/v1/nothing')))),
  ],
};
