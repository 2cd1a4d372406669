import { wholeHost } from '@agent-harbor/core';
import { holds, present, same } from '../expect.ts';
import {
  addSession,
  append,
  everything,
  hostileTexts,
  logEvent,
  type StoreCheck,
  sampleDraft,
  sampleId,
  upTo,
} from './samples.ts';

export const hostileChecks: readonly StoreCheck[] = [
  {
    name: 'text is text: records',
    promises: 'prompts, labels, urls and settings come back character by character',
    async run({ store }) {
      for (const [index, text] of hostileTexts.entries()) {
        const session = await addSession(store, index + 1, {
          prompt: text,
          statusReason: text,
          repo: { mode: 'git', url: text, branch: text },
          labels: { label: text, [`key ${text}`]: 'value' },
          agent: {
            type: 'command',
            version: text,
            settings: { command: [text], [text === '__proto__' ? 'x' : text]: 1 },
          },
        });
        same((await store.session(wholeHost, session.id))?.record, session, JSON.stringify(text));
        await store.commit([{ kind: 'draft-saved', draft: sampleDraft(index + 1, { prompt: text }) }]);
        same((await store.draft(wholeHost, sampleDraft(index + 1).id))?.prompt, text, 'draft');
      }
    },
  },
  {
    name: 'text is text: events',
    promises: 'messages, tool ids and dedupe keys are stored and told apart character by character',
    async run({ store }) {
      const session = await addSession(store, 1);
      for (const text of hostileTexts) {
        const change = {
          kind: 'events-appended',
          sessionId: session.id,
          events: [logEvent(text, { tool_execution_id: text })],
          dedupeKey: text,
        } as const;
        same((await store.commit([change])).length, 1, `first use of ${JSON.stringify(text)}`);
        same((await store.commit([change])).length, 0, `second use of ${JSON.stringify(text)}`);
      }
      const events = await store.events({ ...everything, sessionId: session.id });
      same(
        events.map(({ json }) => JSON.parse(json).message),
        hostileTexts,
        'messages',
      );
      for (const [index, toolExecutionId] of hostileTexts.entries()) {
        const own = await store.events({ ...everything, sessionId: session.id, toolExecutionId });
        same(
          own.map(({ seq }) => seq),
          [index + 1],
          `events of ${JSON.stringify(toolExecutionId)}`,
        );
      }
    },
  },
  {
    name: 'text is text: filters',
    promises: 'every filter finds exactly the hostile text it was given',
    async run({ store }) {
      const texts = hostileTexts.filter((text) => text !== '');
      for (const [index, text] of texts.entries()) {
        await addSession(store, index + 1, {
          tenantId: text,
          projectId: text,
          repo: { mode: 'git', url: text },
          labels: { label: text, [text.replaceAll(':', '.')]: 'key' },
        });
      }
      for (const [index, text] of texts.entries()) {
        const key = text.replaceAll(':', '.');
        for (const filter of [
          { tenantId: text },
          { projectId: text },
          { repo: text },
          { label: `label:${text}` },
          ...(key === '__proto__' ? [] : [{ label: `${key}:key` }]),
        ]) {
          const { items } = await store.sessions(wholeHost, filter, 'createdAt', { perPage: 20 });
          same(
            items.map(({ record }) => record.id),
            [sampleId(index + 1)],
            JSON.stringify(filter),
          );
        }
        same(
          (await store.session({ tenantId: text }, sampleId(index + 1)))?.record.tenantId,
          text,
          'own tenant',
        );
      }
      same(
        await store.session({ tenantId: '\ufffd alone \ufffd' }, sampleId(7)),
        undefined,
        'a tenant that looks alike',
      );
    },
  },
  {
    name: 'text is text: ids nobody made',
    promises: 'looking for a hostile id finds nothing and breaks nothing',
    async run({ store }) {
      await addSession(store, 1);
      for (const text of [...hostileTexts, 'a\u0000b']) {
        same(await store.session(wholeHost, text), undefined, 'session');
        same(await store.task(wholeHost, text), undefined, 'task');
        same(await store.sessionsOfTask(wholeHost, text), [], 'sessions of a task');
        same(await store.draft(wholeHost, text), undefined, 'draft');
        same(await store.repository(wholeHost, text), undefined, 'repository');
        same(await store.events({ ...everything, sessionId: text }), [], 'events');
      }
    },
  },
  {
    name: 'text is text: search',
    promises: 'a query of any characters neither fails nor finds what it should not',
    async run({ store }) {
      await addSession(store, 1, { prompt: 'plain words' });
      for (const q of [
        ...hostileTexts,
        '"',
        '*',
        'a"b',
        '^plain',
        'plain -words',
        '{',
        'prompt:plain',
        "plain'",
      ]) {
        const { items } = await store.sessions(wholeHost, { q }, '-createdAt', { perPage: 10 });
        const expected = /^\P{L}*plain\P{L}*(words)?\P{L}*$/u.test(q) ? 1 : 0;
        same(items.length, expected, JSON.stringify(q));
      }
    },
  },
  {
    name: 'labels named like members of objects are only labels',
    promises: 'a label called __proto__ or constructor changes no object and finds only its own session',
    async run({ store }) {
      const labels: Record<string, string> = JSON.parse(
        '{"__proto__":"x","constructor":"y","hasOwnProperty":"z"}',
      );
      const session = await addSession(store, 1, { labels });
      await addSession(store, 2);
      const read = present(await store.session(wholeHost, session.id), 'session').record.labels;
      same(read.constructor, 'y', 'constructor');
      holds(Object.getPrototypeOf(read) === Object.prototype, 'the labels must be a plain object');
      const { items } = await store.sessions(
        wholeHost,
        { label: ['constructor:y', 'hasOwnProperty:z'] },
        '-createdAt',
        {
          perPage: 10,
        },
      );
      same(
        items.map(({ record }) => record.id),
        [session.id],
        'found by its labels',
      );
      await store.sessions(wholeHost, { label: '__proto__:x' }, '-createdAt', { perPage: 10 });
    },
  },
  {
    name: 'many labels and many sessions keep apart',
    promises: 'labels belong to their session, also after many saves',
    async run({ store }) {
      for (const number of upTo(10)) {
        const labels = Object.fromEntries(upTo(20).map((index) => [`k${index}`, `${(number * index) % 7}`]));
        const session = await addSession(store, number, { labels });
        await append(store, session.id, [logEvent('x')]);
        await store.commit([{ kind: 'session-saved', session: { ...session, status: 'running' } }]);
      }
      const { items } = await store.sessions(wholeHost, { label: ['k1:3', 'k2:6', 'k20:4'] }, 'createdAt', {
        perPage: 10,
      });
      same(
        items.map(({ record }) => record.id),
        [sampleId(3), sampleId(10)],
        'sessions',
      );
    },
  },
];
