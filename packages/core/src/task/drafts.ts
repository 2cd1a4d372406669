import { Draft, DraftInput, DraftQuery } from '@agent-harbor/api-contract/schemas';
import { type Clock, timestamp } from '../clock.ts';
import type { LocalTaskManager } from '../harbor.ts';
import type { Ids } from '../ids.ts';
import { parse } from '../parse.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import type { Scope } from '../scope.ts';
import type { Serial } from '../serial.ts';
import { checked } from '../store/checked.ts';
import type { Store } from '../store/store.ts';

export interface DraftParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Updates of one draft happen one after another. */
  readonly serial: Serial;
}

type Drafts = Pick<
  LocalTaskManager,
  'listDrafts' | 'getDraft' | 'createDraft' | 'updateDraft' | 'deleteDraft'
>;

export const createDrafts = ({ store, clock, ids, serial }: DraftParts, scope: Scope): Drafts => {
  const find = async (draftId: string): Promise<Draft> => {
    const draft = await store.draft(scope, draftId);
    if (draft === undefined)
      throw new Problem('draft-not-found', { detail: `There is no draft ${draftId}.` });
    return draft;
  };
  /** As it will be read: of the caller's tenant if it sees only one, and its members in the order of the schema. */
  const filled = (draft: Draft, wish: DraftInput, now: string): Draft => {
    const { tenantId } = scope;
    const merged = { ...merge(draft, wish, now), ...(tenantId === null ? {} : { tenantId }) };
    return checked(Draft, merged, `Draft ${draft.id}`);
  };
  return {
    async listDrafts(query = {}, options) {
      throwIfAborted(options?.signal);
      return store.drafts(scope, parse(DraftQuery, query));
    },
    async getDraft(draftId, options) {
      throwIfAborted(options?.signal);
      return find(draftId);
    },
    async createDraft(input, options) {
      throwIfAborted(options?.signal);
      const now = timestamp(clock.now());
      const empty: Draft = {
        id: `draft-${ids.next('draft', '')}`,
        prompt: '',
        agents: [],
        labels: {},
        createdAt: now,
        updatedAt: now,
      };
      const draft = filled(empty, parse(DraftInput, input), now);
      await store.commit([{ kind: 'draft-saved', draft }, ...(options?.alongside?.(draft) ?? [])]);
      return draft;
    },
    updateDraft: (draftId, input, options) =>
      serial.run(`draft ${draftId}`, async () => {
        throwIfAborted(options?.signal);
        const wish = parse(DraftInput, input);
        const before = await find(draftId);
        if (
          options?.ifUnchanged !== undefined &&
          JSON.stringify(before) !== JSON.stringify(parse(Draft, options.ifUnchanged, 'ifUnchanged'))
        ) {
          throw new Problem('precondition-failed', {
            detail: `Draft ${draftId} changed at ${before.updatedAt}.`,
          });
        }
        const draft = filled(before, wish, timestamp(clock.now()));
        await store.commit([{ kind: 'draft-saved', draft }]);
        return draft;
      }),
    deleteDraft: (draftId, options) =>
      serial.run(`draft ${draftId}`, async () => {
        throwIfAborted(options?.signal);
        await find(draftId);
        await store.commit([{ kind: 'draft-deleted', id: draftId }], { isUrgent: true });
      }),
  };
};

/** The draft with the members that were named replaced; a single `agent` is a list of one. */
const merge = (draft: Draft, { agent, agents, ...input }: DraftInput, now: string): Draft => {
  const chosen = agents ?? (agent === undefined ? undefined : [agent]);
  const named = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  return {
    ...draft,
    ...named,
    ...(chosen === undefined
      ? {}
      : {
          agents: chosen.map(({ instances, count, ...choice }) => ({
            ...choice,
            count: count ?? instances ?? 1,
          })),
        }),
    updatedAt: now > draft.updatedAt ? now : draft.updatedAt,
  };
};
