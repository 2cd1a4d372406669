import {
  asked,
  beheaded,
  body,
  bodyMember,
  both,
  from,
  header,
  json,
  list,
  member,
  reversed,
  sent,
  status,
  text,
  to,
  where,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const launch = /^POST \/api\/v1\/tasks$/;
const oneSession = /^GET \/api\/v1\/sessions\/\w+(\?|$)/;
const oneTask = /^GET \/api\/v1\/tasks\//;

export const launching: Mutants = {
  'a launch tells what it made': [
    gives('says 200', to(launch, status(200))),
    gives(
      'calls the task the first session',
      to(
        launch,
        member('id', () => '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
      ),
    ),
    gives(
      'leads to another place',
      to(
        launch,
        member('links.events', () => '/api/v1/events'),
      ),
    ),
    gives(
      'is done before it began',
      to(
        launch,
        member('status', () => 'completed'),
      ),
    ),
  ],
  'agents × count sessions are made': [
    takes('makes one of each', from(launch, bodyMember('agents.*.count'))),
    takes('knows no instances', from(launch, bodyMember('agents.*.instances'))),
    gives('mixes them up', to(launch, member('session_ids', list(reversed)))),
  ],
  'the older single agent is taken': [takes('knows agents only', from(launch, bodyMember('agent')))],
  'a task has its sessions': [
    gives('mixes them up', to(oneTask, member('sessions', list(reversed)))),
    gives('forgets one', to(oneTask, member('sessions', list(beheaded)))),
    gives(
      'forgets what was asked',
      to(
        oneTask,
        member('prompt', () => ''),
      ),
    ),
    takes('forgets labels', from(launch, bodyMember('labels'))),
  ],
  'a session is told whole': [
    gives(
      'forgets its task',
      to(
        oneSession,
        member('task', () => undefined),
      ),
    ),
    gives(
      'tells its labels once',
      to(
        oneSession,
        member('task.labels', () => ({})),
      ),
    ),
    gives(
      'tells no settings',
      to(
        oneSession,
        member('agent.settings', () => ({})),
      ),
    ),
    takes('forgets the project', from(launch, bodyMember('projectId'))),
    takes('names agents itself', from(launch, bodyMember('agents.*.displayName'))),
    gives(
      'has states of its own',
      to(
        oneSession,
        member('status', () => 'working'),
      ),
    ),
  ],
  'content blocks are a prompt': [
    gives(
      'shows the blocks',
      to(
        oneSession,
        member('prompt', () => [{ type: 'text', text: 'Read this' }]),
      ),
    ),
    gives(
      'drops what is attached',
      to(
        oneSession,
        member('task.attachments', () => []),
      ),
    ),
  ],
  'text comes back as it was sent': [
    takes(
      'trims lines',
      from(
        launch,
        bodyMember('prompt', (prompt) => String(prompt).replace(/\s+\n/g, '\n')),
      ),
    ),
    takes(
      'drops what it cannot print',
      from(
        launch,
        bodyMember('prompt', (prompt) => String(prompt).replace('\u0001', '')),
      ),
    ),
    takes(
      'reads bytes as Latin-1',
      from(
        launch,
        bodyMember('prompt', (prompt) => String(prompt).replace('é', 'Ã©').replace('ü', 'Ã¼')),
      ),
    ),
  ],
  'free maps are free': [
    takes('drops empty values', from(launch, bodyMember('labels.a b'))),
    takes('drops names that objects inherit', from(launch, bodyMember('labels.constructor'))),
  ],
  'a host says what it has': [
    gives(
      'says only that it lacks it',
      where(
        400,
        text((words) => words.replaceAll('local', 'one')),
      ),
    ),
    takes('takes what it has', from(launch, bodyMember('runtime'))),
  ],
  'ids say what they are': [
    gives(
      'counts its sessions',
      to(
        launch,
        both(
          member('id', () => '17'),
          member('session_ids', () => ['17']),
        ),
      ),
    ),
    gives(
      'numbers its drafts',
      to(
        /^GET \/api\/v1\/drafts\//,
        member('id', () => '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
      ),
    ),
  ],
  'times are UTC with milliseconds': [
    gives(
      'tells sessions its own time',
      to(
        oneSession,
        member('createdAt', (at) => String(at).replace('Z', '+01:00')),
      ),
    ),
    gives(
      'cuts off milliseconds of events',
      to(
        /\/events/,
        text((words) => words.replace(/\.\d{3}Z/g, 'Z')),
      ),
    ),
    gives(
      'tells seconds of drafts',
      to(
        /\/drafts\//,
        member('updatedAt', (at) => Date.parse(String(at))),
      ),
    ),
  ],
};

export const drafts: Mutants = {
  'a draft is whole, whatever was sent': [
    gives(
      'leaves out what is empty',
      to(
        /^POST .*drafts/,
        member('labels', () => undefined),
      ),
    ),
    gives(
      'answers only the id',
      to(
        /^POST .*drafts/,
        json((draft) => ({ id: Object(draft).id })),
      ),
    ),
    gives('says nowhere where it is', to(/^POST .*drafts/, header('location', '/api/v1/drafts/draft-x'))),
    gives(
      'reads another than it wrote',
      to(
        /^GET .*drafts\//,
        member('createdAt', () => '2000-01-01T00:00:00.000Z'),
      ),
    ),
  ],
  'an update replaces what it names': [
    takes(
      'replaces everything',
      from(
        /^PUT/,
        body((draft) => ({ prompt: '', labels: {}, ...Object(draft) })),
      ),
    ),
    takes('keeps what it had', from(/^PUT/, bodyMember('prompt'))),
    takes('merges labels', from(/^PUT/, bodyMember('labels'))),
    gives('answers with nothing', to(/^PUT/, status(204))),
  ],
  'instances is another word for count': [
    takes('knows no instances', from(/^POST .*drafts/, bodyMember('agents.*.instances'))),
    gives(
      'leaves count out where nobody said it',
      to(
        /^POST .*drafts/,
        member('agents.2.count', () => undefined),
      ),
    ),
  ],
  'drafts are listed as they changed': [
    gives(
      'lists them by their ids',
      to(
        /^GET .*drafts\?/,
        member(
          'items',
          list((items) => [...items].sort(byId)),
        ),
      ),
    ),
  ],
  'a deleted draft is gone': [
    gives('says 200', to(/^DELETE/, status(200))),
    gives('shows it on', to(/^GET .*drafts\//, where(404, status(200)))),
    takes('keeps it', from(/^DELETE/, asked('HEAD'))),
  ],
};

const byId = (left: unknown, right: unknown): number =>
  String(Object(left).id).localeCompare(String(Object(right).id));

export const caching: Mutants = {
  'a reader who has it already gets 304': [
    gives('has no tags', header('etag')),
    gives('sends everything again', where(304, status(200))),
    gives('forgets the tag of 304', where(304, header('etag'))),
    gives('has tags for sessions only', to(/drafts/, header('etag'))),
    gives(
      'says 304 to everybody',
      to(oneTask, (answer, request) =>
        request.headers.some(([name]) => name === 'if-none-match')
          ? { ...answer, status: 304, body: '' }
          : answer,
      ),
    ),
  ],
  'another state is another tag': [
    gives('has one tag for ever', to(/drafts/, header('etag', '"one"'))),
    gives('says 304 to whoever has any', (answer, request) =>
      request.headers.some(([name]) => name === 'if-none-match')
        ? { ...answer, status: 304, body: '' }
        : answer,
    ),
  ],
  'HEAD tells the tag too': [
    gives('has no tag on HEAD', to(/^HEAD/, header('etag'))),
    gives('reads no conditions on HEAD', to(/^HEAD/, where(304, status(200)))),
  ],
  'a lost update is refused': [
    takes('reads no If-Match', from(/^PUT/, sent('if-match'))),
    gives('says 409', where(412, status(409))),
    gives('gives an update another tag', to(/^PUT/, header('etag', '"other"'))),
    gives(
      'wants a condition',
      to(/^PUT/, (answer, request) =>
        request.headers.some(([name]) => name === 'if-match') ? answer : { ...answer, status: 428 },
      ),
    ),
  ],
};
