import { Problem } from '@agent-harbor/core/problem';
import { Failure } from './failure.ts';

/** How many are looked through for the beginning of an id. */
const searched = 2000;

/** Things whose ids are a prefix and 26 letters and digits, and how they are looked for and told. */
interface Kind<Item> {
  /** As in `There is no draft …`, which is also the command that lists them. */
  readonly noun: 'draft' | 'webhook';
  /** What ids begin with; a person may leave it out. */
  readonly prefix: string;
  get(id: string): Promise<Item>;
  /** A page of them; what comes first is `latest`. */
  list(page: {
    readonly perPage: number;
    readonly cursor: string | undefined;
  }): Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>;
  /** What tells one from another. */
  describe(item: Item): string;
}

/** The one a person names: by its id, with or without its prefix, the beginning of it, or `latest`. */
export const findById = async <Item extends { readonly id: string }>(
  { noun, prefix, get, list, describe }: Kind<Item>,
  name: string,
): Promise<Item> => {
  const bare = name.toLowerCase().startsWith(prefix) ? name.slice(prefix.length) : name;
  const wanted = bare.toUpperCase();
  if (/^[0-9A-Z]{26}$/.test(wanted)) return get(`${prefix}${wanted}`);
  const found: Item[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < searched && /^[0-9A-Z]+$/.test(wanted); ) {
    const page = await list({ perPage: 200, cursor });
    if (wanted === 'LATEST' && page.items[0] !== undefined) return page.items[0];
    found.push(...page.items.filter(({ id }) => id.startsWith(`${prefix}${wanted}`)));
    seen += page.items.length;
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const [only, another] = found;
  if (only === undefined) {
    throw new Problem(`${noun}-not-found`, {
      detail: `There is no ${noun} ${name}; \`ah ${noun} list\` shows them.`,
    });
  }
  if (another === undefined) return only;
  throw new Failure('validation', {
    happened: `More than one ${noun} begins with ${name}`,
    detail: found
      .slice(0, 5)
      .map((item) => `${item.id}  ${describe(item)}`)
      .join('\n'),
    remedy: 'Type more of the id.',
  });
};
