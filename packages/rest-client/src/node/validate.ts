import { type ReplyReader, trustingReader } from '../replies.ts';
import type { Transport } from '../transport.ts';

/** A reader that checks, and what makes it ready. */
export interface LazyReader {
  readonly reader: ReplyReader;
  /** A transport that loads the schemas before the first request goes out. */
  before(transport: Transport): Transport;
}

/** The reader of the `./validation` door, loaded when it is needed: who only makes a client does not wait for zod. */
export const checkedLazily = (): LazyReader => {
  let loaded: ReplyReader | undefined;
  return {
    reader: {
      reply: (route, status, body) => (loaded ?? trustingReader).reply(route, status, body),
      event: (value) => (loaded ?? trustingReader).event(value),
    },
    before: (transport) => async (url, sending) => {
      loaded ??= (await import('../validation.ts')).contractReader;
      return transport(url, sending);
    },
  };
};
