import type { Kind } from './kind.ts';

/** One setting: its flag, its environment variable and what it means. Its name is its member in a configuration file. */
export interface Setting {
  readonly flag: string;
  readonly env: string;
  readonly kind: Kind;
  readonly about: string;
  /** What the server's own configuration calls it, where that is another name. */
  readonly member?: string;
}

/** What any command may need to know; at the top of a configuration file. */
export const clientSettings = {
  restBase: {
    flag: '--rest-base <url>',
    env: 'AH_REST_BASE',
    kind: 'url',
    about: 'where the server is (the one on this machine, else http://127.0.0.1:3001)',
  },
  apiKey: {
    flag: '--api-key <key>',
    env: 'AH_API_KEY',
    kind: 'text',
    about: 'the key to call it with (found by itself on the same machine)',
  },
  stateDir: {
    flag: '--state-dir <dir>',
    env: 'AH_HOME',
    kind: 'path',
    about: 'where the server of this machine keeps its state',
  },
} as const satisfies Record<string, Setting>;

/** How a server is run; in a file below `server`. What each may be is checked by the server. */
export const serverSettings = {
  host: { flag: '--host <address>', env: 'AH_HOST', kind: 'text', about: 'where to listen (127.0.0.1)' },
  port: {
    flag: '--port <number>',
    env: 'AH_PORT',
    kind: 'number',
    about: 'the port; 0 takes a free one (3001)',
  },
  maxConcurrentTasks: {
    flag: '--max-concurrent-tasks <number>',
    env: 'AH_MAX_CONCURRENT_TASKS',
    kind: 'number',
    about: 'how many sessions run at once (4)',
  },
  stopSessions: {
    flag: '--stop-sessions',
    env: 'AH_STOP_SESSIONS',
    kind: 'switch',
    about: 'a stop of the server stops its sessions too; they go on by default',
  },
  stopGrace: {
    flag: '--stop-grace <seconds>',
    env: 'AH_STOP_GRACE',
    kind: 'seconds',
    about: 'how long an agent may take to stop before it is killed (10)',
    member: 'stopGraceMs',
  },
  dropDamagedCommits: {
    flag: '--drop-damaged-commits',
    env: 'AH_DROP_DAMAGED_COMMITS',
    kind: 'switch',
    about: 'start without what a damaged write-ahead log has lost, where it is refused otherwise',
  },
  recorderPool: {
    flag: '--recorder-pool <number>',
    env: 'AH_RECORDER_POOL',
    kind: 'number',
    about: 'how many recorders wait for sessions, which then begin sooner; some 50 MiB each (1)',
  },
  workspacePool: {
    flag: '--workspace-pool <number>',
    env: 'AH_WORKSPACE_POOL',
    kind: 'number',
    about: 'how many workspaces are checked out in advance for each repository used lately (0)',
  },
  agentCredentials: {
    flag: '--agent-credentials <type>',
    env: 'AH_AGENT_CREDENTIALS',
    kind: 'list',
    about: 'an agent type that gets the keys and the sign-in of who runs the server; may be repeated (none)',
  },
  agentLends: {
    flag: '--agent-lends <names>',
    env: 'AH_AGENT_LENDS',
    kind: 'object',
    about:
      'variables, and files of the home, that agents of a type get: {"acp": {"variables": ["MY_KEY"], "files": [".my/auth"]}}',
  },
  agentPrograms: {
    flag: '--agent-programs <programs>',
    env: 'AH_AGENT_PROGRAMS',
    kind: 'object',
    about: 'programs of agent types, as JSON: {"codex": ["/opt/codex-acp"]}; others are found on the PATH',
  },
  approve: {
    flag: '--approve <decision>',
    env: 'AH_APPROVE',
    kind: 'text',
    about: 'what becomes of permission requests of agents no rule speaks of: ask, allow or deny (ask)',
  },
  approvals: {
    flag: '--approvals <policy>',
    env: 'AH_APPROVALS',
    kind: 'object',
    about: 'the policy for permission requests, as JSON: default, rules, expiresAfterSeconds, onExpiry',
  },
  deliveryAuthor: {
    flag: '--delivery-author <name-and-mail>',
    env: 'AH_DELIVERY_AUTHOR',
    kind: 'text',
    about: 'who makes the delivered commits, as "Robot <robot@example.org>" (Agent Harbor)',
  },
  protectedBranches: {
    flag: '--protect-branch <glob>',
    env: 'AH_PROTECTED_BRANCHES',
    kind: 'list',
    about: 'branches nothing is delivered onto, beside the default one (main, master, trunk, default)',
  },
  forges: {
    flag: '--forges <hosts>',
    env: 'AH_FORGES',
    kind: 'object',
    about:
      'forges of your own as JSON: host → kind (github, gitlab), apiUrl, tokenVariable or tokenFile; never the token itself',
  },
  noAuth: {
    flag: '--no-auth',
    env: 'AH_NO_AUTH',
    kind: 'switch',
    about: 'accept everyone who can reach the port; only on loopback',
  },
  rateLimit: {
    flag: '--rate-limit <requests/seconds>',
    env: 'AH_RATE_LIMIT',
    kind: 'rate',
    about: 'how many requests a caller may send in how many seconds (6000/60)',
  },
  publicHosts: {
    flag: '--public-host <name>',
    env: 'AH_PUBLIC_HOSTS',
    kind: 'list',
    about: 'a host name to answer to, beside the loopback names; may be repeated',
  },
  allowedOrigins: {
    flag: '--allow-origin <origin>',
    env: 'AH_ALLOWED_ORIGINS',
    kind: 'list',
    about: 'the origin of web pages that may call; may be repeated',
  },
  trustedProxies: {
    flag: '--trusted-proxy <address>',
    env: 'AH_TRUSTED_PROXIES',
    kind: 'list',
    about: 'a proxy whose X-Forwarded-For is believed; may be repeated',
  },
  webhookNetworks: {
    flag: '--webhook-network <network>',
    env: 'AH_WEBHOOK_NETWORKS',
    kind: 'list',
    about: 'a network that webhooks may call although it is not public, as 10.1.0.0/16; may be repeated',
  },
  webhookRetry: {
    flag: '--webhook-retry <seconds>',
    env: 'AH_WEBHOOK_RETRY',
    kind: 'seconds',
    about: 'how long a webhook message that was not taken waits at first; later waits grow (5)',
    member: 'webhookRetryMs',
  },
  webhookAttempts: {
    flag: '--webhook-attempts <number>',
    env: 'AH_WEBHOOK_ATTEMPTS',
    kind: 'number',
    about: 'how often a webhook message is tried before it is a dead letter (12)',
  },
  'retention.events.age': {
    flag: '--retention-events-age <age>',
    env: 'AH_RETENTION_EVENTS_AGE',
    kind: 'age',
    about: 'drop events older than this; off keeps them (90d)',
  },
  'retention.events.count': {
    flag: '--retention-events-count <number>',
    env: 'AH_RETENTION_EVENTS_COUNT',
    kind: 'count',
    about: 'keep so many events of each session (1000000)',
  },
  'retention.events.bytes': {
    flag: '--retention-events-bytes <size>',
    env: 'AH_RETENTION_EVENTS_BYTES',
    kind: 'size',
    about: 'keep so many bytes of events of each session (1GiB)',
  },
  'retention.total.bytes': {
    flag: '--retention-total-bytes <size>',
    env: 'AH_RETENTION_TOTAL_BYTES',
    kind: 'size',
    about: 'keep so many bytes of events of all sessions together (32GiB)',
  },
  'retention.workspaces.age': {
    flag: '--retention-workspaces-age <age>',
    env: 'AH_RETENTION_WORKSPACES_AGE',
    kind: 'age',
    about: 'drop the files of a session so long after its end; commits stay (14d)',
  },
  'retention.journals.age': {
    flag: '--retention-journals-age <age>',
    env: 'AH_RETENTION_JOURNALS_AGE',
    kind: 'age',
    about: 'drop the journal of a session so long after its end, or once a backup has it (7d)',
  },
  metricsAddress: {
    flag: '--metrics-address <address:port>',
    env: 'AH_METRICS_ADDRESS',
    kind: 'text',
    about:
      'serve the metrics without a key at an address of their own, as 127.0.0.1:9464 (only with a key, at /metrics)',
  },
  metricsOpen: {
    flag: '--metrics-open',
    env: 'AH_METRICS_OPEN',
    kind: 'switch',
    about: 'let everyone who can reach that address read them; needed beyond loopback',
  },
  otlpEndpoint: {
    flag: '--otlp-endpoint <url>',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    // Set for other programs as well: what it says may not be for us, and only the server minds.
    kind: 'text',
    about: 'the OpenTelemetry collector that traces are sent to, over HTTP (nothing is traced)',
  },
  logLevel: {
    flag: '--log-level <level>',
    env: 'AH_LOG_LEVEL',
    kind: 'text',
    about: 'what is logged on standard error: silent, error, warn, info or debug (warn)',
  },
} as const satisfies Record<string, Setting>;

