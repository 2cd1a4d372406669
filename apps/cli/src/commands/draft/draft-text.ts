import type { Draft } from '@agent-harbor/api-contract/schemas';
import { facts } from '../../terminal/facts.ts';
import type { Text } from '../../terminal/text.ts';

/** The agents of a draft in a few words: `mock ×2, acp`. */
export const agentsText = ({ agents }: Draft): string =>
  agents.map(({ type, count }) => (count === 1 ? type : `${type} ×${count}`)).join(', ');

/** A draft for people. */
export const draftLines = (draft: Draft): readonly Text[] => {
  const { id, repo, delivery, labels, projectId, createdAt, updatedAt, prompt } = draft;
  const branch = repo?.branch === undefined ? '' : ` (${repo.branch})`;
  const target = delivery?.targetBranch === undefined ? '' : ` to ${delivery.targetBranch}`;
  return [
    ...facts([
      ['draft', id],
      ['repository', repo === undefined ? 'not chosen yet' : `${repo.url ?? repo.mode}${branch}`],
      ['agents', agentsText(draft) || 'not chosen yet'],
      ['delivery', delivery === undefined ? undefined : `${delivery.mode}${target}`],
      ['project', projectId],
      [
        'labels',
        Object.entries(labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
      ],
      ['created', createdAt],
      ['changed', updatedAt],
    ]),
    '',
    ...(prompt === '' ? ['(no prompt yet)'] : prompt.split(/\r\n|[\r\n]/)),
  ];
};
