import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { blocksOf } from './guide.ts';
import type { Shell } from './shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Types the block, or one like it, and looks at what comes. */
type Trial = (shell: Shell, block: string) => Promise<void>;

/** How a block is tried: here, or by another file, which says so. */
export type Proof = Trial | { readonly file: string; readonly saying: string };

const serves: Trial = async (shell, block) => {
  await shell.interrupt();
  const url = await shell.serve(block);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
};

const says =
  (...phrases: string[]): Trial =>
  async (shell, block) => {
    const { code, output } = await shell.type(block);
    expect(code, output).toBe(0);
    for (const phrase of phrases) expect(output).toContain(phrase);
  };

const follow = 'ah session events latest --follow';

const ends =
  (...phrases: string[]): Trial =>
  async (shell, block) => {
    await says('queued')(shell, block);
    await says('completed', ...phrases)(shell, follow);
  };

const playsItsScenario: Trial = async (shell, block) => {
  const blocks = blocksOf(read('docs/guides/run-the-mock.md'));
  await shell.put('greeting.yaml', blocks.find(({ info }) => info.startsWith('yaml'))?.text ?? '');
  await serves(shell, block);
  await says('greeting.txt', 'completed')(
    shell,
    'ah task --agent mock --prompt "Greet the world" --repo none -f',
  );
};

const isFetched: Trial = async (shell, block) => {
  const url = await shell.serve('ah mock-server');
  const [, path] = /http:\/\/127\.0\.0\.1:3001(\S+)/.exec(block) ?? [];
  expect((await fetch(url + path)).status).toBe(200);
};

/** A unit of systemd: what it starts serves, and what its agents do survives its stop. */
const servesAgain: Trial = async (shell, unit) => {
  const command =
    /^ExecStart=(.+)$/m.exec(unit)?.[1]?.replace('/usr/bin/node /opt/agent-harbor/', 'node ') ?? '';
  await serves(shell, command);
  const gate = shell.place('go');
  // Not for ever: should this fail, nobody opens the gate.
  const waits = `n=0; until [ -e ${gate} ] || [ $n -gt 600 ]; do n=$((n+1)); sleep 0.1; done; echo It went on.`;
  const settings = JSON.stringify(['sh', '-c', waits]);
  await says('queued')(
    shell,
    `ah task --agent command --setting 'command=${settings}' --repo none --prompt Wait`,
  );
  await says('running')(shell, `until ah session get latest --json | grep '"running"'; do sleep 0.1; done`);
  expect((await shell.interrupt()).code).toBe(0);
  await shell.put('go', '');
  await serves(shell, command);
  await says('It went on.', 'completed')(shell, follow);
};

const start = 'test/e2e/start.test.ts';
const bootstrap = 'scripts/bootstrap.mjs';

/** Every `sh` and `ini` block of the README and the guides, in its page's order. */
export const proofs: Readonly<Record<string, readonly (readonly [block: string, proof: Proof])[]>> = {
  'README.md': [
    ['npm start', { file: start, saying: "'start', '--once'" }],
    [
      'npm start -- --repo /path/to/repository --prompt "Fix the failing test" --agent mock',
      { file: start, saying: "'--repo'" },
    ],
    ['npm test', { file: bootstrap, saying: "'scripts/test.mjs'" }],
  ],
  'docs/guides/run-the-mock.md': [
    ['ah mock-server --speed 0.1', serves],
    [
      'ah task --agent mock --setting scenario=quick-edit --prompt "Say hello" --repo /path/to/repository --follow',
      says('notes/hello.md', 'completed'),
    ],
    ['ah session diff latest', says('notes/hello.md')],
    ['ah mock-server --scenario greeting.yaml', playsItsScenario],
  ],
  'docs/guides/deploy-the-server.md': [
    [
      'npx pnpm@12.21.0 install --frozen-lockfile\nnpx pnpm@12.21.0 build',
      { file: bootstrap, saying: '--frozen-lockfile' },
    ],
    ['node apps/cli/bin/ah.js agent access-point --state-dir /var/lib/agent-harbor', serves],
    [
      `export AH_API_KEY="$(node -p 'crypto.randomUUID()')"
ah agent access-point --host 0.0.0.0 --public-host harbor.example.com --public-host 192.0.2.7`,
      serves,
    ],
    [
      `ah task --agent acp --setting 'command=["my-agent","--acp"]' \\
  --repo /path/to/repository --prompt "Fix the failing test"`,
      ends('notes/hello.md', 'delivered'),
    ],
    [
      `ah task --agent command --setting 'command=["my-agent","--print","{prompt}"]' \\
  --repo /path/to/repository --prompt "Fix the failing test"`,
      ends('--print Fix the failing test'),
    ],
    [
      `[Service]
User=agent-harbor
StateDirectory=agent-harbor
ExecStart=/usr/bin/node /opt/agent-harbor/apps/cli/bin/ah.js agent access-point --state-dir /var/lib/agent-harbor
KillMode=process
Restart=on-failure
TimeoutStopSec=40`,
      servesAgain,
    ],
  ],
  'docs/guides/gate-contract-changes.md': [
    [
      'pnpm --filter @agent-harbor/api-contract openapi:check',
      {
        file: 'packages/api-contract/src/openapi/document.test.ts',
        saying: 'the document at the root is what the contract says now',
      },
    ],
    [
      'pnpm --filter @agent-harbor/api-contract openapi',
      { file: 'test/extend/extend.test.ts', saying: 'workbench.script' },
    ],
    ['curl --fail --silent http://127.0.0.1:3001/api/v1/openapi.json', isFetched],
  ],
};
