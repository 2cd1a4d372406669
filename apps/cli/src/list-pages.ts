import type { Command } from 'commander';
import { z } from 'zod';
import type { Context } from './context.ts';
import { wholeNumber } from './flags.ts';
import { paint, type Text } from './terminal/text.ts';

/** Where a list goes on. The server says which cursors it takes. */
export const CursorFlag = z.string().min(1, 'must be the cursor that an earlier list told').optional();

/** The flags of a list that is shown a page at a time. */
export const PageFlags = z.object({ limit: wholeNumber(1, 200).optional(), cursor: CursorFlag });
type PageFlags = z.infer<typeof PageFlags>;

const usualLimit = 20;

/** Declares where a list begins. */
export const withCursor = (command: Command): Command =>
  command.option(
    '--cursor <cursor>',
    'go on where an earlier list ended, by the cursor it told (with --json: nextCursor)',
  );

/** Declares the flags of a page. */
export const withPage = (command: Command): Command =>
  withCursor(command.option('--limit <number>', `how many (${usualLimit}, at most 200)`));

/** The flags as the server is asked. */
export const pageQuery = ({ limit = usualLimit, cursor }: PageFlags) => ({ perPage: limit, cursor });

/** What is said when a list is not at its end: how to see the rest. */
export const restLine = (cursor: string): Text => paint('dim', `… and more: --cursor ${cursor}`);

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

interface Shown<Item> {
  /** The flags the list was asked for with. */
  readonly flags: PageFlags;
  /** Said when there is none at all. */
  readonly nothing: string;
  readonly lines: (items: readonly Item[]) => readonly Text[];
  /** Words for other commands instead, one on each line. */
  readonly words?: ((items: readonly Item[]) => readonly string[]) | undefined;
}

/** Prints a page of a list: whole for programs, for people as lines, the last of which says how to go on. */
export const showPage = async <Item>(
  context: Context,
  page: Page<Item>,
  { flags, nothing, lines, words }: Shown<Item>,
): Promise<void> => {
  const { items, nextCursor } = page;
  if (!context.json && words !== undefined) {
    await context.printAll(words(items));
    // Another command takes the words, so a list that was cut unasked says so elsewhere.
    if (nextCursor !== null && flags.limit === undefined) await context.note(restLine(nextCursor));
    return;
  }
  await context.show(page, () => {
    if (items.length === 0) return [flags.cursor === undefined ? nothing : 'Nothing more.'];
    return [...lines(items), ...(nextCursor === null ? [] : [restLine(nextCursor)])];
  });
};

/** Pages of a list from `cursor` on, one after another, until they hold `limit` items or the list ends. */
export async function* pagesOf<Page extends { readonly nextCursor: string | null }>(
  wish: { readonly limit: number; readonly cursor: string | undefined; readonly together: number },
  ask: (page: { readonly perPage: number; readonly cursor: string | undefined }) => Promise<Page>,
  sizeOf: (page: Page) => number,
): AsyncGenerator<Page, void, undefined> {
  let { cursor, limit } = wish;
  do {
    const page = await ask({ perPage: Math.min(wish.together, limit), cursor });
    yield page;
    limit -= sizeOf(page);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && limit > 0);
}
