import { z } from 'zod';

/** Above this row count totals are not counted, and `page` gives way to `cursor`. */
export const countedRows = 10_000;

const perPageLimit = 200;
const beyondCount = `reaches beyond row ${countedRows}; walk with cursor instead`;

const wholeNumber = 'must be a whole number in decimal digits';

/**
 * A whole number of a query: digits, as an address has it, or a number, as callers inside a program have it. What
 * JavaScript would also read as a number (`1e3`, `0x10`, ` 5`, an empty text) is refused.
 */
export const queryInteger = (minimum: number, maximum: number, beyond?: string) =>
  z
    .union([z.number(), z.string()], { errorMap: () => ({ message: wholeNumber }) })
    .transform((value) =>
      typeof value === 'string' && /^(?:0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value,
    )
    .pipe(z.number({ invalid_type_error: wholeNumber }).int(wholeNumber).min(minimum).max(maximum, beyond));

/** Query members of every list; `cursor` walks at the same cost at any depth. */
export const pageQuery = (defaultPerPage: number) => ({
  page: queryInteger(1, countedRows, beyondCount)
    .optional()
    .describe(`The page, from 1; up to row ${countedRows}.`),
  perPage: queryInteger(1, perPageLimit).default(defaultPerPage).describe('Items of a page.'),
  cursor: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe('`nextCursor` of the page before: the way to walk a list, at the same cost at any depth.'),
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
