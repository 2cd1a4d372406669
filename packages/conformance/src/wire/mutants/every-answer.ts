import { header, sent, status, to } from './change.ts';
import { gives, type Mutants, takes } from './mutant.ts';

export const everyAnswer: Mutants = {
  'every answer has a request id': [
    gives('forgets the id on pages', to(/ \/api\/docs/, header('x-request-id'))),
    takes('makes its own id whatever was sent', sent('x-request-id')),
    gives('echoes whatever was sent', (answer, request) => {
      const id = request.headers.find(([name]) => name === 'x-request-id')?.[1];
      return id === undefined ? answer : header('x-request-id', id)(answer, request);
    }),
  ],
  'every answer tells the rate limit': [
    gives('keeps the policy to itself', header('ratelimit-policy')),
    gives('tells no limit to strangers', to(/ \/healthz/, header('ratelimit'))),
    gives(
      'has more left than there is',
      header('ratelimit', (value) => value.replace(/r=\d+/, 'r=999999999')),
    ),
    gives(
      'names another policy',
      header('ratelimit', (value) => value.replace('"default"', '"other"')),
    ),
  ],
  'the rate limit counts': [
    gives('tells the same number for ever', header('ratelimit', '"default";r=100;t=60')),
  ],
  'no answer can be taken for another type': [
    gives('forgets nosniff on problems', to(/\/nothing/, header('x-content-type-options'))),
    gives('lets itself be framed', header('content-security-policy', "default-src 'self'")),
    gives('tells what it is made of', header('x-powered-by', 'Express')),
  ],
  'HEAD is GET without the body': [
    gives('answers HEAD with another length', to(/^HEAD/, header('content-length', '0'))),
    gives('knows no HEAD', to(/^HEAD/, status(405))),
    gives('answers HEAD with another type', to(/^HEAD/, header('content-type', 'text/html'))),
  ],
};
