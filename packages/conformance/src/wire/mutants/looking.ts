import {
  beheaded,
  bodyMember,
  from,
  header,
  list,
  member,
  set,
  status,
  target,
  text,
  to,
  where,
  withoutQuery,
} from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const listing = /\/workspace\/files/;
const paths = /\/workspace\/search\/files/;
const content = /\/files\/search/;
const preview = /\/preview/;
const numbers = /\/workspace\/info/;
const archive = /\/workspace\/download/;
const editor = /\/open\/ide/;
const session = /\/sessions\/[^/]+\/info$/;

export const looking: Mutants = {
  'a directory is listed': [
    takes('knows no recursive', from(listing, withoutQuery('recursive'))),
    gives(
      'shows others as changed',
      to(
        /modified_only/,
        member('children', () => []),
      ),
    ),
    takes('knows no perPage', from(listing, withoutQuery('perPage'))),
    takes('begins again', from(listing, withoutQuery('cursor'))),
    gives('forgets one', to(/files\?perPage=200/, member('children', list(beheaded)))),
    gives('hides changes', to(listing, member('children.*', set('is_modified', false)))),
  ],
  'a path is found by its letters': [
    gives(
      'finds none',
      to(
        paths,
        member('files', () => []),
      ),
    ),
    takes('knows no include_preview', from(paths, withoutQuery('include_preview'))),
    gives('shows no beginning', to(paths, member('files.*', set('preview', null)))),
    takes(
      'needs no q',
      target((path) => path.replace(/search\/files$/, 'search/files?q=a')),
    ),
  ],
  'content is found': [
    gives(
      'finds none',
      to(
        content,
        member('total', () => 0),
      ),
    ),
    takes('knows no path', from(content, withoutQuery('path'))),
    takes('knows no type', from(content, withoutQuery('type'))),
    takes('knows no literal', from(content, withoutQuery('literal'))),
    gives(
      'counts lines from 0',
      to(
        content,
        member('results.*.matches.*.line', (line) => Number(line) + 1),
      ),
    ),
    gives(
      'is cut at once',
      to(
        content,
        member('cut_by', () => 'time'),
      ),
    ),
    takes(
      'takes everything for a pattern',
      target((path) => path.replace(/q=%28$/, 'q=a')),
    ),
  ],
  'a preview runs nothing': [
    gives(
      'shows more',
      to(
        preview,
        member('content_preview', () => 'one\ntwo'),
      ),
    ),
    gives(
      'tells another size',
      to(
        preview,
        member('size_bytes', (size) => Number(size) + 1),
      ),
    ),
    gives('lets browsers guess', to(preview, header('x-content-type-options', undefined))),
    gives('lets browsers run it', to(preview, header('content-security-policy', "script-src 'self'"))),
    takes(
      'gives as much as it can',
      target((path) => path.replace('max_lines=51', 'max_lines=50')),
    ),
  ],
  'a session tells its workspace and its hosts': [
    gives(
      'counts no files',
      to(
        numbers,
        member('file_count', () => 0),
      ),
    ),
    gives(
      'has another leader',
      to(
        session,
        member('fleet.leader', () => 'nobody'),
      ),
    ),
    gives(
      'leads nowhere',
      to(
        session,
        member('endpoints.files', () => '/api/v1/nowhere'),
      ),
    ),
  ],
  'a workspace comes as an archive': [
    gives('shows it as a page', to(archive, header('content-disposition', 'inline'))),
    gives('calls it text', to(archive, header('content-type', 'text/html'))),
    gives(
      'compresses nothing',
      to(
        archive,
        text((whole) => whole.slice(1)),
      ),
    ),
    gives('finds what is not there', to(/no%2Fsuch/, status(200))),
  ],
  'an editor gets a link': [
    gives(
      'always knows a host',
      to(
        editor,
        member('remote', () => ({ url: null, command: ['x'] })),
      ),
    ),
    gives(
      'has no link',
      to(
        editor,
        member('local.url', () => null),
      ),
    ),
    takes(
      'takes any editor',
      from(
        editor,
        bodyMember('ide', (ide) => (ide === 'notepad' ? 'zed' : ide)),
      ),
    ),
    takes(
      'takes any host',
      from(
        editor,
        bodyMember('ssh_host', (host) => (host === 'me@host' ? host : 'host')),
      ),
    ),
    gives('opens a file outside', to(editor, where(404, status(200)))),
  ],
  'no look leaves the workspace': [
    gives('shows the insides of the repository', to(/path=\.git$/, status(200))),
    gives('falls over a path', to(/%2Fproc/, status(500))),
    takes('searches everywhere', from(/%2Fetc%2Fpasswd/, withoutQuery('path'))),
  ],
};
