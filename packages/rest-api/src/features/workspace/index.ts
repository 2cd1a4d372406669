import { download } from './download.ts';
import { files } from './files.ts';
import { info } from './info.ts';
import { openIde } from './open-ide.ts';
import { searchFiles } from './search-files.ts';

export const workspace = { files, info, searchFiles, download, openIde };
