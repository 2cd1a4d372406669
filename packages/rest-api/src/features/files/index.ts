import { content } from './content.ts';
import { diff } from './diff.ts';
import { fileDiff } from './file-diff.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { preview } from './preview.ts';
import { search } from './search.ts';

export const files = { list, get, content, preview, search, diff, fileDiff, patch };
