/** One message of an event stream. */
export interface Message {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

/** What an event stream says, read as the standard has it (WHATWG HTML, 9.2.6). */
export interface ReadEvents {
  readonly messages: readonly Message[];
  readonly retries: readonly number[];
}

/** Reads a stream. A last message that is not complete does not count. */
export const readEvents = (text: string): ReadEvents => {
  const messages: Message[] = [];
  const retries: number[] = [];
  let id: string | undefined;
  let event: string | undefined;
  let data: string[] = [];
  for (const line of completeLines(text)) {
    if (line === '') {
      if (data.length > 0) messages.push({ id, event, data: data.join('\n') });
      event = undefined;
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retries.push(Number(value));
  }
  return { messages, retries };
};

const completeLines = (text: string): readonly string[] => {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  return lines.slice(0, -1);
};
