import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { AttachmentInput } from '@agent-harbor/api-contract/schemas';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';

const imageTypes: Readonly<Record<string, string>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.gif': 'gif',
  '.webp': 'webp',
};

/** A file of this machine, to be sent along: an image by its ending, else text under its own name. */
export const readAttachment = async (file: string, { cwd }: Pick<Io, 'cwd'>): Promise<AttachmentInput> => {
  const path = resolve(cwd, file);
  const refused = (detail: string, cause?: unknown) =>
    new Failure('validation', {
      happened: 'The file cannot be attached',
      detail: `${path}: ${detail}`,
      remedy: 'Attach a text in UTF-8, or a PNG, JPEG, GIF or WebP.',
      cause,
    });
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw refused(cause instanceof Error ? cause.message : String(cause), cause);
  });
  const type = imageTypes[extname(path).toLowerCase()];
  if (type !== undefined)
    return {
      type: 'image',
      data_url: `data:image/${type};base64,${bytes.toString('base64')}`,
      filename: basename(path),
    };
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { type: 'file', file_path: basename(path), content };
  } catch (cause) {
    throw refused('it is no text in UTF-8', cause);
  }
};
