import { z } from 'zod';
import { isObject, type JsonObject, own } from './json.ts';
import { UnreadableDocument } from './unreadable.ts';

/** An OpenAPI document, its references ready to be followed. */
export interface Document {
  readonly root: JsonObject;
  /** Of the API, as `info.version` says it. */
  readonly version: string;
  /** What a reference leads to, which may be a reference again. */
  resolve(reference: string): unknown;
}

const Head = z.object({
  openapi: z.string().regex(/^3\.[012](?:\.|$)/),
  info: z.object({ version: z.string() }).passthrough(),
});

/** Reads a parsed document. Throws `UnreadableDocument` for what is not OpenAPI 3.0, 3.1 or 3.2. */
export const readDocument = (value: unknown): Document => {
  if (!isObject(value)) throw new UnreadableDocument('It is not an object.');
  refuseDepth(value);
  const head = Head.safeParse(value);
  if (!head.success) {
    throw new UnreadableDocument(
      'swagger' in value
        ? 'It is Swagger 2.0: convert it to OpenAPI 3 first.'
        : `It is not OpenAPI 3.0, 3.1 or 3.2: look at "${head.error.issues[0]?.path.join('.')}".`,
    );
  }
  return {
    root: value,
    version: head.data.info.version,
    resolve: (reference) => follow(value, reference),
  };
};

/** Deeper than any contract people wrote, and far from where the stack ends. */
export const mostNested = 200;

const refuseDepth = (document: JsonObject): void => {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostNested) throw new UnreadableDocument('It is nested too deeply.');
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
};

const follow = (root: JsonObject, reference: string): unknown => {
  if (!reference.startsWith('#/')) {
    throw new UnreadableDocument(
      `The reference "${reference}" leads out of the document: bundle it into one file first.`,
    );
  }
  let value: unknown = root;
  for (const step of reference.slice(2).split('/')) {
    const name = decode(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isObject(value) ? own(value, name) : undefined;
  }
  if (value === undefined) throw new UnreadableDocument(`The reference "${reference}" leads nowhere.`);
  return value;
};

const decode = (step: string): string => {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
};

/** A reference as people name it: `Session`, `responses/Problem404`. */
export const nameOfReference = (reference: string): string =>
  reference.replace(/^#\/components\/(?:schemas\/)?/, '');
