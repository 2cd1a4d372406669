import { z } from 'zod';
import type { WebPage } from '../format/web.ts';

/** What a tool gave. */
export interface Given {
  readonly output: string;
  readonly failed: boolean;
}

const fetched = z.object({ url: z.string() });
const searched = z.object({
  query: z.string(),
  allowed_domains: z.array(z.string()).default([]),
  blocked_domains: z.array(z.string()).default([]),
});

/** The text of a page. What a model would make of it by the `prompt` beside the address nobody here knows. */
export const fetchPage = (web: readonly WebPage[], args: unknown): Given => {
  const wish = fetched.safeParse(args);
  if (!wish.success) return failure('url: is not there');
  const { url } = wish.data;
  const page = web.find((each) => plain(each.url) === plain(url));
  return page === undefined ? failure(`${url}: there is no such page`) : success(page.text);
};

/** The pages in which every word of the query stands, in their order, each with its first line that has one of them. */
export const searchWeb = (web: readonly WebPage[], args: unknown): Given => {
  const wish = searched.safeParse(args);
  if (!wish.success) return failure('query: is not there');
  const { query, allowed_domains: allowed, blocked_domains: blocked } = wish.data;
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = web.filter(({ url, title = '', text }) => {
    const host = hostOf(url);
    if (allowed.length > 0 && !allowed.some((domain) => isWithin(host, domain))) return false;
    if (blocked.some((domain) => isWithin(host, domain))) return false;
    const all = `${url}\n${title}\n${text}`.toLowerCase();
    return words.length > 0 && words.every((word) => all.includes(word));
  });
  const shown = found.map(({ url, title, text }) => {
    const line = text.split('\n').find((each) => words.some((word) => each.toLowerCase().includes(word)));
    return [title, url, line?.trim()].filter((part) => part !== undefined).join('\n');
  });
  return success(shown.length === 0 ? 'Nothing was found.' : shown.join('\n\n'));
};

const success = (output: string): Given => ({ output, failed: false });
const failure = (output: string): Given => ({ output, failed: true });

/** An address without what a server is not told, and without the slash at its end. */
const plain = (url: string): string => url.replace(/#.*$/, '').replace(/\/$/, '');

const hostOf = (url: string): string =>
  (/^https?:\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(url)?.[1] ?? '').toLowerCase();

const isWithin = (host: string, domain: string): boolean =>
  host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`);
