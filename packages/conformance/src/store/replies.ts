import { wholeHost } from '@agent-harbor/core';
import { rejectsWith, same } from '../expect.ts';
import { hostileTexts, type StoreCheck, sampleDraft, sampleReply, sampleTime } from './samples.ts';

export const replyChecks: readonly StoreCheck[] = [
  {
    name: 'a reply is kept until it expires',
    promises: 'reply gives what was stored, until its time has come',
    async run({ store }) {
      const reply = sampleReply();
      same(await store.reply(reply.scope, reply.key, sampleTime), undefined, 'before it is stored');
      await store.commit([{ kind: 'reply-stored', reply }]);
      same(await store.reply(reply.scope, reply.key, sampleTime), reply, 'stored');
      same(await store.reply(reply.scope, reply.key, reply.expiresAt - 1), reply, 'a millisecond before');
      same(await store.reply(reply.scope, reply.key, reply.expiresAt), undefined, 'expired');
    },
  },
  {
    name: 'a key is taken until its reply expires',
    promises:
      'a second reply under scope and key fails its whole commit; after the expiry it replaces the first',
    async run({ store }) {
      const first = sampleReply();
      await store.commit([{ kind: 'reply-stored', reply: first }]);
      const twin = sampleReply({
        fingerprint: 'f2',
        storedAt: first.expiresAt - 1,
        expiresAt: first.expiresAt + 5000,
      });
      await rejectsWith(
        'idempotency-in-progress',
        store.commit([
          { kind: 'draft-saved', draft: sampleDraft(1) },
          { kind: 'reply-stored', reply: twin },
        ]),
        'a twin',
      );
      same(await store.draft(wholeHost, sampleDraft(1).id), undefined, 'the effect of the twin');
      same(await store.reply(first.scope, first.key, sampleTime), first, 'the first reply');
      const later = { ...twin, storedAt: first.expiresAt };
      await store.commit([{ kind: 'reply-stored', reply: later }]);
      same(await store.reply(first.scope, first.key, first.expiresAt), later, 'the reply after the expiry');
    },
  },
  {
    name: 'concurrent twins: one reply is stored',
    promises: 'of commits with one key made in one tick, exactly one happens',
    async run({ store }) {
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          store.commit([
            { kind: 'draft-saved', draft: sampleDraft(index + 1) },
            { kind: 'reply-stored', reply: sampleReply({ reply: `${index}` }) },
          ]),
        ),
      );
      same(results.filter(({ status }) => status === 'fulfilled').length, 1, 'commits that happened');
      same((await store.drafts(wholeHost, { perPage: 200 })).total, 1, 'effects');
    },
  },
  {
    name: 'a key means nothing outside its scope',
    promises: 'scope and key are told apart, whatever characters they hold',
    async run({ store }) {
      await store.commit([
        { kind: 'reply-stored', reply: sampleReply({ scope: 'a', key: 'b c', reply: '1' }) },
      ]);
      await store.commit([
        { kind: 'reply-stored', reply: sampleReply({ scope: 'a b', key: 'c', reply: '2' }) },
      ]);
      same((await store.reply('a', 'b c', sampleTime))?.reply, '1', 'first');
      same((await store.reply('a b', 'c', sampleTime))?.reply, '2', 'second');
      for (const [index, text] of hostileTexts.entries()) {
        await store.commit([
          { kind: 'reply-stored', reply: sampleReply({ scope: text, key: text, reply: `${index}` }) },
        ]);
      }
      for (const [index, text] of hostileTexts.entries()) {
        same((await store.reply(text, text, sampleTime))?.reply, `${index}`, JSON.stringify(text));
      }
    },
  },
];
