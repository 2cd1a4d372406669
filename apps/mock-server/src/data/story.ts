import type { AgentChoice, CreateTask, DraftInput } from '@agent-harbor/api-contract/schemas';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Something that happened, so many milliseconds before the mock starts. */
export interface Happening {
  readonly agoMs: number;
  /**
   * Whether it is part of what still goes on at the start: then the speed of the mock counts for it, and its times are
   * nearer to the start by the same factor.
   */
  readonly isLive: boolean;
  /** The name it is known by to later happenings. */
  readonly name: string;
  readonly what:
    | { readonly kind: 'launch'; readonly request: CreateTask }
    | { readonly kind: 'stop' | 'cancel' | 'pause'; readonly session: number }
    | { readonly kind: 'draft'; readonly draft: DraftInput };
}

const repos = {
  storefront: { mode: 'git', url: 'https://git.example.com/shop/storefront.git', branch: 'main' },
  payments: { mode: 'git', url: 'ssh://git@git.example.com/shop/payments.git', branch: 'develop' },
  gateway: { mode: 'git', url: 'https://git.example.com/platform/gateway.git', branch: 'main' },
  handbook: { mode: 'git', url: 'https://git.example.com/docs/handbook.git', branch: 'main' },
  mobile: { mode: 'git', url: 'https://git.example.com/apps/mobile.git', branch: 'release/4.2' },
} as const satisfies Record<string, CreateTask['repo']>;

const projects = {
  storefront: 'shop',
  payments: 'shop',
  gateway: 'platform',
  handbook: 'docs',
  mobile: 'apps',
} as const satisfies Record<keyof typeof repos, string>;

const agents = {
  claude: { displayName: 'Claude Code', model: 'claude-sonnet' },
  codex: { displayName: 'Codex', model: 'gpt-codex' },
  gemini: { displayName: 'Gemini CLI', model: 'gemini-pro' },
  opencode: { displayName: 'opencode', model: 'qwen-coder' },
} as const;

type Who = keyof typeof agents;

/** One or several agents that play a scenario, `slowness` times as slowly as it is written. */
const cast = (who: Who | readonly Who[], scenario: string, slowness: number, count = 1): AgentChoice[] =>
  [who].flat().map((each) => ({
    type: 'mock',
    ...agents[each],
    ...(count === 1 ? {} : { count }),
    settings: { scenario, speed: slowness },
  }));

interface Task {
  readonly repo: keyof typeof repos;
  readonly agents: AgentChoice[];
  readonly labels?: Record<string, string>;
  readonly name?: string;
}

const launch = (agoMs: number, prompt: string, task: Task, isLive = false): Happening => ({
  agoMs,
  isLive,
  name: task.name ?? prompt,
  what: {
    kind: 'launch',
    request: {
      prompt,
      repo: repos[task.repo],
      projectId: projects[task.repo],
      agents: task.agents,
      labels: task.labels ?? {},
    },
  },
});

const then = (agoMs: number, name: string, kind: 'stop' | 'cancel' | 'pause', session = 0, isLive = false) =>
  ({ agoMs, isLive, name, what: { kind, session } }) satisfies Happening;

const draft = (agoMs: number, name: string, input: DraftInput): Happening => ({
  agoMs,
  isLive: false,
  name,
  what: { kind: 'draft', draft: input },
});

