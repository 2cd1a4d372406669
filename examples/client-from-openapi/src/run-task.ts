import { EventSourceParserStream } from 'eventsource-parser/stream';
import createClient from 'openapi-fetch';
import type { components, paths } from './openapi.d.ts';

type Task = components['schemas']['CreateTask'];
type Event = components['schemas']['SessionEvent'];

/** Where the server is, and a key that opens it. */
export interface Server {
  readonly url: string;
  readonly key: string;
}

/** Launches a task and gives the events of its first session, until it has ended. */
export async function* runTask({ url, key }: Server, task: Task): AsyncGenerator<Event> {
  const client = createClient<paths>({ baseUrl: url, headers: { authorization: `ApiKey ${key}` } });

  const launched = await client.POST('/api/v1/tasks', { body: task });
  // Every error is a problem document: what happened, what it means, what to do.
  if (launched.error !== undefined) throw new Error(launched.error.detail);

  const { data } = await client.GET('/api/v1/sessions/{id}/events', {
    params: { path: { id: launched.data.id } },
    headers: { accept: 'text/event-stream' },
    parseAs: 'stream',
  });
  const frames = data?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const frame of frames ?? []) yield JSON.parse(frame.data);
}
