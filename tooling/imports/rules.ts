/**
 * Who may import whom. Every list is an allow-list: what is not named is forbidden.
 * Bare globals such as `fetch` and `setTimeout` are kept out of the pure zones by biome.json (`noRestrictedGlobals`).
 */
export interface Zone {
  name: string;
  /** Files, or folders ending in `/`, from the root; where several zones fit a file, the longest path decides. */
  at: readonly string[];
  /** Imports from outside the package: a specifier, or a prefix ending in `*`. */
  may: readonly string[];
  /** Imports from outside the package that vanish from the program: `import type` only. */
  mayType?: readonly string[];
  /** Other zones of the same package that relative imports may enter. */
  reaches?: readonly string[];
  /** True where time and chance come from ports only. */
  pure?: boolean;
  /** Printed with every violation. */
  why: string;
}

// What travels, as words: schemas and the problem table. The wire word is the domain word, so nothing is
// declared twice and every library may read it. The routes (the root door) are for those who speak HTTP.
const words = ['@agent-harbor/api-contract/schemas', '@agent-harbor/api-contract/problem'];
const core = ['@agent-harbor/core', '@agent-harbor/core/problem', '@agent-harbor/core/problem/bare'];
const memory = '@agent-harbor/core/memory';
const node = 'node:*';

