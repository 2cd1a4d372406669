import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { contractTrials } from './contract-proofs.ts';
import { blocksOf } from './guide.ts';
import { modelTrials } from './model-proofs.ts';
import type { Shell } from './shell.ts';
import { webhookTrials } from './webhook-proofs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

/** Types the block, or one like it, and looks at what comes. */
type Trial = (shell: Shell, block: string) => Promise<void>;

/** How a block is tried: here, or by another file, which says so. */
export type Proof = Trial | { readonly file: string; readonly saying: string };

/** Where the server is that was started last: a page names the usual port, a test takes a free one. */
let address = '';

const serves: Trial = async (shell, block) => {
  await shell.interrupt();
  address = await shell.serve(block);
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
};

const says =
  (...phrases: string[]): Trial =>
  async (shell, block) => {
    const { code, output } = await shell.type(block);
    expect(code, output).toBe(0);
    for (const phrase of phrases) expect(output).toContain(phrase);
  };

/** A block that the server refuses: it ends with this exit code and says why, and the way out. */
const refuses =
  (exitCode: number, ...phrases: string[]): Trial =>
  async (shell, block) => {
    const { code, output } = await shell.type(block);
    expect(code, output).toBe(exitCode);
    for (const phrase of phrases) expect(output).toContain(phrase);
  };

/** The same for a block that calls the server by its address. */
const asks =
  (...phrases: string[]): Trial =>
  (shell, block) =>
    says(...phrases)(shell, block.replaceAll('http://127.0.0.1:3001', address));

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
  // Nothing else is there that would take its place.
  await says('"items":[]')(shell, 'ah session list --json');
  await says('greeting.txt', 'completed')(
    shell,
    'ah task --agent mock --prompt "Greet the world" --repo none -f',
  );
};

/** Every line about a file with the scenario of the page: its schema, its check, its play, a server, and the way back. */
const writesScenarios: Trial = async (shell, block) => {
  const blocks = blocksOf(read('docs/guides/scenarios.md'));
  await shell.put('greet.yaml', blocks.find(({ info }) => info.startsWith('yaml'))?.text ?? '');
  const [schema = '', check = '', play = '', serve = '', record = ''] = block.split('\n');
  await says()(shell, schema);
  await says('greet')(shell, check);
  await says('greeting.txt')(shell, play);
  await serves(shell, serve);
  await says('completed')(shell, 'ah task --agent mock --prompt "Write a greeting" --repo none -f');
  await says()(shell, record);
  await says('timeline:', 'greeting.txt')(shell, 'cat mine.yaml');
  await says('timeline:')(shell, 'ah scenario check mine.yaml && cat mine.yaml');
};

const isFetched: Trial = async (shell, block) => {
  const url = await shell.serve('ah mock-server');
  const [, path] = /http:\/\/127\.0\.0\.1:3001(\S+)/.exec(block) ?? [];
  expect((await fetch(url + path)).status).toBe(200);
};

/** A unit of systemd: what it starts serves, and what its agents do survives its stop. */
/** A client in the least of words: it asks three things, each when the one before is answered, and shows what it hears. */
const client = `import { createInterface } from 'node:readline';
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let id = 0;
const ask = async (method, params) => {
  id += 1;
  console.log(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  for (;;) {
    const { value } = await lines.next();
    console.error(value);
    const heard = JSON.parse(value);
    if (heard.id === id) return heard.result;
  }
};
await ask('initialize', { protocolVersion: 1, clientCapabilities: {} });
const { sessionId } = await ask('session/new', { cwd: process.argv[2], mcpServers: [] });
await ask('session/prompt', { sessionId, prompt: [{ type: 'text', text: 'Do it' }] });
process.exit();
`;

/** Starts an agent as its client would, and asks it for something. */
const greets: Trial = async (shell, block) => {
  const shop = shell.place('shop');
  await shell.put('client.mjs', client);
  const typed = `export XDG_STATE_HOME=${shell.place('kept')}; mkdir ${shop}; mkfifo pipe; ${block} <pipe | node client.mjs ${shop} >pipe`;
  await says('"agentInfo"', 'A file will do.', 'I write it.', '"stopReason":"end_turn"')(shell, typed);
  await says('Hello.')(shell, `cat ${shop}/greeting.txt`);
};

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

