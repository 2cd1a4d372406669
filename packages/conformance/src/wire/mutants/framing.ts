import { sent } from './change.ts';
import { gives, type Mutant, type Mutants, reads, takes, writes } from './mutant.ts';

const plain = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** A server that reads such bytes as a harmless request. */
const lenient: Mutant = reads('makes the best of it', () => plain);

/** A server that refuses the request and reads what is behind it as another one. */
const smuggled: Mutant = writes(
  'reads on behind it',
  (received) => `${received}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
);

/** A server whose parser answers for itself. */
const bare: Mutant = writes(
  'lets its parser answer',
  () => 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
);

/** A server that says nothing. */
const silent: Mutant = writes('hangs up without a word', () => '');

const refused = (name: string, ...more: readonly Mutant[]): Mutants => ({
  [`refused: ${name}`]: [lenient, bare, ...more],
});

export const framing: Mutants = {
  ...refused('two Host headers'),
  ...refused('no Host header'),
  ...refused('an absolute target'),
  ...refused('an asterisk target'),
  ...refused('a length and an encoding', smuggled),
  ...refused('an encoding and a length', smuggled),
  ...refused('two lengths', smuggled),
  ...refused('a length with a sign', smuggled),
  ...refused('an unknown encoding', smuggled),
  ...refused('chunked twice', smuggled),
  ...refused('a space before the colon', smuggled),
  ...refused('a folded header', smuggled),
  ...refused('bare line feeds', smuggled),
  ...refused('another protocol', silent),
  ...refused('a dot segment'),
  ...refused('an encoded dot segment'),
  ...refused('bytes that are no text'),
  'headers have a limit': [
    takes('reads headers of any length', sent('x-long')),
    gives('has no problem for it', (answer) => ({ ...answer, status: 431, headers: [], body: '' })),
  ],
  'nobody tunnels through the server': [
    reads('connects to anybody', (bytes) => (bytes.startsWith('CONNECT') ? plain : bytes)),
    silent,
  ],
};