/** How the mock server is run; in a file below `mockServer`. Apart from the server, since one shell may set up both. */
export const mockServerSettings = {
  host: {
    flag: '--host <address>',
    env: 'AH_MOCK_HOST',
    kind: 'text',
    about: 'where to listen, on loopback (127.0.0.1)',
  },
  port: {
    flag: '--port <number>',
    env: 'AH_MOCK_PORT',
    kind: 'number',
    about: 'the port; 0 takes a free one (3001)',
  },
  seed: {
    flag: '--seed <text>',
    env: 'AH_MOCK_SEED',
    kind: 'text',
    about: 'the same seed and the same requests give the same ids (mock)',
  },
  data: {
    flag: '--data <demo|empty>',
    env: 'AH_MOCK_DATA',
    kind: 'text',
    about:
      'what there is at the start: sessions in every state, drafts and repositories, or nothing (demo; empty with --scenario)',
  },
  freezeAt: {
    flag: '--freeze-at <time>',
    env: 'AH_MOCK_FREEZE_AT',
    kind: 'text',
    about: 'start at this time, as 2026-01-02T03:04:05Z, and let it pass by POST /mock/clock only',
  },
  speed: {
    flag: '--speed <factor>',
    env: 'AH_MOCK_SPEED',
    kind: 'number',
    about: 'delays are multiplied by it: 0.1 is ten times as fast (1)',
  },
  scenarioFiles: {
    flag: '--scenario <file>',
    env: 'AH_MOCK_SCENARIO_FILES',
    kind: 'paths',
    about: 'a YAML file beside the built-in scenarios; may be repeated',
  },
  maxConcurrentTasks: {
    flag: '--max-concurrent-tasks <number>',
    env: 'AH_MOCK_MAX_CONCURRENT_TASKS',
    kind: 'number',
    about: 'how many sessions run at once (16; 6 with the demo data, so that some wait)',
  },
  noAuth: {
    flag: '--no-auth',
    env: 'AH_MOCK_NO_AUTH',
    kind: 'switch',
    about: 'accept everyone on this machine',
  },
  rateLimit: {
    flag: '--rate-limit <requests/seconds>',
    env: 'AH_MOCK_RATE_LIMIT',
    kind: 'rate',
    about: 'how many requests a caller may send in how many seconds (60000/60)',
  },
  cors: {
    flag: '--cors <origin>',
    env: 'AH_MOCK_CORS',
    kind: 'list',
    about: 'the origin of web pages that may call, or * for all; may be repeated',
  },
} as const satisfies Record<string, Setting>;

