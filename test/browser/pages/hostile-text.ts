/** What the browser's own EventSource makes of a stream: every message, and every event of another name. */
const collect = (
  url: string,
  count: number,
): Promise<{ messages: string[]; ids: string[]; named: string[] }> =>
  new Promise((resolve, reject) => {
    const messages: string[] = [];
    const ids: string[] = [];
    const named: string[] = [];
    const source = new EventSource(url);
    for (const name of ['x', 'cursor', 'resync', 'status', 'forged']) {
      source.addEventListener(name, () => named.push(name));
    }
    source.addEventListener('message', ({ data, lastEventId }) => {
      messages.push(String(data));
      ids.push(lastEventId);
      if (messages.length < count) return;
      source.close();
      resolve({ messages, ids, named });
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) reject(new Error('The browser gave the stream up.'));
    });
  });

Object.assign(globalThis, { collect });
