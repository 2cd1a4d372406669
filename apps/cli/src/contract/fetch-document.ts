import { describeCause } from './cause.ts';
import { mostBytes } from './git.ts';
import { parseDocument } from './parse-document.ts';
import type { Source } from './source.ts';
import { unreadable } from './unreadable.ts';

const patienceMs = 30_000;

/** The document a server serves; its address alone means where ours serves it. */
export const fetchDocument = async (address: string, interrupted: AbortSignal): Promise<Source> => {
  const url = URL.parse(address);
  if (url === null) throw unreadable(`"${address}" is no url.`, 'Name it as http://host/path.');
  if (url.username !== '' || url.password !== '') {
    throw unreadable(
      'A url with a password in it is read by everybody on this machine.',
      'Fetch it with a program that keeps secrets, and pipe it in: `… | ah contract diff old.json -`.',
    );
  }
  if (url.pathname === '/') url.pathname = '/api/v1/openapi.json';
  const label = url.href;
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(patienceMs)]);
  const text = await fetchText(url, signal).catch((cause: unknown) => {
    throw unreadable(
      `${label}: ${describeCause(cause)}`,
      'Check the address, and that the server runs.',
      cause,
    );
  });
  return { label, value: await parseDocument(text, label) };
};

const fetchText = async (url: URL, signal: AbortSignal): Promise<string> => {
  const response = await fetch(url, {
    signal,
    headers: { accept: 'application/json, application/yaml;q=0.9, */*;q=0.5' },
  });
  if (!response.ok || response.body === null) throw new Error(`it answers ${response.status}`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > mostBytes) throw new Error('it is longer than any contract');
  }
  return text + decoder.decode();
};
