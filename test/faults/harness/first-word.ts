import { type Aside, type Frame, readStream } from './replay.ts';
import type { ServerUnderTest } from './server.ts';

/** What a stream says first to whoever comes back with this id: a word beside events, if any, and the first event. */
export const firstWord = async (
  server: ServerUnderTest,
  sessionId: string | undefined,
  after: string,
): Promise<{ readonly resync: Aside['data'] | undefined; readonly frame: Frame | undefined }> => {
  const asides: Aside[] = [];
  let frame: Frame | undefined;
  await readStream(server, {
    sessionId,
    after,
    onAside: (aside) => asides.push(aside),
    onFrame: (first) => {
      frame = first;
      return true;
    },
  });
  return { resync: asides[0]?.data, frame };
};
