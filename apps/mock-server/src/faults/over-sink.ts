import type { Sink } from '@agent-harbor/rest-api';

/** What a fault does otherwise. It writes plain text, and not what is shared by readers who are served well. */
type Own = Partial<Omit<Sink, 'write'>> & { readonly write: (text: string) => boolean };

/** A sink over another one: what `own` does not say goes on as it is. */
export const overSink = (sink: Sink, { write, ...own }: Own): Sink => ({
  drained: () => sink.drained(),
  end: () => sink.end(),
  leave: () => sink.leave(),
  cut: () => sink.cut(),
  breakOff: (text) => sink.breakOff(text),
  ...own,
  write: (text) => write(typeof text === 'string' ? text : text.text),
});
