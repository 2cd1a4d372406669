import type { Sink } from '@agent-harbor/rest-api';

/** What a fault does otherwise. It writes what is its reader's own, and not what is shared by readers who are served well. */
type Own = Partial<Omit<Sink, 'write'>> & { readonly write: (chunk: string | Uint8Array) => boolean };

/** A sink over another one: what `own` does not say goes on as it is. */
export const overSink = (sink: Sink, { write, ...own }: Own): Sink => ({
  drained: () => sink.drained(),
  end: () => sink.end(),
  leave: () => sink.leave(),
  cut: () => sink.cut(),
  breakOff: (text) => sink.breakOff(text),
  ...own,
  write: (chunk) => write(typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : chunk.text),
});
