import { files } from './files.ts';
import { info } from './info.ts';
import { searchFiles } from './search-files.ts';

export const workspace = { files, info, searchFiles };
