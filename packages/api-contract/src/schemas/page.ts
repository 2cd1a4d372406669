import { z } from 'zod';

/** Above this row count totals are not counted, and `page` gives way to `cursor`. */
export const countedRows = 10_000;

const perPageLimit = 200;

/** Query members of every list; `cursor` walks at the same cost at any depth. */
export const pageQuery = (defaultPerPage: number) => ({
  page: z.coerce.number().int().min(1).optional(),
  perPage: z.coerce.number().int().min(1).max(perPageLimit).default(defaultPerPage),
  cursor: z.string().min(1).max(512).optional(),
});

/** Where a page lies. `page` is null when the list is walked by cursor; totals are null past 10,000 rows. */
export const Pagination = z.object({
  page: z.number().int().min(1).nullable(),
  perPage: z.number().int().min(1),
  total: z.number().int().min(0).nullable(),
  totalPages: z.number().int().min(0).nullable(),
});
export type Pagination = z.infer<typeof Pagination>;

/** The envelope of every list. `nextPage` and `nextCursor` are null at the end. */
export const pageOf = <Item extends z.ZodTypeAny>(item: Item) =>
  z.object({
    items: z.array(item),
    total: z.number().int().min(0).nullable(),
    totalIsCapped: z.boolean().optional(),
    nextPage: z.number().int().min(1).nullable(),
    nextCursor: z.string().nullable(),
    pagination: Pagination,
  });

/** A page of anything, as a type. */
export interface Page<Item> {
  readonly items: Item[];
  readonly total: number | null;
  readonly totalIsCapped?: boolean | undefined;
  readonly nextPage: number | null;
  readonly nextCursor: string | null;
  readonly pagination: Pagination;
}
