import {
  beheaded,
  bodyMember,
  both,
  from,
  list,
  member,
  reversed,
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
  'the sessions of a task are compared': [
    gives('has the worst first', to(/comparison$/, member('sessions', list(reversed)))),
    gives('forgets one', to(/comparison$/, member('sessions', list(beheaded)))),
    gives(
      'knows no winner by the checks',
      to(
        /comparison$/,
        member('winner', (winner) => (winner === null ? '01ARZ3NDEKTSV4RRFFQ69G5FAV' : null)),
      ),
    ),
    takes('runs no checks', from(launch, bodyMember('checks'))),
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