/** A run of the checks against the server that serves, wherever that is, which ends with this exit code. */
const checks =
  (exitCode: number, ...phrases: string[]): Trial =>
  async (shell, block) => {
    const url = shell.address();
    const { code, output } = await shell.type(block.replaceAll('http://127.0.0.1:3001', url));
    expect(code, output).toBe(exitCode);
    for (const phrase of phrases) expect(output).toContain(phrase);
  };

/** One figure in a small way: half an hour is too long for a test. */
const measures: Trial = async (shell, block) => {
  const { code, output } = await shell.type(`cd ${root} && ${block} -- --figure 8 --rounds 1 --quick`);
  expect(code, output).toBe(0);
  expect(output).toContain('| 8 GET a session | processor time per request, to raw |');
};

const contract = contractTrials(read);
const models = modelTrials(read);
const webhooks = webhookTrials(read);

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
  'bench/README.md': [['npm run bench', measures]],
  'docs/guides/scenarios.md': [
    [
      `ah scenario schema > scenario.schema.json   # for editors
ah scenario check greet.yaml                # what is wrong, with line and column
ah scenario play greet.yaml --speed 0.1     # what happens, ten times as fast
ah mock-server --scenario greet.yaml        # served
ah scenario record latest > mine.yaml       # a real session, as a scenario`,
      writesScenarios,
    ],
    ['ah agent mock --scenario greet.yaml --speed 0', greets],
  ],
  'docs/guides/run-the-mock.md': [
    [
      'npx @agent-harbor/mock-server --port 0',
      { file: 'test/e2e/npx-mock-server.test.ts', saying: 'npx @agent-harbor/mock-server' },
    ],
    ['ah mock-server --speed 0.1', serves],
    [
      'ah task --agent mock --setting scenario=quick-edit --prompt "Say hello" --repo /path/to/repository --follow',
      says('notes/hello.md', 'completed'),
    ],
    ['ah session diff latest', says('notes/hello.md')],
    ['ah mock-server --cors http://localhost:5173 --no-auth', serves],
    ['ah mock-server --data empty --freeze-at 2026-01-02T03:04:05Z --no-auth', serves],
    [
      `ah task --agent mock --setting scenario=fix-failing-test --prompt "Fix it" --repo none
curl --silent --json '{"advanceMs": 60000}' http://127.0.0.1:3001/mock/clock
ah session get latest`,
      asks('queued', '2026-01-02T03:05:05.000Z', 'completed'),
    ],
    [`curl --silent --json '{}' http://127.0.0.1:3001/mock/reset`, asks('"seed":"mock"')],
    [
      `curl --silent --json '{"route": "sessions.list", "kind": "status", "status": 503, "retryAfterSeconds": 1, "count": 2}' \\
  http://127.0.0.1:3001/mock/faults
ah session list`,
      asks('"kind":"status"'),
    ],
    [
      `ID=$(ah task --agent mock --setting scenario=long-running --prompt Wait --repo none --json |
  node -p 'JSON.parse(require("fs").readFileSync(0)).id')
curl --silent --json '{"type": "log", "level": "warn", "message": "Out of coffee"}' \\
  "http://127.0.0.1:3001/mock/sessions/$ID/events"
ah session logs "$ID"`,
      asks('"accepted":true', 'Out of coffee'),
    ],
    ['ah mock-server --scenario greeting.yaml', playsItsScenario],
    [
      `curl --silent --header 'content-type: application/yaml' --data-binary @greeting.yaml \\
  --header "authorization: ApiKey $(cat "$AH_HOME/api-key")" http://127.0.0.1:3001/mock/scenarios`,
      asks('"name":"greeting"', '"posted"'),
    ],
  ],
  'docs/guides/mock-the-models.md': [
    ['ah mock-llm --scenario cart.yaml --strict --speed 0', models.plays],
    [`ah mock-llm --fault '{"kind": "overload", "count": 2}'`, models.fails],
    ['npm run e2e:agents', { file: bootstrap, saying: "task === 'e2e:agents'" }],
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
      'ah task --agent command --setting terminal=true --repo none --prompt "Look around" -- sh',
      async (shell, block) => {
        await says('queued')(shell, block);
        await says()(shell, 'ah session stop latest');
        await says('stopped')(shell, follow);
      },
    ],
    [
      'ah session attach latest',
      {
        file: 'apps/cli/src/commands/session/attach.test.ts',
        saying: "describe.skipIf(process.platform === 'win32')('sitting at a terminal'",
      },
    ],
    ['ah status', says('ready', 'sessions', 'event loop', 'database', 'last backup')],
    [
      'curl --silent --header "X-API-Key: $(cat /var/lib/agent-harbor/api-key)" http://127.0.0.1:3001/metrics',
      asks('agent_harbor_sessions{status="running"}', 'process_cpu_seconds_total'),
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
  'docs/guides/keep-and-back-up.md': [
    ['ah agent access-point --retention-events-age 30d --retention-total-bytes 8GiB', serves],
    [
      'ah backup backups/monday',
      async (shell, block) => {
        await says('completed')(
          shell,
          `ah task --agent command --setting 'command=["true"]' --repo none --prompt x -f`,
        );
        await says('Backed up to')(shell, block);
      },
    ],
    ['ah backup backups/monday --verify', says('The backup is whole')],
    ['ah backup "backups/$(date +%F)" --json', says('"verified":true')],
    [
      `ah restore backups/monday --state-dir /var/lib/agent-harbor-restored
ah agent access-point --state-dir /var/lib/agent-harbor-restored`,
      async (shell, block) => {
        await serves(shell, block);
        await says('completed')(shell, 'ah session get latest');
      },
    ],
    [
      'ah restore backups/monday --replace',
      async (shell, block) => {
        await shell.interrupt();
        await says('Restored', 'replaced-')(shell, block);
      },
    ],
  ],
  'docs/guides/break-the-server.md': [
    ['npm run faults', { file: bootstrap, saying: "'scripts/faults.mjs'" }],
    [
      'SEED=4711 npm run faults -- sigkill power-cut',
      { file: 'scripts/faults.mjs', saying: 'process.env.SEED' },
    ],
    [
      'AH_FAULTS_SKIP=never npm run faults',
      { file: '.github/workflows/faults.yml', saying: 'AH_FAULTS_SKIP: never' },
    ],
  ],
  'docs/guides/check-a-server.md': [
    ['ah mock-server --data empty', serves],
    ['ah conformance http://127.0.0.1:3001', checks(0, '\nstreams\n', ' hold, 0 fail')],
    ['ah conformance --list', says('streams', 'a stream gives every event once (')],
    [
      'ah conformance http://127.0.0.1:3001 --only streams --only "lists: *cursor" --skip HEAD',
      checks(0, 'pages and cursors walk the same list'),
    ],
    [
      `ah conformance http://127.0.0.1:3001 --only "an agent that fails" \\
  --agent 'fails={"type":"command","settings":{"command":["sh","-c","echo no; exit 3"]}}'`,
      async (shell, block) => {
        await serves(shell, 'ah agent access-point');
        await checks(0, '✓ an agent that fails is told as it ended')(shell, block);
      },
    ],
    [
      'ah conformance http://127.0.0.1:3001 --junit conformance.xml --json > conformance.json',
      async (shell, block) => {
        await serves(shell, 'ah mock-server --data empty');
        await checks(0)(shell, block);
        for (const file of ['conformance.xml', 'conformance.json'])
          expect(read(shell.place(file))).toContain('a stream gives every event once');
      },
    ],
  ],
  'docs/guides/look-into-a-session.md': [
    ['ah mock-server --no-auth --data empty', serves],
    [
      'ah task --agent mock --setting scenario=fix-failing-test --repo https://example.test/shop.git --prompt "Mend the cart"',
      async (shell, block) => {
        await says()(shell, block);
        await says()(shell, follow);
      },
    ],
    [
      `ah session browse latest
ah session browse latest src --recursive --modified`,
      says('CHANGED', 'src/cart.js'),
    ],
    [
      `ah session find latest crtjs
ah session search latest 'const \\w+' --type js`,
      says('src/cart.js', 'shown'),
    ],
    ['ah session preview latest src/cart.js --lines 5', says('javascript, utf-8')],
    [
      `ah session download latest --output work.tar.gz
tar -tzf work.tar.gz`,
      says('Unpack it', '/src/cart.js'),
    ],
    [
      `ah session open latest vscode
ah session open latest zed --ssh-host me@build-1`,
      says('vscode://file/', 'zed://ssh/me@build-1/'),
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
    ['ah contract diff --base origin/main openapi.json', contract.nothingChanged(true)],
    [
      'ah contract diff git:HEAD~1:openapi.json openapi.json --format markdown',
      contract.nothingChanged(false),
    ],
    [
      `sed -e 's/\\[item\\]/[item, note]/' -e 's/\\[open, paid\\]/[open, paid, lost]/' shop-1.yaml > shop-2.yaml
ah contract diff shop-1.yaml shop-2.yaml`,
      contract.comparesTheShops,
    ],
    ['curl --fail --silent --output known.json http://127.0.0.1:3001/api/v1/openapi.json', isFetched],
    ['ah contract diff known.json http://127.0.0.1:3001', contract.asksTheServer],
    [
      'ah contract diff --base origin/main openapi.json --changesets .changeset --package @agent-harbor/api-contract',
      contract.nothingChanged(false),
    ],
    ['ah contract rules enum-value-added', contract.tellsTheRule],
  ],
  'docs/guides/repositories-and-drafts.md': [
    ['ah mock-server --no-auth --data empty', serves],
    [
      `ah repo add https://github.com/acme/shop.git --project storefront
ah repo list --search shop`,
      says('acme/shop', 'github', 'main'),
    ],
    [
      `ah repo branches shop --search MAIN
ah repo refs https://github.com/acme/shop.git --kind tag`,
      says('yes', 'v1.0.0', '--refresh asks it now'),
    ],
    ['ah repo files shop src --ref main', says('src/cart.js')],
    ['ah repo remove shop', says('Forgot acme/shop')],
    [
      `ah task --agent mock --setting scenario=quick-edit --repo none --prompt "Say hello" --follow
ah remote workspaces
ah remote workspace show latest`,
      says('completed', 'WORKSPACE', 'ws-', 'measured'),
    ],
    [
      `ah draft create --prompt "Speed up the build"
ah draft edit latest --repo none --agent mock
ah draft show latest
ah draft launch latest`,
      says('saved', 'Speed up the build', 'queued'),
    ],
  ],
  'docs/guides/talk-to-a-session.md': [
    ['ah mock-server --no-auth --data empty', serves],
    [
      'ah task --agent mock --setting scenario=long-running --repo none --prompt "Tidy up" --json',
      async (shell, block) => {
        await says('session_ids')(shell, block);
        const running = `grep -q '"status":"running"'`;
        await says()(shell, `until ah session get latest --json | ${running}; do sleep 0.1; done`);
      },
    ],
    ['ah session chat latest "Mind the tests, too"', says('Mind the tests')],
    [
      `echo "Two spaces, no tabs." > style.md
ah session chat latest "This is our style" --attach style.md`,
      says('+ style.md'),
    ],
    ['ah session chat latest', says('Tidy up', 'Mind the tests', 'This is our style')],
    [
      `ah session chat latest "Tidy up, but not the docs" --edit msg-0
ah session chat latest --retry msg-0`,
      says('not the docs', 'The agent remembers'),
    ],
    [
      `ah session threads latest "Which tests are slow?" --begin "Slow tests"
ah session threads latest`,
      says('is begun', 'Slow tests'),
    ],
    [
      `ah session context latest --disable-tool editFile
ah session models latest`,
      says('estimated', 'editFile', 'The agent named no model.'),
    ],
    ['ah session summarize latest', says('Asked: Tidy up', 'The session is running')],
  ],
  'docs/guides/webhooks.md': [
    ['(umask 077; echo "whsec_$(head -c 32 /dev/urandom | base64)" > webhook.secret)', says()],
    ['node receiver.mjs', webhooks.receives],
    ['ah agent access-point --webhook-network 127.0.0.1', webhooks.serves],
    [
      `ah webhook create http://127.0.0.1:8080/ --event completed --event failed --secret-file webhook.secret
ah webhook test latest`,
      webhooks.tells('whsec_', 'taken with status 204'),
    ],
    [
      `ah task --agent mock --setting scenario=quick-edit --repo none --prompt "Write it" --follow
cat heard.txt`,
      webhooks.hears,
    ],
    [
      `ah task --agent mock --setting scenario=quick-edit --repo none --prompt "Write it" \\
  --webhook http://127.0.0.1:8080/ --webhook-event completed --webhook-secret-file webhook.secret
ah webhook list`,
      webhooks.tells('whsec_', 'every session', 'completed,failed'),
    ],
    [
      `ah webhook show latest
ah webhook deliveries latest
ah webhook dead-letters latest`,
      says('enabled', 'No dead letters'),
    ],
    [
      `ah webhook replay latest --dead-letters
ah webhook replay latest --since 2026-01-02T03:00:00Z`,
      says('0 messages are sent once more.', 'told of once more.'),
    ],
    [
      `ah webhook update latest --disable
ah webhook update latest --enable`,
      says('disabled', 'enabled'),
    ],
    ['ah webhook rotate latest --keep 3600', says('whsec_')],
    ['ah webhook verify body.json --headers headers.json --secret-file webhook.secret', webhooks.verifies],
  ],
  'docs/guides/run-agents-of-vendors.md': [
    [
      'ah start --repo /path/to/repository --agent claude-code --agent-credentials claude-code --prompt "Fix the failing test"',
      { file: 'apps/cli/src/commands/start.test.ts', saying: "'--agent-credentials', 'codex'" },
    ],
    [
      'ah agent start --agent codex --approve allow --prompt "Fix the failing test"',
      { file: 'apps/cli/src/commands/start.test.ts', saying: 'has the keys of who runs it' },
    ],
  ],
  'docs/guides/bring-your-own-agent.md': [
    ['ah agent access-point', serves],
    [
      'ah task --agent acp --repo /path/to/repository --prompt "Greet me" -- node "$PWD/greeter.mjs"',
      async (shell, block) => {
        const blocks = blocksOf(read('docs/guides/bring-your-own-agent.md'));
        const agent = blocks.find(({ info }) => info.startsWith('js'))?.text ?? '';
        await shell.put('greeter.mjs', agent);
        await says('queued')(shell, block);
        await says()(shell, 'until ah session approvals | grep -q greeting; do sleep 0.1; done');
      },
    ],
    ['ah session approvals\nah session approve latest', says('Write the greeting')],
    [
      'ah session events latest --follow',
      says('You said: Greet me', 'Write the greeting', 'greeting.txt', 'delivered', 'completed'),
    ],
    [
      'ah task --agent acp --setting permissionMode=look --repo none --prompt "Look around" --follow -- node "$PWD/greeter.mjs"',
      async (shell, block) => {
        const { code, output } = await shell.type(block);
        expect(code, output).toBe(0);
        expect(output).toContain('You said: Look around');
        expect(output).not.toContain('Write the greeting');
      },
    ],
    [
      `ah task --agent command --repo /path/to/repository --prompt "Greet me" --follow -- sh -c 'echo "$1" > greeting.txt' sh '{prompt}'`,
      says('greeting.txt', 'delivered', 'completed'),
    ],
    [
      `GREETER_KEY=my-own-key ah agent access-point --approve allow --agent-lends '{"acp": {"variables": ["GREETER_KEY"], "files": [".greeter/sign-in.json"]}}'`,
      async (shell, block) => {
        await serves(shell, block);
        const launch = `ah task --agent acp --repo none --prompt "Greet me" --follow -- node ${shell.place('greeter.mjs')}`;
        await says('completed')(shell, launch);
        await says('"key":"[GREETER_KEY]"')(shell, 'ah session events latest --json');
      },
    ],
  ],
  'docs/guides/compare-agents.md': [
    ['ah mock-server --no-auth --data empty', serves],
    [
      `ah task --agent mock --instances 2 --setting scenario=fix-failing-test --check "npm test" \\
  --repo https://example.test/shop.git --prompt "Make the tests pass" --follow`,
      says('npm test passed', 'completed'),
    ],
    ['ah session logs latest --tool-execution check-1', says('played and not run')],
    ['ah task compare latest', says('npm test: passed', 'wins', 'Take it home with: ah session deliver')],
    ['ah task compare latest --json', says('"winner":"')],
  ],
  'docs/guides/take-the-work-home.md': [
    ['ah agent access-point', serves],
    [
      'ah task --agent mock --setting scenario=quick-edit --repo /path/to/repository --prompt "Mend the cart" --follow',
      says('completed', 'ah/mend-the-cart-'),
    ],
    ['ah session deliver latest', says('delivered to branch ah/mend-the-cart-')],
    [
      `ah session deliver latest --branch fix/cart --message "Mend the cart for good"
git -C /path/to/repository log -1 --stat fix/cart`,
      says(
        'delivered to branch fix/cart',
        'Mend the cart for good',
        'Agent-Harbor-Session: ',
        'notes/hello.md',
      ),
    ],
    [
      `ah session deliver latest --mode patch --output work.patch
git -C /path/to/repository apply --check "$PWD/work.patch"`,
      async (shell, block) => {
        await says('work.patch')(shell, block);
        await says('notes/hello.md')(shell, 'cat work.patch');
      },
    ],
    [
      'ah session deliver latest --mode branch --branch main',
      async (shell, block) => {
        await refuses(1, 'is the default branch', '--branch <name>', '--mode pr')(shell, block);
        await says('Begin')(shell, 'git -C /path/to/repository log -1 main');
      },
    ],
    ['ah mock-server --no-auth --data empty', serves],
    [
      'ah task --agent mock --repo https://example.test/acme/shop.git --prompt "Mend the cart" --delivery pr --follow',
      says('completed', 'https://example.test/acme/shop/pull/1'),
    ],
    [
      'ah session deliver latest --mode pr --target-branch main --title "Mend the cart"',
      says('delivered to branch ah/mend-the-cart-', 'into main', 'https://example.test/acme/shop/pull/1'),
    ],
    [
      'ah session deliver latest --mode branch --branch moved',
      refuses(1, 'has commits that this work does not have', '--branch <name>'),
    ],
  ],
  'docs/guides/use-the-sdk.md': [
    [
      'npx pnpm@12.21.0 exec vitest run examples/follow-a-session',
      { file: 'vitest.config.ts', saying: "inside('examples')" },
    ],
  ],
  'docs/guides/build-a-ui-on-the-mock.md': [
    ['ah mock-server --cors http://127.0.0.1:5173 --no-auth', serves],
    [
      'npx pnpm@12.21.0 --filter @agent-harbor/example-web-page-on-the-mock start',
      { file: 'examples/web-page-on-the-mock/package.json', saying: '"start": "node src/serve.ts"' },
    ],
    [`curl --silent --json '{"mode": "frozen"}' http://127.0.0.1:3001/mock/clock`, asks('"mode":"frozen"')],
    [`curl --silent --json '{"advanceMs": 30000}' http://127.0.0.1:3001/mock/clock`, asks('"mode":"frozen"')],
    [
      `curl --silent --json '{"route": "sessions.list", "kind": "latency", "ms": 3000}' http://127.0.0.1:3001/mock/faults
curl --silent --json '{"route": "*", "kind": "status", "status": 503, "probability": 0.2}' http://127.0.0.1:3001/mock/faults
curl --silent --request DELETE http://127.0.0.1:3001/mock/faults`,
      asks('"kind":"latency"', '"probability":0.2'),
    ],
    [
      'npx pnpm@12.21.0 exec vitest run examples/web-page-on-the-mock',
      { file: 'vitest.config.ts', saying: "inside('examples')" },
    ],
  ],
  'docs/guides/test-with-fake-timers.md': [
    [
      'npx pnpm@12.21.0 exec vitest run examples/test-a-tui-view-model examples/test-a-web-view-model',
      { file: 'vitest.config.ts', saying: "inside('examples')" },
    ],
  ],
};
