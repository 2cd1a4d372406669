/** How a setting is written as text: in the environment. */
export type Kind = 'text' | 'number' | 'switch' | 'list';

export interface Setting {
  /** The environment variable. */
  readonly env: string;
  readonly kind: Kind;
}

/** What any command may need to know: where the server is, who calls, where this machine keeps its state. */
export const clientSettings = {
  restBase: { env: 'AH_REST_BASE', kind: 'text' },
  apiKey: { env: 'AH_API_KEY', kind: 'text' },
  stateDir: { env: 'AH_HOME', kind: 'text' },
} as const satisfies Record<string, Setting>;

/** How a server is run; what each means is said by its own configuration. */
export const serverSettings = {
  host: { env: 'AH_HOST', kind: 'text' },
  port: { env: 'AH_PORT', kind: 'number' },
  maxConcurrentTasks: { env: 'AH_MAX_CONCURRENT_TASKS', kind: 'number' },
  noAuth: { env: 'AH_NO_AUTH', kind: 'switch' },
  stopSessions: { env: 'AH_STOP_SESSIONS', kind: 'switch' },
  stopGraceMs: { env: 'AH_STOP_GRACE_MS', kind: 'number' },
  publicHosts: { env: 'AH_PUBLIC_HOSTS', kind: 'list' },
  allowedOrigins: { env: 'AH_ALLOWED_ORIGINS', kind: 'list' },
  trustedProxies: { env: 'AH_TRUSTED_PROXIES', kind: 'list' },
  logLevel: { env: 'AH_LOG_LEVEL', kind: 'text' },
} as const satisfies Record<string, Setting>;

/** How the mock server is run: apart from the server, since both may be set up in one shell. */
export const mockServerSettings = {
  host: { env: 'AH_MOCK_HOST', kind: 'text' },
  port: { env: 'AH_MOCK_PORT', kind: 'number' },
  noAuth: { env: 'AH_MOCK_NO_AUTH', kind: 'switch' },
  allowedOrigins: { env: 'AH_MOCK_ALLOWED_ORIGINS', kind: 'list' },
  maxConcurrentTasks: { env: 'AH_MOCK_MAX_CONCURRENT_TASKS', kind: 'number' },
  seed: { env: 'AH_MOCK_SEED', kind: 'text' },
  speed: { env: 'AH_MOCK_SPEED', kind: 'number' },
  scenarioFiles: { env: 'AH_MOCK_SCENARIO_FILES', kind: 'list' },
} as const satisfies Record<string, Setting>;

/** What text of that kind stands for; text that is none is left for the schema to refuse by name. */
export const readText = (kind: Kind, text: string): unknown => {
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return text.trim() === '' ? text : Number(text);
    case 'switch':
      if (/^(?:1|true|yes|on)$/i.test(text)) return true;
      return /^(?:0|false|no|off)$/i.test(text) ? false : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
  }
};
