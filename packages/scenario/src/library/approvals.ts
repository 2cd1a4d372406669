import type { ScenarioSource } from '../format/scenario.ts';
import { asked, done, runs, says, thinks, writes } from './phrases.ts';

const migrate = ['node', 'migrate.js', '--apply'];

const request = {
  toolCall: {
    toolCallId: 'migrate',
    title: 'Run the migration on the database',
    name: 'runCmd',
    kind: 'execute',
    locations: [{ path: 'migrate.js' }],
  },
  options: [
    { id: 'allow', label: 'Allow once', kind: 'allow_once' },
    { id: 'always', label: 'Always allow', kind: 'allow_always' },
    { id: 'reject', label: 'Deny', kind: 'reject_once' },
  ],
} as const;

const wishes = { ...request, toolCall: { ...request.toolCall, locations: [...request.toolCall.locations] } };
const options = [...request.options];

const plan = (word: string): ScenarioSource['timeline'] => [
  asked(`${word} the migration`),
  thinks(300, 'The migration changes data. I ask before I run it.'),
];

const notRun = 'I leave the database as it is and write down what would have been done.';
const note = writes('notes/migration.md', 'Not run: nobody gave leave.\n\n    node migrate.js --apply\n');

export const approvalGranted: ScenarioSource = {
  name: 'approval-granted',
  description:
    'Asks for leave, gets it after two seconds unless somebody answers first, and runs its command.',
  tags: ['approval'],
  timeline: [
    ...plan('Run'),
    {
      agentPermissionRequest: {
        ...wishes,
        options,
        granted: true,
        'x-answerAfterMs': 2_000,
        'x-whenDenied': [says(200, notRun), note, done],
      },
    },
    runs(migrate, ['3 tables changed', 'done'], { toolCallId: 'migrate' }),
    says(200, 'The migration is done: 3 tables changed.'),
    done,
  ],
};

export const approvalDenied: ScenarioSource = {
  name: 'approval-denied',
  description:
    'Asks for leave, is refused after two seconds unless somebody allows it first, and does less instead.',
  tags: ['approval'],
  timeline: [
    ...plan('Consider'),
    {
      agentPermissionRequest: {
        ...wishes,
        options,
        decision: { outcome: 'selected', optionId: 'reject', 'x-note': 'Not on a Friday.' },
        'x-answerAfterMs': 2_000,
        'x-whenDenied': [says(200, notRun), note],
        'x-whenAllowed': [runs(migrate, ['3 tables changed', 'done'])],
      },
    },
    says(200, 'That is all I may do.'),
    done,
  ],
};

export const approvalExpired: ScenarioSource = {
  name: 'approval-expired',
  description: 'Asks for leave and nobody answers for three seconds: the tool that needed it fails.',
  tags: ['approval'],
  timeline: [
    ...plan('Prepare and run'),
    {
      agentPermissionRequest: { ...wishes, options, 'x-expiresAfterMs': 3_000, 'x-onExpiry': 'deny' },
    },
    runs(migrate, ['3 tables changed', 'done'], { toolCallId: 'migrate' }),
    says(200, notRun),
    note,
    done,
  ],
};
