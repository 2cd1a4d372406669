import { EventPage, LogPage } from '@agent-harbor/api-contract/schemas';
import { NotApplicable } from '../check.ts';
import { holds, same } from '../expect.ts';
import { bodyOf, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

const logsOf = async (bench: WireBench, id: string, query = ''): Promise<LogPage> =>
  bodyOf(
    LogPage,
    await bench.get(`/api/v1/sessions/${id}/logs${query}`, { accept: 'application/json' }),
    'the logs',
  );

export const logs = [
  check('logs come as JSON and as lines', 'by what the caller accepts', async (bench) => {
    const id = await bench.ended();
    const path = `/api/v1/sessions/${id}/logs`;
    const json = await bench.get(path, { accept: 'application/json' });
    bodyOf(LogPage, json, 'the logs');
    const text = await bench.get(path, { accept: 'text/plain' });
    same(text.headers['content-type']?.split(';')[0], 'text/plain', 'Content-Type');
    const followed = await bench.get(`${path}?follow=true`, { accept: 'text/plain' });
    same(followed.text, text.text, 'following what has ended');
  }),

  check('logs are what was logged', 'the log events of the session, in their order', async (bench) => {
    const id = await bench.ended('fails');
    const history = await bench.get(`/api/v1/sessions/${id}/events?type=log&sort=asc&perPage=200`);
    const logged = bodyOf(EventPage, history, 'the history').items.map((event) => [
      member(event, 'level'),
      member(event, 'message'),
      event.ts,
    ]);
    holds(logged.length >= 2, `the session has ${logged.length} log events`);
    const { logs: lines } = await logsOf(bench, id);
    same(
      lines.map(({ level, message, ts }) => [level, message, ts]),
      logged,
      'the logs',
    );
  }),

  check('a tail is the last lines', 'older ones follow by the cursor', async (bench) => {
    const id = await bench.ended('fails');
    const whole = (await logsOf(bench, id)).logs;
    holds(whole.length >= 2, `the session has ${whole.length} log lines`);
    const last = await logsOf(bench, id, '?tail=1');
    same(last.logs, whole.slice(-1), 'the last line');
    const walked = [...last.logs];
    for (let cursor = last.nextCursor; cursor !== null && walked.length <= whole.length; ) {
      const page = await logsOf(bench, id, `?tail=1&cursor=${encodeURIComponent(cursor)}`);
      walked.unshift(...page.logs);
      cursor = page.nextCursor;
    }
    same(walked, whole, 'the lines by cursor');
  }),

  check('logs have levels', 'that level and everything graver', async (bench) => {
    let left = 0;
    for (const behaviour of ['edits', 'fails'] as const) {
      const id = await bench.ended(behaviour);
      const whole = (await logsOf(bench, id)).logs;
      for (const [place, level] of levels.entries()) {
        const wanted = whole.filter((line) => levels.indexOf(line.level) >= place);
        left += whole.length - wanted.length;
        same((await logsOf(bench, id, `?level=${level}`)).logs, wanted, `logs of ${level}`);
      }
    }
    if (left === 0) throw new NotApplicable('the agents of the checks logged nothing below error');
  }),

  check(
    'logs are of tools',
    'the lines of one tool execution, as JSON, as text and followed',
    async (bench) => {
      const id = await bench.ended();
      const whole = (await logsOf(bench, id)).logs;
      const tools = new Set(whole.map((line) => line.tool_execution_id ?? 'nothing').concat('nothing'));
      for (const tool of tools) {
        const wanted = whole.filter((line) => line.tool_execution_id === tool);
        const query = `?tool_execution_id=${encodeURIComponent(tool)}`;
        same((await logsOf(bench, id, query)).logs, wanted, `the logs of ${tool}`);
        for (const follow of ['', '&follow=true']) {
          const path = `/api/v1/sessions/${id}/logs${query}${follow}`;
          const { text } = await bench.get(path, { accept: 'text/plain' });
          const lines = text.split('\n').filter((line) => line !== '');
          same(lines.length, wanted.flatMap(({ message }) => message.trimEnd().split('\n')).length, path);
          for (const { ts } of wanted) holds(text.includes(ts), `${path} has no line of ${ts}`);
        }
      }
      if (tools.size === 1) throw new NotApplicable('no tool of the agents of the checks logged anything');
    },
  ),
];