const past: readonly Happening[] = [
  launch(9 * day, 'Fix the failing test of the cart total', {
    repo: 'storefront',
    agents: cast('claude', 'fix-failing-test', 40),
    labels: { team: 'checkout', ticket: 'SHOP-101' },
  }),
  launch(8 * day + 5 * hour, 'Write down how a release is made', {
    repo: 'handbook',
    agents: cast('gemini', 'quick-edit', 100),
    labels: { team: 'docs' },
  }),
  launch(8 * day, 'Translate the greeting into every language we sell in', {
    repo: 'mobile',
    agents: cast('claude', 'unicode-and-binary', 100),
    labels: { team: 'mobile', ticket: 'APP-17' },
  }),
  launch(7 * day + 3 * hour, 'Upgrade the payment provider to its new API', {
    repo: 'payments',
    agents: cast('codex', 'agent-crash', 100),
    labels: { team: 'checkout', ticket: 'PAY-9', priority: 'high' },
  }),
  launch(7 * day, 'Upgrade the payment provider to its new API, one endpoint at a time', {
    repo: 'payments',
    agents: cast(['codex', 'claude'], 'fix-failing-test', 70),
    labels: { team: 'checkout', ticket: 'PAY-9', priority: 'high' },
  }),
  launch(6 * day + 2 * hour, 'Find out why the gateway drops idle connections', {
    repo: 'gateway',
    agents: cast('opencode', 'network-loss', 60),
    labels: { team: 'platform', ticket: 'GW-44' },
  }),
  launch(6 * day, 'Rewrite the router', {
    repo: 'gateway',
    agents: cast('codex', 'long-running', 60),
    labels: { team: 'platform' },
    name: 'router',
  }),
  then(6 * day - 50 * minute, 'router', 'stop'),
  launch(5 * day + 6 * hour, 'Make the cart simpler', {
    repo: 'storefront',
    agents: [...cast('claude', 'second-opinion-bold', 100), ...cast('codex', 'second-opinion-careful', 100)],
    labels: { team: 'checkout', experiment: 'two opinions' },
  }),
  launch(5 * day + 4 * hour, 'Compare three ways to cache the catalogue', {
    repo: 'storefront',
    agents: cast(['claude', 'codex', 'gemini'], 'fix-failing-test', 90),
    labels: { team: 'catalogue', experiment: 'cache' },
    name: 'cache',
  }),
  then(5 * day, 'cache', 'cancel', 1),
  launch(4 * day + 6 * hour, 'Delete every feature flag that is always on', {
    repo: 'storefront',
    agents: cast('claude', 'long-running', 40),
    labels: { team: 'checkout' },
    name: 'flags',
  }),
  then(4 * day + 6 * hour - 9 * minute, 'flags', 'cancel'),
  launch(4 * day + 2 * hour, 'Move the refunds to the new ledger', {
    repo: 'payments',
    agents: cast('gemini', 'approval-denied', 80),
    labels: { team: 'checkout', ticket: 'PAY-22' },
  }),
  launch(4 * day, 'Fix the flaky test of the login screen', {
    repo: 'mobile',
    agents: cast('gemini', 'fix-failing-test', 60),
    labels: { team: 'mobile', flaky: 'true' },
  }),
  draft(3 * day + 3 * hour, 'migration', {
    prompt: 'Move the order history to the new database, table by table',
    repo: repos.payments,
    agents: [{ type: 'mock', ...agents.codex }],
    labels: { team: 'checkout' },
  }),
  launch(3 * day + 2 * hour, 'Rewrite the whole handbook in plain words', {
    repo: 'handbook',
    agents: cast('gemini', 'quota-exceeded', 100),
    labels: { team: 'docs' },
  }),
  launch(3 * day, 'Describe the on-call rotation', {
    repo: 'handbook',
    agents: cast('claude', 'quick-edit', 100),
    labels: { team: 'docs' },
  }),
  launch(2 * day + 7 * hour, 'Make the image pipeline accept WebP', {
    repo: 'storefront',
    agents: cast('opencode', 'unicode-and-binary', 100),
    labels: { team: 'catalogue', ticket: 'CAT-230' },
  }),
  launch(2 * day, 'Raise the coverage of the refund module', {
    repo: 'payments',
    agents: cast('claude', 'fix-failing-test', 100, 2),
    labels: { team: 'checkout', ticket: 'PAY-31' },
  }),
  draft(30 * hour, 'dark mode', {
    prompt: 'Dark mode for the account pages',
    repo: repos.storefront,
    agents: [
      { type: 'mock', ...agents.claude },
      { type: 'mock', ...agents.gemini, count: 2 },
    ],
  }),
  launch(28 * hour, 'Rename the basket module, as everybody calls it cart', {
    repo: 'storefront',
    agents: cast('opencode', 'rename-and-delete', 100),
    labels: { team: 'checkout' },
  }),
  launch(26 * hour, 'Answer 429 with Retry-After where a quota is used up', {
    repo: 'gateway',
    agents: cast('codex', 'fix-failing-test', 80),
    labels: { team: 'platform', ticket: 'GW-51' },
  }),
  launch(20 * hour, 'Run the nightly checks', {
    repo: 'mobile',
    agents: cast('gemini', 'tool-failure', 100),
    labels: { schedule: 'nightly' },
  }),
  launch(9 * hour, 'Add a price list for resellers', {
    repo: 'storefront',
    agents: cast('claude', 'evolving-plan', 90),
    labels: { team: 'catalogue', ticket: 'CAT-238' },
  }),
  launch(7 * hour, 'Build the release notes of 4.2', {
    repo: 'mobile',
    agents: cast('claude', 'quick-edit', 100),
    labels: { team: 'mobile', release: '4.2' },
  }),
  launch(3 * hour, 'Port the address form to the new design system', {
    repo: 'storefront',
    agents: cast('codex', 'host-lost', 50),
    labels: { team: 'checkout', ticket: 'SHOP-140' },
  }),
  draft(2 * hour, 'note', { prompt: 'Ask about rounding in invoices before this goes on' }),
  launch(80 * minute, 'Port the address form to the new design system, starting from the stories', {
    repo: 'storefront',
    agents: cast('claude', 'fix-failing-test', 100),
    labels: { team: 'checkout', ticket: 'SHOP-140' },
  }),
];

