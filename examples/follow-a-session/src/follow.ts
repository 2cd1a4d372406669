import type { HarborClient, StreamedEvent } from '@agent-harbor/rest-client/node';

/** Where a program keeps how far it has read, so that it goes on there when it is started again. */
export interface Bookmark {
  read(): Promise<string | undefined>;
  keep(id: string): Promise<void>;
}

/**
 * The events of a session, from the bookmark to the end. The SDK goes on over lost connections and restarts of the
 * server; the bookmark does over restarts of this program.
 */
export async function* follow(
  { tasks }: HarborClient,
  sessionId: string,
  bookmark: Bookmark,
): AsyncGenerator<StreamedEvent, void, undefined> {
  for await (const { id, event } of tasks.subscribe(sessionId, { after: await bookmark.read() })) {
    yield event;
    // When it is dealt with, not before: a crash in between shows an event twice, and none never.
    await bookmark.keep(id);
  }
}
