import type { Draft } from '@agent-harbor/api-contract/schemas';
import type { HarborClient } from '@agent-harbor/rest-client';
import { findById } from './find-by-id.ts';

/** The draft a person names: by its id, with or without `draft-`, the beginning of it, or `latest`. */
export const findDraft = ({ tasks }: Pick<HarborClient, 'tasks'>, name: string): Promise<Draft> =>
  findById(
    {
      noun: 'draft',
      prefix: 'draft-',
      get: (id) => tasks.getDraft(id),
      list: (page) => tasks.listDrafts(page),
      describe: ({ prompt }) => prompt.split('\n')[0]?.slice(0, 60) ?? '',
    },
    name,
  );
