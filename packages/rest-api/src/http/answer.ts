/** Text that goes to many readers: what a skin makes of it, it makes once. */
export class SharedText {
  readonly text: string;
  /** The skin's own form of it. */
  form: Uint8Array | undefined;

  constructor(text: string) {
    this.text = text;
  }
}

/** Where a stream's text or bytes go. A skin implements it over its own response. */
export interface Sink {
  /** False when the reader is behind: more may be written after `drained`. */
  write(text: string | SharedText | Uint8Array): boolean;
  /** Resolves when everything written has left, or never will. */
  drained(): Promise<void>;
  /** Ends the answer in good order. */
  end(): void;
  /** The same, and the connection is not used again: nobody knows whether its other end is still there. */
  leave(): void;
  /** Gives the connection up: what is not sent yet is lost. */
  cut(): void;
  /** Writes this last, then gives the connection up without a good end: the reader has the text, and waits for more. */
  breakOff(text: string | Uint8Array): void;
}

/** What an answer carries. */
export type Payload =
  | { readonly kind: 'none' }
  /** `text` is the value rendered, where it had to be rendered before. */
  | { readonly kind: 'json'; readonly value: unknown; readonly text?: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Writes until the stream is over; never rejects. */
  | {
      readonly kind: 'stream';
      /** Writes it all. */
      readonly run: (sink: Sink) => Promise<void>;
    }
  /** No answer at all: the connection is given up. For faults that are played. */
  | { readonly kind: 'cut' };

/** An answer, whole but for its writing. Header names are lower-case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Payload;
}

/** The text of a payload that is not a stream. */
export const payloadText = (payload: Payload): string | Uint8Array | undefined => {
  switch (payload.kind) {
    case 'json':
      return payload.text ?? JSON.stringify(payload.value);
    case 'text':
      return payload.text;
    case 'bytes':
      return payload.bytes;
    case 'none':
    case 'stream':
    case 'cut':
      return undefined;
  }
};