/** How the mock of models is run; in a file below `mockLlm`. */
export const mockLlmSettings = {
  host: {
    flag: '--host <address>',
    env: 'AH_MOCK_LLM_HOST',
    kind: 'text',
    about: 'where to listen, on loopback (127.0.0.1)',
  },
  port: {
    flag: '--port <number>',
    env: 'AH_MOCK_LLM_PORT',
    kind: 'number',
    about: 'the port; 0 takes a free one (3002)',
  },
  scenarioFiles: {
    flag: '--scenario <file>',
    env: 'AH_MOCK_LLM_SCENARIO_FILES',
    kind: 'paths',
    about: 'a YAML file, played before the built-in scenarios; may be repeated',
  },
  strict: {
    flag: '--strict',
    env: 'AH_MOCK_LLM_STRICT',
    kind: 'switch',
    about: 'refuse what a scenario does not expect, and show the difference',
  },
  speed: {
    flag: '--speed <factor>',
    env: 'AH_MOCK_LLM_SPEED',
    kind: 'number',
    about: 'delays are multiplied by it: 0 answers at once (1)',
  },
  seed: {
    flag: '--seed <text>',
    env: 'AH_MOCK_LLM_SEED',
    kind: 'text',
    about: 'the same seed and the same requests give the same ids and faults (mock)',
  },
  models: {
    flag: '--model <name>',
    env: 'AH_MOCK_LLM_MODELS',
    kind: 'list',
    about: 'a model to list; may be repeated (mock-large, mock-small); requests may name any',
  },
  faults: {
    flag: '--fault <json>',
    env: 'AH_MOCK_LLM_FAULTS',
    kind: 'objects',
    about: 'what goes wrong from the start, as \'{"kind": "overload", "count": 2}\'; may be repeated',
  },
  log: {
    flag: '--log <file>',
    env: 'AH_MOCK_LLM_LOG',
    kind: 'path',
    about: 'a file every request is appended to, as a line of JSON',
  },
} as const satisfies Record<string, Setting>;

export const settingGroups = {
  client: clientSettings,
  server: serverSettings,
  mockServer: mockServerSettings,
  mockLlm: mockLlmSettings,
} as const;

export type SettingGroup = keyof typeof settingGroups;
