import {
  asked,
  beheaded,
  doubled,
  eventFrames,
  eventMember,
  frames,
  from,
  header,
  member,
  reversed,
  sent,
  status,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const ofOne = /^GET \/api\/v1\/sessions\/\w+\/events/;

const ofAll = /^GET \/api\/v1\/events/;

/** The third event of a stream, changed into others. */
const third = (change: (frame: string) => readonly string[]) =>
  eventFrames((all) => all.flatMap((frame, place) => (place === 2 ? change(frame) : [frame])));

const without = (line: RegExp) => frames((all) => all.map((frame) => frame.replace(line, '')));

export const streams: Mutants = {
  'a stream gives every event once': [
    gives(
      'drops an event',
      third(() => []),
    ),
    gives(
      'doubles an event',
      third((frame) => [frame, frame]),
    ),
    gives(
      'swaps two events',
      eventFrames(([one = '', two = '', ...rest]) => [two, one, ...rest]),
    ),
    gives(
      'gives two events one id',
      eventFrames((all) => all.map((frame) => frame.replace(/^(id: \w+-)2$/m, '$11'))),
    ),
    gives('gives no ids', without(/^id: .*\n/m)),
    gives(
      'gives long ids',
      eventFrames((all) => all.map((frame) => frame.replace(/^id: /m, `id: ${'x'.repeat(130)}`))),
    ),
    gives(
      'names its events',
      eventFrames((all) => all.map((frame) => `event: log\n${frame}`)),
    ),
    gives(
      'does not say whose they are',
      eventMember('sessionId', () => undefined),
    ),
    gives(
      'says that they are of another',
      eventMember('sessionId', () => '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    ),
    gives(
      'ends before the end',
      eventFrames((all) => all.slice(0, -1)),
    ),
  ],
  'a reader who comes back ten times reads the same': [
    takes('begins anew each time', sent('last-event-id')),
    gives('gives the last event again', (answer, request) =>
      request.headers.some(([name]) => name === 'last-event-id')
        ? eventFrames(doubled)(answer, request)
        : answer,
    ),
    gives('skips one each time', (answer, request) =>
      request.headers.some(([name]) => name === 'last-event-id')
        ? eventFrames(beheaded)(answer, request)
        : answer,
    ),
  ],
  'a live stream is the stored one': [
    {
      does: 'stores times anew',
      start: () => {
        let reading = 0;
        return {
          takes(request) {
            if (ofOne.test(`${request.method} ${request.target}`)) reading += 1;
            return request;
          },
          gives: (answer, request) =>
            reading > 1 ? eventMember('ts', () => '2000-01-01T00:00:00.000Z')(answer, request) : answer,
        };
      },
    },
  ],
  'a stream resumes by query too': [
    takes('knows no after', withoutQuery('after')),
    takes('believes the query first', (request) =>
      request.target.includes('after=') ? sent('last-event-id')(request) : request,
    ),
  ],
  'a reader who has everything is sent home': [
    gives('ends with 200', where(204, status(200))),
    takes('begins anew', sent('last-event-id')),
  ],
  'a place that is gone is said, never skipped': [
    gives(
      'goes on without a word',
      to(
        ofOne,
        frames((all) => all.filter((frame) => !frame.includes('"resync"'))),
      ),
    ),
    gives(
      'gives no reason',
      eventMember('reason', () => 'unknown'),
    ),
    gives(
      'does not say where it goes on',
      eventMember('oldest', () => null),
    ),
    gives(
      'goes on later',
      eventFrames((all) => [...all.slice(0, 1), ...all.slice(2)]),
    ),
    takes('takes the future for the end', (request) =>
      /-999999/.test(JSON.stringify(request.headers)) ? sent('last-event-id')(request) : request,
    ),
  ],
  'an event id that is none is refused': [
    takes('begins anew', from(/after=/, withoutQuery('after'))),
    gives(
      'does not say which member',
      member('errors', () => ({ id: ['is wrong'] })),
    ),
    takes('cuts long ones off', (request) =>
      request.headers.some(([name, value]) => name === 'last-event-id' && value.length > 1000)
        ? sent('last-event-id', 'x-1')(request)
        : request,
    ),
  ],
  'a stream is made for proxies': [
    gives('calls it text', header('content-type', 'text/plain')),
    gives('lets it be kept', header('cache-control', 'max-age=60')),
    gives('lets it be held back', header('x-accel-buffering')),
    gives('does not say when to come back', without(/^retry: .*$/m)),
    gives(
      'sends readers away for an hour',
      frames((all) => all.map((frame) => frame.replace(/^retry: .*$/m, 'retry: 3600000'))),
    ),
  ],
  'all sessions come over one connection': [
    gives(
      'loses an event of one session',
      to(
        ofAll,
        eventFrames((all) => all.filter((frame) => !frame.includes('"seq":3,'))),
      ),
    ),
    gives('mixes up one session', to(ofAll, eventFrames(reversed))),
    takes('begins anew', from(ofAll, sent('last-event-id'))),
    gives('loses an event of a reader who comes back', (answer, request) =>
      request.headers.some(([name]) => name === 'last-event-id')
        ? eventFrames(beheaded)(answer, request)
        : answer,
    ),
  ],
  'a stream is live': [
    gives('begins in the middle', to(ofOne, eventFrames(beheaded))),
    gives(
      'tells what was long ago',
      to(
        /^GET \/api\/v1\/sessions\/\w+$/,
        member('status', () => 'stopped'),
      ),
    ),
  ],
  'two readers see the same': [
    {
      does: 'gives every event to one reader only',
      start: () => {
        let readers = 0;
        return {
          takes(request) {
            if (ofOne.test(`${request.method} ${request.target}`)) readers += 1;
            return { ...request, headers: [...request.headers, ['x-reader', String(readers % 2)]] };
          },
          gives: (answer, request) =>
            ofOne.test(`${request.method} ${request.target}`) && readers > 1
              ? eventFrames((all) => all.filter((_frame, place) => place % 2 === readers++ % 2))(
                  answer,
                  request,
                )
              : answer,
        };
      },
    },
  ],
  'tools are told from beginning to end': [
    gives(
      'forgets a result',
      frames((all) => all.filter((frame) => !frame.includes('"tool_result"'))),
    ),
    gives('tells results first', eventFrames(reversed)),
    gives(
      'names them anew',
      eventFrames((all) =>
        all.map((frame) =>
          frame.includes('"tool_result"') ? frame.replace(/("tool_execution_id":")/, '$1x') : frame,
        ),
      ),
    ),
    gives(
      'shows no tools',
      frames((all) => all.filter((frame) => !frame.includes('"tool_'))),
    ),
  ],
  'a reader of all sessions is told of lost places too': [
    gives(
      'goes on without a word',
      to(
        ofAll,
        frames((all) => all.filter((frame) => !frame.includes('"resync"'))),
      ),
    ),
    takes('begins anew', from(ofAll, sent('last-event-id'))),
  ],
  'HEAD of a stream opens none': [
    gives('knows no HEAD', to(/^HEAD/, status(405))),
    gives('calls it JSON', to(/^HEAD/, header('content-type', 'application/json'))),
    takes('streams', from(/^HEAD/, asked('GET'))),
  ],
};
