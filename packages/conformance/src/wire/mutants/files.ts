import {
  beheaded,
  doubled,
  from,
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
