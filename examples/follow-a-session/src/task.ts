import type { CreateTask } from '@agent-harbor/api-contract/schemas';

/** What the agent of this example does: it plays a scenario, asks for leave on the way and listens once more. */
const scenario = {
  name: 'migration',
  timeline: [
    { userInputs: [[0, 'Run the migration']] },
    { llmResponse: [{ think: [[50, 'It changes data, so I ask first.']] }] },
    {
      agentPermissionRequest: {
        toolCall: { toolCallId: 'migrate', title: 'Run the migration', name: 'runCmd' },
        options: [
          { id: 'allow', label: 'Allow once', kind: 'allow_once' },
          { id: 'deny', label: 'Deny', kind: 'reject_once' },
        ],
        'x-whenDenied': [{ llmResponse: [{ assistant: [[0, 'Then I leave it as it is.']] }] }],
        'x-whenAllowed': [{ agentEdits: { path: 'db/version.txt', contents: '2\n' } }],
      },
    },
    { complete: true },
    { userInputs: [{ relativeTime: 0, input: 'Anything', 'x-waitForUser': true }] },
    { agentEdits: { path: 'log.md', contents: 'The migration ran.\n' } },
    { complete: true },
  ],
};

/** With an agent of your own this is its type and its settings, and a repository. */
export const migration: CreateTask = {
  prompt: 'Run the migration',
  repo: { mode: 'none' },
  agents: [{ type: 'mock', settings: { scenario } }],
};
