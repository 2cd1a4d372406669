import { randomUUID } from 'node:crypto';
import { agentsOf, type NamedAgents, type WireContext } from '@agent-harbor/conformance';
import { createExchange, heedingLimits } from '@agent-harbor/conformance/node';
import { isLoopback, readLocalKey } from '@agent-harbor/rest-client/local-key';
import { Failure, usageFailure } from '../failure.ts';
import type { Settings } from '../settings/read-settings.ts';

/** A server that can be checked. */
export interface CheckedServer {
  readonly context: WireContext;
  /** What it calls itself, as far as it says so. */
  readonly version: string;
}

/** Reaches a server and finds out what the checks need. Fails when there is none, or it refuses the key. */
export const reachServer = async (
  address: string | undefined,
  settings: Settings,
  named: NamedAgents,
  repo: string | undefined,
): Promise<CheckedServer> => {
  const base = originOf(address ?? settings.restBase);
  const exchange = heedingLimits(createExchange(base));
  const ask = async (path: string, ...headers: readonly string[]): Promise<string> => {
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${new URL(base).host}`, 'Connection: close', ...headers];
    const answer = await exchange(`${lines.join('\r\n')}\r\n\r\n`).catch((error: unknown) => {
      throw unreachable(base, error instanceof Error ? error.message : String(error), error);
    });
    if (answer.startsWith('HTTP/1.')) return answer;
    throw unreachable(base, 'What answers there does not speak HTTP/1.1.');
  };
  const version = await ask('/version');
  const apiKey = await keyFor(base, settings);
  const credential = apiKey === undefined ? [] : [`Authorization: ApiKey ${apiKey}`];
  if (isRefusal(await ask('/api/v1/sessions?perPage=1', ...credential))) throw refused(base, apiKey);
  // Where nobody asks for a key, any will do.
  const plain = {
    base,
    apiKey: apiKey ?? 'nobody-asks-for-it',
    exchange,
    labels: { 'ah-conformance': randomUUID() },
  };
  return { context: { ...plain, repo, agent: await agentsOf(plain, named) }, version: nameIn(version) };
};

const originOf = (address: string): string => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usageFailure(`${address} is no address of a server: it begins with http:// or https://.`);
  if (url.pathname !== '/' || url.search !== '' || url.username !== '')
    throw usageFailure(`${url.origin} is enough: a server is checked as a whole.`);
  return url.origin;
};

/** The key that was given, else that of this machine's server: it is nobody else's business. */
const keyFor = async (base: string, { apiKey, stateDir }: Settings): Promise<string | undefined> => {
  if (apiKey !== undefined || !isLoopback(base)) return apiKey;
  const local = await readLocalKey(stateDir);
  return local !== undefined && 'apiKey' in local ? local.apiKey : undefined;
};

const isRefusal = (answer: string): boolean => /^HTTP\/1\.\d 40[13] /.test(answer);

const refused = (base: string, apiKey: string | undefined): Failure =>
  new Failure('auth', {
    happened: apiKey === undefined ? `There is no key for ${base}` : `${base} refuses the key`,
    remedy:
      'Give the key of an admin with --api-key or AH_API_KEY, or the state directory of a server on this machine with --state-dir.',
  });

const unreachable = (base: string, detail: string, cause?: unknown): Failure =>
  new Failure('network', {
    happened: `Nobody can be checked at ${base}`,
    detail,
    remedy: 'Start the server, or give its address: ah conformance http://127.0.0.1:3001',
    cause,
  });

/** `agent-harbor 0.1.0` of an answer of /version; its status where it says nothing like it. */
const nameIn = (answer: string): string => {
  const text = (member: string) => new RegExp(`"${member}"\\s*:\\s*"([^"]{1,64})"`).exec(answer)?.[1];
  const [name, version] = [text('name'), text('version')];
  return name === undefined ? `/version: ${answer.slice(9, 12)}` : `${name} ${version ?? ''}`.trim();
};