export const zones: readonly Zone[] = [
  {
    name: 'api-contract',
    at: ['packages/api-contract/src/'],
    may: ['zod', '@ts-rest/core'],
    reaches: ['api-contract/problem'],
    pure: true,
    why: 'The contract is read by servers, clients and browsers alike, so it is data and depends on nothing that runs.',
  },
  {
    name: 'api-contract/problem',
    at: ['packages/api-contract/src/problem.ts', 'packages/api-contract/src/problem/'],
    may: [],
    mayType: ['zod', '@ts-rest/core'],
    pure: true,
    why: 'A browser that only wants to tell problems apart must not pay for a schema library.',
  },
  {
    name: 'api-contract/openapi',
    at: ['packages/api-contract/src/openapi/'],
    may: ['zod', '@ts-rest/core', '@anatine/zod-openapi', 'openapi3-ts', 'openapi3-ts/*'],
    reaches: ['api-contract', 'api-contract/problem'],
    pure: true,
    why: 'Only those who render a schema as JSON Schema load the generator; the other doors never lead here.',
  },
  {
    name: 'api-contract/diff',
    at: ['packages/api-contract/src/diff/'],
    may: ['zod'],
    pure: true,
    why: 'It compares any two OpenAPI documents, also those of others, so it knows nothing of our own contract.',
  },
  {
    name: 'core',
    at: ['packages/core/src/'],
    may: words,
    reaches: ['core/problem', 'core/approval'],
    pure: true,
    why: 'The rules run unchanged in a server, a browser and a test on fake timers, so they know no platform and no library.',
  },
  {
    name: 'core/problem',
    at: ['packages/core/src/problem.ts', 'packages/core/src/problem/'],
    may: ['@agent-harbor/api-contract/problem'],
    mayType: words,
    pure: true,
    why: 'The error class is shared with browser clients that load no schemas.',
  },
  {
    name: 'core/approval',
    at: ['packages/core/src/approval/policy.ts', 'packages/core/src/approval/pattern.ts'],
    may: [],
    mayType: words,
    pure: true,
    why: 'A recorder decides by the policy, and there is one per session: it loads no schemas.',
  },
  {
    name: 'conformance',
    at: ['packages/conformance/src/'],
    may: [...core, ...words],
    pure: true,
    why: 'Checks are data over the ports: they run under vitest and as `ah conformance <url>` alike, and know no implementation.',
  },
  {
    name: 'conformance/vitest',
    at: ['packages/conformance/src/vitest.ts', 'packages/conformance/src/vitest/'],
    may: [...core, ...words, 'vitest'],
    reaches: ['conformance'],
    why: 'The one door that turns checks into vitest tests; the command line never loads a test runner.',
  },
  {
    name: 'conformance/node',
    at: ['packages/conformance/src/node.ts', 'packages/conformance/src/node/'],
    may: [node],
    reaches: ['conformance'],
    why: 'The one door that opens sockets: the wire checks themselves only know a function that exchanges bytes.',
  },
  {
    name: 'scenario',
    at: ['packages/scenario/src/'],
    may: [
      ...core,
      ...words,
      '@agent-harbor/api-contract/json-schema',
      'diff',
      're2js',
      'tar-stream',
      'yaml',
      'zod',
    ],
    pure: true,
    why: 'A scenario plays on any Clock, in a browser as in a server.',
  },
  {
    name: 'scenario/node',
    at: ['packages/scenario/src/node.ts', 'packages/scenario/src/node/'],
    may: [...core, node],
    reaches: ['scenario'],
    why: 'The one door that reads files: what a scenario is knows no disk.',
  },
  {
    name: 'mock-llm',
    at: ['packages/mock-llm/src/'],
    may: [...core, ...words, '@agent-harbor/scenario', 'zod'],
    pure: true,
    why: 'What a model answers follows from the request and the scenario alone, so that it is the same every time.',
  },
  {
    name: 'mock-llm/node',
    at: ['packages/mock-llm/src/node.ts', 'packages/mock-llm/src/node/'],
    may: [...core, '@agent-harbor/scenario', '@agent-harbor/scenario/node', 'zod', node],
    reaches: ['mock-llm'],
    why: 'The one door that listens and writes files. It stands for the vendors and not for Agent Harbor, so it shares no edge with our own server.',
  },
  {
    name: 'mock-client',
    at: ['packages/mock-client/src/'],
    may: [...core, memory, ...words, '@agent-harbor/scenario'],
    why: 'The mock is the rules of core over a memory store and a scenario player; anything more would let it drift from the server.',
  },
  {
    name: 'rest-client',
    at: ['packages/rest-client/src/'],
    may: [
      ...core,
      '@agent-harbor/api-contract',
      ...words,
      '@ts-rest/core',
      'eventsource-parser',
      'eventsource-parser/*',
      'zod',
    ],
    why: 'The root runs in a browser: no node: module, no undici, and it knows the other side by its contract only.',
  },
  {
    name: 'rest-client/node',
    at: [
      'packages/rest-client/src/node.ts',
      'packages/rest-client/src/node/',
      'packages/rest-client/src/local-key.ts',
      'packages/rest-client/src/transport/undici.ts',
    ],
    may: [...core, '@agent-harbor/api-contract', ...words, 'undici', node],
    reaches: ['rest-client'],
    why: 'The one door for Node: connection pools, proxies and the key file live here.',
  },
  {
    name: 'rest-api',
    at: ['packages/rest-api/src/'],
    may: [...core, '@agent-harbor/api-contract', ...words, '@ts-rest/core', 'zod'],
    pure: true,
    why: 'Handlers are functions over a Harbor; Express and MSW are skins over them, and the MSW skin runs in a browser.',
  },
  {
    name: 'rest-api/express',
    at: ['packages/rest-api/src/express.ts', 'packages/rest-api/src/express/'],
    may: [
      ...core,
      '@agent-harbor/api-contract',
      '@agent-harbor/api-contract/openapi',
      ...words,
      '@ts-rest/core',
      '@ts-rest/express',
      'express',
      'swagger-ui-dist',
      'swagger-ui-dist/*',
      'zod',
      node,
    ],
    reaches: ['rest-api'],
    why: 'The one door that knows a web server; it never leads to the browser skin.',
  },
  {
    name: 'rest-api/msw',
    at: ['packages/rest-api/src/msw.ts', 'packages/rest-api/src/msw/'],
    may: [...core, '@agent-harbor/api-contract', ...words, 'msw'],
    reaches: ['rest-api'],
    why: 'The one door that knows MSW; it runs in a browser, so no node: module and no Express.',
  },
  {
    name: 'store',
    at: ['packages/store/src/'],
    may: [...core, ...words, 'better-sqlite3', 'kysely', 'zod', node],
    why: 'An adapter implements a port of core and knows no other adapter, so each can be replaced alone.',
  },
  {
    name: 'forge',
    at: ['packages/forge/src/'],
    may: [...core, 'zod'],
    why: 'An adapter implements a port of core and knows no other adapter: it speaks HTTP with a forge, and nothing of git.',
  },
  {
    name: 'executor',
    at: ['packages/executor/src/'],
    may: [
      ...core,
      ...words,
      '@agent-harbor/api-contract/json-schema',
      '@agent-harbor/core/approval',
      '@agent-harbor/scenario',
      '@agentclientprotocol/sdk',
      '@agentclientprotocol/sdk/*',
      '@lydell/node-pty',
      '@vscode/ripgrep',
      'tar-stream',
      'zod',
      node,
    ],
    why: 'An adapter implements a port of core and knows no other adapter: it may run on a host that has no store and no HTTP.',
  },
  {
    name: 'webhook',
    at: ['packages/webhook/src/'],
    may: [...core, 'undici', node],
    why: 'An adapter implements a port of core and knows no other adapter: it opens connections and signs, and decides nothing.',
  },
  {
    name: 'server',
    at: ['apps/server/src/'],
    may: [
      ...core,
      ...words,
      '@agent-harbor/api-contract/openapi',
      '@agent-harbor/executor',
      '@agent-harbor/executor/*',
      '@agent-harbor/forge',
      '@agent-harbor/rest-api',
      '@agent-harbor/rest-api/express',
      '@agent-harbor/scenario',
      '@agent-harbor/store',
      '@agent-harbor/webhook',
      '@opentelemetry/*',
      'gpt-tokenizer/encoding/o200k_base',
      'pino',
      'prom-client',
      'ulid',
      'zod',
      node,
    ],
    why: 'The access point composes the store, the executor and the HTTP edge; it holds no rule and calls no client.',
  },
  {
    name: 'mock-server',
    at: ['apps/mock-server/src/'],
    may: [
      ...core,
      memory,
      ...words,
      '@agent-harbor/api-contract',
      '@agent-harbor/api-contract/openapi',
      '@agent-harbor/mock-client',
      '@agent-harbor/rest-api',
      '@agent-harbor/rest-api/express',
      '@agent-harbor/scenario',
      '@agent-harbor/scenario/node',
      '@agent-harbor/webhook',
      '@ts-rest/core',
      'zod',
      node,
    ],
    why: "The mock server is the server's handlers over the mock client's Harbor: with a store or an executor of its own it would be a second product.",
  },
  {
    name: 'cli',
    at: ['apps/cli/src/'],
    may: [
      ...core,
      ...words,
      '@agent-harbor/api-contract/diff',
      '@agent-harbor/conformance',
      '@agent-harbor/conformance/node',
      '@agent-harbor/executor/fork-server',
      '@agent-harbor/executor/mock-agent',
      '@agent-harbor/executor/recorder',
      '@agent-harbor/mock-llm/node',
      '@agent-harbor/mock-server/start',
      '@agent-harbor/rest-client',
      '@agent-harbor/rest-client/local-key',
      '@agent-harbor/rest-client/node',
      '@agent-harbor/rest-client/validation',
      '@agent-harbor/scenario',
      '@agent-harbor/scenario/node',
      '@agent-harbor/server/start',
      '@agent-harbor/webhook',
      'commander',
      'execa',
      'yaml',
      'zod',
      node,
    ],
    why: 'The command line talks to a server through the SDK and starts programs through their door; it reaches past neither.',
  },
  {
    name: 'bench',
    at: ['bench/src/'],
    may: [...core, ...words, '@agent-harbor/store', 'better-sqlite3', 'express', 'zod', node],
    why: 'What is measured runs as a process of its own, as it is shipped: the bench only fills databases through the store, and starts its raw and naive servers beside it.',
  },
];

/** The rules that hold in every zone. */
export const everywhere = {
  'apps-are-not-imported':
    'Apps are processes that compose libraries. Only the command line starts another app, through its `start` door.',
  'packages-are-walls':
    'A relative import that leaves the package goes around its doors and its declared dependencies.',
  'tests-stay-tests': 'Shipped code that imports a test or a testing/ folder ships it too.',
  'imports-are-literal': 'A specifier that is computed cannot be checked, bundled or understood by a reader.',
  'time-and-chance': 'Time and chance come from the Clock and Ids ports, else fake timers and replays lie.',
  'every-file-has-a-zone': 'A new package says here whom it may import before it imports anybody.',
} as const;

/** Expressions that read time or chance behind the back of the ports. */
export const timeAndChance: readonly string[] = [
  'Date.now',
  'Date()',
  'new Date()',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'AbortSignal.timeout',
];

export const apps: readonly string[] = ['cli', 'mock-server', 'server', 'webui'];

/** Tests may import what their package declares, whatever the zone; still no app and no way around a door. */
export const isTest = (path: string): boolean => /\.(test|test-d|bench)\.ts$|\/testing\//.test(path);