const now: readonly Happening[] = [
  launch(
    11 * minute,
    'Split the monolithic settings page',
    {
      repo: 'storefront',
      agents: cast('claude', 'long-running', 15),
      labels: { team: 'checkout', ticket: 'SHOP-152' },
    },
    true,
  ),
  launch(
    8 * minute,
    'Replace the deprecated crypto calls',
    {
      repo: 'payments',
      agents: cast('codex', 'long-running', 15),
      labels: { team: 'checkout', priority: 'high' },
      name: 'crypto',
    },
    true,
  ),
  then(3 * minute, 'crypto', 'pause', 0, true),
  launch(
    100 * second,
    'Run the migration of the customer addresses',
    {
      repo: 'payments',
      agents: cast('gemini', 'approval-granted', 100),
      labels: { team: 'checkout', ticket: 'PAY-40' },
    },
    true,
  ),
  launch(
    80 * second,
    'Fix the failing test of the gift voucher',
    {
      repo: 'storefront',
      agents: cast(['claude', 'gemini'], 'fix-failing-test', 25),
      labels: { team: 'catalogue', ticket: 'CAT-241' },
    },
    true,
  ),
  launch(
    15 * second,
    'Write down what the new alarm means',
    { repo: 'handbook', agents: cast('opencode', 'quick-edit', 100), labels: { team: 'platform' } },
    true,
  ),
  launch(
    4 * second,
    'Explain the retry policy in the handbook',
    { repo: 'handbook', agents: cast('gemini', 'quick-edit', 60), labels: { team: 'docs' } },
    true,
  ),
  // By now the host is full: these wait for the shorter ones to end.
  launch(
    3 * second,
    'Fix the failing test of the price filter',
    {
      repo: 'storefront',
      agents: cast('codex', 'fix-failing-test', 10),
      labels: { team: 'catalogue', ticket: 'CAT-244' },
    },
    true,
  ),
  launch(
    second,
    'Translate the new onboarding screens',
    { repo: 'mobile', agents: cast('claude', 'unicode-and-binary', 80), labels: { team: 'mobile' } },
    true,
  ),
];

/** What happened before the mock starts, in the order it happened. */
export const story = (): readonly Happening[] =>
  [...past, ...now].toSorted((one, other) => other.agoMs - one.agoMs);
