import { from, header, sent, status, to, where } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

const oneTask = /^GET \/api\/v1\/tasks\//;

export const caching: Mutants = {
  'a reader who has it already gets 304': [
    gives('has no tags', header('etag')),
    gives('sends everything again', where(304, status(200))),
    gives('forgets the tag of 304', where(304, header('etag'))),
    gives('has tags for sessions only', to(/drafts/, header('etag'))),
    gives(
      'says 304 to everybody',
      to(oneTask, (answer, request) =>
        request.headers.some(([name]) => name === 'if-none-match')
          ? { ...answer, status: 304, body: '' }
          : answer,
      ),
    ),
  ],
  'another state is another tag': [
    gives('has one tag for ever', to(/drafts/, header('etag', '"one"'))),
    gives('says 304 to whoever has any', (answer, request) =>
      request.headers.some(([name]) => name === 'if-none-match')
        ? { ...answer, status: 304, body: '' }
        : answer,
    ),
  ],
  'HEAD tells the tag too': [
    gives('has no tag on HEAD', to(/^HEAD/, header('etag'))),
    gives('reads no conditions on HEAD', to(/^HEAD/, where(304, status(200)))),
  ],
  'a lost update is refused': [
    takes('reads no If-Match', from(/^PUT/, sent('if-match'))),
    gives('says 409', where(412, status(409))),
    gives('gives an update another tag', to(/^PUT/, header('etag', '"other"'))),
    gives(
      'wants a condition',
      to(/^PUT/, (answer, request) =>
        request.headers.some(([name]) => name === 'if-match') ? answer : { ...answer, status: 428 },
      ),
    ),
  ],
};
