import {
  body,
  bodyMember,
  from,
  header,
  member,
  sent,
  set,
  status,
  target,
  text,
  to,
  where,
  withoutQuery,
} from './change.ts';
import type { Request } from './message.ts';
import { gives, type Mutant, type Mutants, takes } from './mutant.ts';

type Mend = (request: Request) => Request;

/** A server that names no field: a human may guess. */
const vague: Mutant = gives(
  'names no field',
  member('errors', () => undefined),
);
const silentDetail: Mutant = gives(
  'says it in errors only',
  member('detail', () => 'No.'),
);

/** Refusals of one field: the server that takes it, mended as it likes, and those that do not say which it is. */
const field = (name: string, does: string, mend: Mend): Mutants => ({
  [`names the field: ${name}`]: [takes(does, mend), vague, silentDetail],
});

const html: Mutant = gives('has a page for it', header('content-type', 'text/html'));
const pageless: Mutant = gives('has no page about it', to(/ \/problems\/\w+-/, status(404)));

/** Refusals of a request: the server that is wrong in its own way, and those that do not explain themselves. */
const request = (name: string, ...own: readonly Mutant[]): Mutants => ({
  [`says what to do: ${name}`]: [...own, html, pageless],
});

const dropsUnknown = (path: string, does = 'ignores what it does not know') =>
  [does, bodyMember(path)] as const;
const query = (name: string) => ['ignores what it does not know', withoutQuery(name)] as const;
const asTask = body(() => ({ prompt: 'x', repo: { mode: 'none' }, agents: [{ type: 'mock' }] }));

