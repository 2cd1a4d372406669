import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { planProgram } from '../../packages/executor/src/agents/plan-program.ts';
import { agents } from '../../packages/executor/src/agents/registry.ts';
import { temporaryFolder } from '../e2e/program.ts';
import { type AcpClient, startAcp } from './acp-client.ts';
import { startModels } from './models.ts';
import { scenario } from './shop.ts';
import { demandPrograms, modules, vendors } from './vendors.ts';

const ends: (() => Promise<unknown>)[] = [];
beforeAll(demandPrograms);
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** The program as a session would start it, in a folder and a home of its own. */
const started = async ({ type, command, model, modelUrl }: (typeof vendors)[number]) => {
  const folder = await temporaryFolder();
  ends.push(() => folder.remove());
  const models = await startModels(['--scenario', scenario('greet-and-wait')]);
  ends.push(() => models.stop());
  const host = { mockAgentCommand: [], environment: process.env, agentCredentials: [type] };
  const settings = { command, modelUrl: modelUrl(models.url) };
  const { argv, env, acp } = planProgram(type, settings, 'agent', 'x', host, model);
  const [cwd, home] = [join(folder.path, 'workspace'), join(folder.path, 'home')];
  for (const path of [cwd, home]) await mkdir(path);
  const { PATH = '' } = process.env;
  const start = (): AcpClient => {
    const agent = startAcp(argv, { cwd, env: { PATH, LANG: 'C.UTF-8', TERM: 'dumb', HOME: home, ...env } });
    ends.push(() => agent.close());
    return agent;
  };
  return { start, models, cwd, signIn: acp?.signIn ?? [] };
};

const greeting = {
  protocolVersion: 1,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
};
const words = (text: string) => [{ type: 'text', text }];

/** A session of its own, of an agent that is signed in where it wants to be. */
const opened = async (agent: AcpClient, cwd: string, signIn: readonly string[]) => {
  const open = () => agent.request('session/new', { cwd, mcpServers: [] });
  const { sessionId } = await open().catch(async () => {
    await agent.request('authenticate', { methodId: signIn[0] });
    return open();
  });
  return sessionId;
};

/** What it said, its pieces put together. */
const spoken = (agent: AcpClient) => {
  const chunks = agent.updates.filter(({ sessionUpdate }) => sessionUpdate === 'agent_message_chunk');
  return chunks.map(({ content }) => String(Object(content).text)).join('');
};

describe.each(vendors)('$type', (vendor) => {
  test('says what it is and can, and lists its sessions where it offers to', async () => {
    const { start, cwd, signIn } = await started(vendor);
    const agent = start();
    const { protocolVersion, agentCapabilities, agentInfo } = await agent.request('initialize', greeting);
    expect(protocolVersion).toBe(1);
    const { version } = JSON.parse(
      await readFile(join(modules, vendor.speaks.package, 'package.json'), 'utf8'),
    );
    expect(agentInfo).toMatchObject({ version });
    const { loadSession, sessionCapabilities = {} } = Object(agentCapabilities);
    const can = [
      ...(loadSession === true ? ['load'] : []),
      ...['resume', 'list'].filter((skill) => skill in sessionCapabilities),
    ];
    expect(can).toEqual(agents[vendor.type].capabilities);

    const sessionId = await opened(agent, cwd, signIn);
    await agent.request('session/prompt', { sessionId, prompt: words('Please greet the corner shop.') });
    expect(spoken(agent)).toContain('Good morning, corner shop.');
    const listing = agent.request('session/list', { cwd });
    if (!can.includes('list')) return expect(listing).rejects.toThrow(/-32601/);
    const { sessions } = await listing;
    expect(sessions).toContainEqual(expect.objectContaining({ sessionId, cwd }));
  });

  test('gives up a turn that is called off, and goes on with the next prompt', async () => {
    const { start, models, cwd, signIn } = await started(vendor);
    const agent = start();
    await agent.request('initialize', greeting);
    const sessionId = await opened(agent, cwd, signIn);
    await models.fault({ kind: 'latency', ms: 600_000, count: 1 });
    const turn = agent.request('session/prompt', {
      sessionId,
      prompt: words('Please greet the corner shop.'),
    });
    await models.asked(0);
    agent.notify('session/cancel', { sessionId });
    expect(vendor.speaks.calledOff).toContain((await turn).stopReason);
    const next = await agent.request('session/prompt', {
      sessionId,
      prompt: words('Now say goodbye to it.'),
    });
    expect(next).toMatchObject({ stopReason: 'end_turn' });
    // Nothing was answered before: the model gets both.
    expect(spoken(agent)).toContain('corner shop.');
    expect(JSON.stringify((await models.requests()).at(-1)?.body)).toContain('Now say goodbye to it.');
  });
});
