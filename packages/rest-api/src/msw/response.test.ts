import { expect, it } from 'vitest';
import type { Payload } from '../http/answer.ts';
import { responseFrom } from './response.ts';

const respond = (payload: Payload) =>
  responseFrom(new Request('http://harbor.test/'), { status: 200, headers: {}, payload }, () => {});

it('breaks a stream off after what was written, not before it is read', async () => {
  const { body } = respond({ kind: 'stream', run: async (sink) => sink.breakOff('half') });
  const reader = body?.getReader();
  // Time enough for an error to throw away what waits.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('half');
  await expect(reader?.read()).rejects.toThrow('the connection was lost');
});

it('is an error of the network where there is no answer', () => {
  expect(respond({ kind: 'cut' }).type).toBe('error');
});
