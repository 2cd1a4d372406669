import { initContract } from '@ts-rest/core';
import { z } from 'zod';
import { ProblemDocument } from '../schemas/index.ts';

/** The one ts-rest instance of the contract. */
// Named, because the inferred type mentions a symbol of ts-rest that a declaration file cannot name.
export const c: ReturnType<typeof initContract> = initContract();

const problem = c.otherResponse({ contentType: 'application/problem+json', body: ProblemDocument });

/** The problems any route can answer with. */
export const anyRoute = {
  400: problem,
  401: problem,
  403: problem,
  404: problem,
  405: problem,
  406: problem,
  413: problem,
  415: problem,
  421: problem,
  429: problem,
  431: problem,
  500: problem,
  503: problem,
  507: problem,
} as const;

export { problem };

/** A body of any media type that is not described by a schema: a page, a script. */
export const opaque = (contentType: string) => c.otherResponse({ contentType, body: z.string() });

/** A body of bytes that is sent as it is made, of any length. */
export const Bytes: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);
export const bytes = <Type extends string>(contentType: Type) =>
  c.otherResponse({ contentType, body: Bytes });
