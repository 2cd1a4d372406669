import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { type RunningServer, startServer } from '../start.ts';

const read = (path: string) => readFile(new URL(`../../../../deploy/${path}`, import.meta.url), 'utf8');

const Dashboard = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string().min(1),
      type: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).default([]),
    }),
  ),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), definition: z.string().optional() })),
  }),
});

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().regex(/^AgentHarbor[A-Z]/),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.object({ summary: z.string().min(1), description: z.string().min(1) }),
        }),
      ),
    }),
  ),
});

/** What the server counts: each family with its labels and their values. */
type Counted = ReadonlyMap<string, { readonly type: string; readonly labels: Map<string, Set<string>> }>;

const readPage = (text: string): Counted => {
  const families = new Map<string, { type: string; labels: Map<string, Set<string>> }>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    families.set(name, { type, labels: new Map() });
  }
  for (const [, name = '', labels = ''] of text.matchAll(/^([\w:]+)\{(.*)\} \S+$/gm)) {
    const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ''));
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      const values = family?.labels.get(label) ?? new Set();
      family?.labels.set(label, values.add(value));
    }
  }
  return families;
};

/** Labels that Prometheus adds. */
const added = ['job', 'instance'];
const words = ['and', 'or', 'unless', 'by', 'on', 'without', 'bool', 'offset', 'inf'];

/** What is wrong with a query; nothing when all it names is counted. */
const faultsOf = (query: string, counted: Counted): string[] => {
  const expression = query.replaceAll('$__rate_interval', '5m');
  const faults: string[] = [];
  const families = new Set<string>();
  const grouped = [...expression.matchAll(/\b(?:by|on|without|ignoring) ?\(([^)]*)\)/g)].flatMap(
    ([, names = '']) => names.split(',').map((name) => name.trim()),
  );
  const rest = expression.replaceAll(/\b(?:by|on|without|ignoring) ?\([^)]*\)/g, '');
  for (const [, name = '', call, matchers = ''] of rest.matchAll(
    /\b([a-zA-Z_][\w:]*)(\s*\()?(?:\{([^}]*)\})?/g,
  )) {
    if (call !== undefined || words.includes(name) || name === 'up') continue;
    const base = counted.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    const family = counted.get(base);
    if (family === undefined || (base !== name) !== (family.type === 'histogram')) {
      faults.push(`nothing counts ${name}`);
      continue;
    }
    families.add(base);
    for (const [, label = '', operator = '', value = ''] of matchers.matchAll(
      /(\w+)(=~|!~|!=|=)"([^"]*)"/g,
    )) {
      if (added.includes(label)) continue;
      const values = family.labels.get(label);
      if (values === undefined) faults.push(`${name} has no label ${label}`);
      // Which answers there were depends on what was asked.
      else if (operator === '=' && label !== 'status' && !values.has(value)) {
        faults.push(`${label} of ${name} is never ${value}`);
      }
    }
  }
  if (faults.length === 0 && families.size === 0 && !/\bup\{/.test(rest)) faults.push('it asks for nothing');
  for (const label of grouped) {
    const isKnown =
      added.includes(label) || [...families].some((name) => counted.get(name)?.labels.has(label));
    if (!isKnown) faults.push(`nothing has the label ${label}`);
  }
  return faults;
};

let stateDir: string;
let server: RunningServer;
let counted: Counted;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'ah-dashboard-'));
  const programs = { recorderCommand: ['r'], mockAgentCommand: ['m'] };
  server = await startServer({ port: 0, stateDir, metricsAddress: '127.0.0.1:0', ...programs });
  await fetch(`${server.url}/healthz`);
  // The first page begins to count collections of garbage, so there has to be one.
  const page = async () => (await fetch(server.metricsUrl ?? '')).text();
  await page();
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  counted = await vi.waitFor(async () => {
    const families = readPage(await page());
    expect([...(families.get('nodejs_gc_duration_seconds')?.labels.keys() ?? [])]).toContain('kind');
    return families;
  });
}, 30_000);
afterAll(async () => {
  await server?.close();
  await rm(stateDir, { recursive: true, force: true });
});

test('a query that names what nobody counts is found', () => {
  for (const query of [
    'agent_harbor_sessions_runing',
    'sum(rate(agent_harbor_http_request_duration_seconds[5m]))',
    'agent_harbor_sessions_running_bucket',
    'agent_harbor_sessions{state="running"}',
    'agent_harbor_database_bytes{file="wall"}',
    'sum by (session) (agent_harbor_sessions)',
    'sum(1)',
  ]) {
    expect(faultsOf(query, counted), query).toHaveLength(1);
  }
  expect(faultsOf('time() - max by (job) (agent_harbor_start_time_seconds{job=~"$job"})', counted)).toEqual(
    [],
  );
});

describe('the dashboard', async () => {
  const text = await read('grafana/agent-harbor.json');
  const { panels, templating } = Dashboard.parse(JSON.parse(text));
  const asked = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

  test.each(asked)('%s asks for what is counted: %s', (_, query) => {
    expect(faultsOf(query, counted)).toEqual([]);
  });

  test('every panel has a place, a query and an id of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ type, targets }) => (type === 'row') !== (targets.length === 0))).toEqual([]);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test('its variables come from what is counted, and every query heeds them', () => {
    for (const { definition } of templating.list) {
      const [, metric] = /^label_values\(([\w:]+)/.exec(definition ?? '') ?? [];
      if (definition !== undefined) expect(counted.has(metric ?? '')).toBe(true);
    }
    for (const [, query] of asked) expect(query).toContain('instance=~"$instance"');
  });

  test('it shows everything that is counted for it', () => {
    const own = [...counted.keys()].filter((name) => name.startsWith('agent_harbor_'));
    const unseen = own.filter((name) => !text.includes(name));
    expect(unseen).toEqual([]);
  });
});

describe('the alerts', async () => {
  const { groups } = Rules.parse(parseYaml(await read('prometheus/agent-harbor.rules.yml')));
  const rules = groups.flatMap((group) => group.rules);

  test.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
    '%s asks for what is counted',
    (_, query) => {
      expect(faultsOf(query, counted)).toEqual([]);
    },
  );

  test('each has a name of its own, and the job that is scraped', async () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    const scrape = parseYaml(await read('prometheus/scrape.yml'));
    expect(scrape.scrape_configs.map((job: { job_name: string }) => job.job_name)).toEqual(['agent-harbor']);
    expect(scrape.rule_files).toEqual(['agent-harbor.rules.yml']);
    expect(rules[0]?.expr).toContain('job="agent-harbor"');
  });
});
