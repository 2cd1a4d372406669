import {
  beheaded,
  doubled,
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

const listed = /\/files\?/;
const content = /\/content$/;
const whole = /\/diff(\?|$)/;
const one = /\/diff\/[^?]+$/;
const patch = /\/patch(\?|$)/;

export const files: Mutants = {
  'changed files are listed': [
    gives('forgets one', to(listed, member('items', list(beheaded)))),
    gives(
      'counts no lines',
      to(
        listed,
        member('items.*.lines_added', () => 0),
      ),
    ),
    gives(
      'counts another sum',
      member('changes.files_changed', (count) => Number(count) + 1),
    ),
  ],
  'files are chosen by state and by name': [
    takes('knows no status', from(listed, withoutQuery('status'))),
    takes('knows no path', from(listed, withoutQuery('path'))),
    gives(
      'finds nothing by name',
      to(
        /path=/,
        member('items', () => []),
      ),
    ),
    takes(
      'looks at the first state only',
      target((path) => path.replace(/status=[\w,]+,[\w,]+/, 'status=deleted')),
    ),
  ],
  'a file is shown with its content': [
    gives(
      'shows another',
      to(
        /\/files\/[^/]+$/,
        member('path', () => 'other.txt'),
      ),
    ),
    gives(
      'counts characters',
      to(
        content,
        member('size_bytes', (size) => Number(size) - 1),
      ),
    ),
    gives(
      'does not say that it changed',
      to(
        content,
        member('is_modified', () => false),
      ),
    ),
    gives('shows none', to(content, status(404))),
  ],
  'a path is one segment': [
    gives('reads several as one', (answer, request) =>
      /\/files\/a\/b$/.test(request.target) ? { ...answer, status: 200 } : answer,
    ),
    gives('finds what is not there', to(/\/diff\/no%2F/, where(404, status(200)))),
  ],
  'a diff says what changed': [
    gives(
      'counts another sum',
      to(
        whole,
        member('total_lines_added', (count) => Number(count) + 1),
      ),
    ),
    gives('loses a file', to(whole, member('files', list(beheaded)))),
    gives(
      'shows no hunks',
      to(
        whole,
        member('files.*.hunks', () => []),
      ),
    ),
    gives(
      'shows no text',
      to(
        whole,
        member('files.*.diff', () => ''),
      ),
    ),
  ],
  'the diff of one file is a part of the whole': [
    gives(
      'shows it otherwise',
      to(
        one,
        member('context_lines', () => 9),
      ),
    ),
    gives('shows all for one', to(/files=/, member('files', list(doubled)))),
    takes('knows no files', from(whole, withoutQuery('files'))),
  ],
  'a diff has as much around it as asked': [
    takes('knows no context', from(whole, withoutQuery('context'))),
    takes('knows no full', from(whole, withoutQuery('full'))),
    takes(
      'gives as much as it can',
      target((path) => path.replace('context=11', 'context=10')),
    ),
    gives('always sends the file', to(/\/diff$/, member('files.*', set('full_file', true)))),
  ],
  'a diff comes in other forms': [
    takes('knows no format', from(whole, withoutQuery('format'))),
    gives('forgets a row', to(/format=split/, member('files.*.hunks.*.rows', list(beheaded)))),
    gives(
      'lets a script in',
      to(
        /format=html/,
        member('files.*.diff', (html) => `${html}<script>alert(1)</script>`),
      ),
    ),
    gives(
      'forgets a line',
      to(
        /format=html/,
        member('files.*.diff', (html) => String(html).replace(/<tr .*?<\/tr>/s, '')),
      ),
    ),
    takes(
      'takes any form',
      target((path) => path.replace('format=pdf', 'format=html')),
    ),
  ],
  'a patch has all of it': [
    gives('shows it as a page', to(patch, header('content-disposition', 'inline'))),
    gives('calls it text', to(patch, header('content-type', 'text/html'))),
    gives(
      'is no mail',
      to(
        patch,
        text((whole) => whole.replace('From:', 'To:')),
      ),
    ),
    gives(
      'forgets a file',
      to(
        patch,
        text((whole) => whole.replace(/^diff --git [\s\S]*?(?=^diff --git )/m, '')),
      ),
    ),
    takes('knows no files', from(patch, withoutQuery('files'))),
  ],
  'no path leaves the workspace': [
    gives('serves the passwords', (answer, request) =>
      /%2Fetc%2Fpasswd\/content$/.test(request.target)
        ? text(() => 'root:x:0:0')({ ...answer, status: 200 }, request)
        : answer,
    ),
    gives('shows the insides of the repository', to(/\.git%2Fconfig/, status(200))),
    gives('falls over a long path', to(/a%2Fa%2Fa/, status(500))),
  ],
};