export const refusals: Mutants = {
  ...field('an unknown member', ...dropsUnknown('promt')),
  ...field('an unknown member further in', ...dropsUnknown('agents.0.nmae')),
  ...field('an unknown member of the repository', ...dropsUnknown('repo.bracnh')),
  ...field('an unknown member of the delivery', ...dropsUnknown('delivery.mod')),
  ...field('an unknown member of a content block', ...dropsUnknown('prompt.0.txet')),
  ...field('an unknown member of a draft', ...dropsUnknown('promt')),
  ...field('an unknown member of an update', ...dropsUnknown('promt')),
  ...field(
    'a value outside its list',
    'guesses',
    bodyMember('agents.0.type', () => 'mock'),
  ),
  ...field('a missing prompt', 'needs none', body(set('prompt', 'x'))),
  ...field('a prompt that is no text', 'makes a text of it', bodyMember('prompt', String)),
  ...field(
    'a url git must not see',
    'shows it to nobody',
    bodyMember('repo', () => ({ mode: 'none' })),
  ),
  ...field(
    'a url that looks like an option',
    'takes it',
    bodyMember('repo', () => ({ mode: 'none' })),
  ),
  ...field(
    'a missing url',
    'works on nothing',
    bodyMember('repo', () => ({ mode: 'none' })),
  ),
  ...field(
    'a branch name git refuses',
    'makes another',
    bodyMember('delivery', () => ({ mode: 'none' })),
  ),
  ...field(
    'too many sessions',
    'makes as many as it can',
    bodyMember('agents', (all) => Object(all).slice(0, 1).map(set('count', 1))),
  ),
  ...field('agents and agent at once', 'takes one of them', bodyMember('agent')),
  ...field('no agent at all', 'takes any', body(set('agents', [{ type: 'mock' }]))),
  ...field('a label that is no text', 'makes a text of it', bodyMember('labels.a', String)),
  ...field(
    'a commit that is none',
    'starts anywhere',
    bodyMember('repo', () => ({ mode: 'none' })),
  ),
  ...field(
    'NUL in a text',
    'cuts it off',
    bodyMember('labels.a', () => 'x'),
  ),
  ...field('a list for a body', 'makes something of it', asTask),
  ...field('no body', 'makes something up', (asked) =>
    asked.method === 'POST'
      ? asTask(sent('content-type', 'application/json')({ ...asked, body: '{}' }))
      : asked,
  ),
  ...field('an unknown query member', ...query('stauts')),
  ...field('a query member outside its list', ...query('sort')),
  ...field('a status nobody has', ...query('status')),
  ...field(
    'a query member twice',
    'takes the last one',
    target((whole) => whole.replace('page=1&', '')),
  ),
  ...field('an unknown query member of one session', ...query('expand')),
  ...field('an unknown query member of a stream', ...query('tpye')),
  ...field(
    'an event type nobody has',
    'gives what there is',
    target((whole) => whole.replace('type=log,dancing', 'perPage=1')),
  ),
  ...field(
    'a level nobody has',
    'gives what there is',
    target((whole) => whole.replace('level=loud', 'perPage=1')),
  ),
  ...field('a query that is no text', ...query('q')),
  ...field('NUL in a query', ...query('q')),
  ...field('a time that is none', ...query('createdAfter')),

  ...request('an unknown path', gives('has something everywhere', to(/\/nothing/, status(200)))),
  ...request(
    'a path with a slash at its end',
    takes(
      'does not mind',
      target((whole) => whole.replace(/\/$/, '')),
    ),
  ),
  ...request(
    'an unknown session',
    gives(
      'says 403, as if it were there',
      where(
        404,
        member('code', () => 'forbidden'),
      ),
    ),
  ),
  ...request('an unknown task', gives('has a task for everybody', where(404, status(200)))),
  ...request('an unknown draft', gives('says 400', where(404, status(400)))),
  ...request('an unknown repository', gives('says 400', where(404, status(400)))),
  ...request('an unknown agent', gives('says 400', where(404, status(400)))),
  ...request('an unknown problem', gives('finds what objects inherit', where(404, status(200)))),
  ...request(
    'the events of an unknown session',
    gives('streams nothing', where(404, header('content-type', 'text/event-stream'))),
  ),
  ...request('the logs of an unknown session', gives('has none', where(404, status(200)))),
  ...request('the files of an unknown session', gives('has none', where(404, status(200)))),
  ...request('a stop of an unknown session', gives('accepts', where(404, status(202)))),
  ...request('deleting an unknown session', gives('is done already', where(404, status(204)))),
  ...request('the branches of an unknown repository', gives('has none', where(404, status(200)))),
  ...request(
    'a method the path does not have',
    gives('does not say which it has', header('allow')),
    gives('says 404', where(405, status(404))),
  ),
  ...request(
    'a method nobody has',
    gives('does not say which it has', header('allow')),
    gives('echoes', where(405, status(200))),
  ),
  ...request('a type nobody can make', takes('sends JSON all the same', sent('accept', '*/*'))),
  ...request(
    'a body of another type',
    takes('reads it all the same', (asked) =>
      asTask(sent('content-type', 'application/json')({ ...asked, body: '{}' })),
    ),
  ),
  ...request('a body in another encoding', takes('looks at the bytes', sent('content-encoding'))),
  ...request('a body of no type', takes('guesses', sent('content-type', 'application/json'))),
  ...request(
    'broken JSON',
    gives(
      'blames a field',
      where(
        400,
        member('code', () => 'invalid-request'),
      ),
    ),
  ),
  ...request('JSON that nests without end', gives('falls over', where(400, status(500)))),
  ...request('a body of 17 MB', gives('says 400', where(413, status(400)))),

  'a refused launch launches nothing': [
    takes(
      'does what it can',
      from(
        /^POST/,
        body((task) => launchable(task)),
      ),
    ),
  ],
  'a member called __proto__ changes nothing': [
    takes('ignores it', (asked) => ({
      ...asked,
      body: asked.body.replace('"__proto__":{"polluted":"1"}', ''),
    })),
    gives(
      'refuses it without a name',
      member('errors', () => ({ body: ['is strange'] })),
    ),
  ],
  'a problem says where it happened': [
    gives('repeats the query', (answer, asked) => member('instance', () => asked.target)(answer, asked)),
    gives(
      'does not say it',
      member('instance', () => '/'),
    ),
    gives(
      'quotes what was sent',
      text((words) => words.replace('"title"', '"sent":"secret","title"')),
    ),
  ],
  'a body that is no UTF-8 is refused': [
    takes('replaces what it cannot read', (asked) =>
      asked.body.includes('\xff') ? { ...asked, body: '{"prompt":"??"}' } : asked,
    ),
  ],
};

/** A task with whatever was wrong with it left out. */
const launchable = (task: unknown): unknown => {
  const { labels } = Object(task);
  return { prompt: 'x', repo: { mode: 'none' }, agents: [{ type: 'mock' }], labels };
};
