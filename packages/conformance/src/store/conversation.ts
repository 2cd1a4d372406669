import { type Change, type ConversationRow, type Scope, wholeHost } from '@agent-harbor/core';
import { rejectsWith, same } from '../expect.ts';
import { addSession, append, logEvents, type StoreCheck, sampleId } from './samples.ts';

const saved = (number: number, row: ConversationRow): Change => ({
  kind: 'conversation-saved',
  sessionId: sampleId(number),
  row,
});
const note = (seq: number, content: string): ConversationRow<'message'> => ({
  part: 'message',
  seq,
  id: '',
  value: { content, attachments: [] },
});

/** What is kept of a conversation beside its events. */
export const conversationChecks: readonly StoreCheck[] = [
  {
    name: 'rows of a conversation are kept by part, event and id',
    promises: 'the last word about each counts, in order, within the bounds asked for',
    async run({ store }) {
      await addSession(store, 1);
      await addSession(store, 2);
      const rows = [3, 1, 2].map((seq) => note(seq, `old ${seq}`));
      await store.commit([...rows.map((row) => saved(1, row)), saved(2, note(1, 'of another'))]);
      await store.commit([saved(1, note(2, 'new 2'))]);
      const read = (range = {}) => store.conversation(wholeHost, sampleId(1), 'message', range);
      same(await read(), [note(1, 'old 1'), note(2, 'new 2'), note(3, 'old 3')], 'all');
      same(await read({ from: 2, through: 2 }), [note(2, 'new 2')], 'one');
      same(await store.conversation(wholeHost, sampleId(1), 'attachment'), [], 'another part');
      same(await store.conversation(wholeHost, sampleId(9), 'message'), [], 'of nobody');
    },
  },
  {
    name: 'rows of a conversation are seen by whoever sees their session',
    promises: 'and by nobody else',
    async run({ store }) {
      const t1: Scope = { tenantId: 't1' };
      await addSession(store, 1, { tenantId: 't1' });
      await store.commit([saved(1, note(1, 'a'))]);
      same(await store.conversation(t1, sampleId(1), 'message'), [note(1, 'a')], 'for its tenant');
      same(await store.conversation({ tenantId: 't2' }, sampleId(1), 'message'), [], 'for another');
    },
  },
  {
    name: 'rows of a conversation go with their events',
    promises:
      'or when they are dropped; those about no event stay; what is no row, or of no session, fails its commit',
    async run({ store }) {
      await addSession(store, 1);
      await append(store, sampleId(1), logEvents(3));
      await store.commit([0, 1, 2, 3].map((seq) => saved(1, note(seq, `${seq}`))));
      await store.commit([{ kind: 'events-pruned', sessionId: sampleId(1), through: 2 }]);
      const left = async () =>
        (await store.conversation(wholeHost, sampleId(1), 'message')).map(({ seq }) => seq);
      same(await left(), [0, 3], 'what is left');
      await rejectsWith('session-not-found', store.commit([saved(9, note(4, 'x'))]), 'a row of nobody');
      const broken = saved(1, { ...note(4, 'x'), value: JSON.parse('{}') });
      await rejectsWith('internal', store.commit([saved(1, note(4, 'x')), broken]), 'a row that is none');
      same(await left(), [0, 3], 'what failed commits left');
      const dropped = {
        kind: 'conversation-deleted',
        sessionId: sampleId(1),
        part: 'message',
        seq: 3,
      } as const;
      await store.commit([dropped, dropped]);
      same(await left(), [0], 'what is left when one is dropped');
    },
  },
];
