import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoRepository } from '@agent-harbor/scenario';
import { apiOf } from '../e2e/api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../e2e/program.ts';
import { createRepository, git } from '../e2e/repository.ts';
import { type Models, startModels } from './models.ts';
import { type Vendor, vendors } from './vendors.ts';

/** What the user asks for; the scenario is chosen by it. */
export const prompt = 'Please mend the cart: two loaves are charged as one.';

/** Where a scenario of these tests is. */
export const scenario = (name: string): string => fileURLToPath(new URL(`${name}.yaml`, import.meta.url));

/** A repository, a server that may be killed and started again, and the mock of models, for one test. */
export interface Shop {
  readonly repository: string;
  readonly models: Models;
  readonly server: RunningServer;
  api(): ReturnType<typeof apiOf>;
  /** Kills the server as a power cut would, and starts it again on what is there. */
  restart(): Promise<void>;
  /** Launches the task with an agent and gives its session. */
  launch(vendor: Vendor, task?: object, settings?: object): Promise<string>;
  close(): Promise<void>;
}

export const openShop = async ({
  plays = 'mend-cart',
  isStrict = true,
  files = {},
}: {
  readonly plays?: string;
  readonly isStrict?: boolean;
  readonly files?: Readonly<Record<string, string>>;
} = {}): Promise<Shop> => {
  const folder = await temporaryFolder();
  const repository = await createRepository(join(folder.path, 'repository'), { ...demoRepository, ...files });
  const models = await startModels([...(isStrict ? ['--strict'] : []), '--scenario', scenario(plays)]);
  const state = join(folder.path, 'state');
  const args = [
    ...vendors.flatMap(({ type }) => ['--agent-credentials', type]),
    ...[
      '--agent-programs',
      JSON.stringify(Object.fromEntries(vendors.map(({ type, command }) => [type, command]))),
    ],
    ...['--approve', 'allow', '--stop-sessions'],
  ];
  let server = await startServer(state, args);
  return {
    repository,
    models,
    get server() {
      return server;
    },
    api: () => apiOf(server),
    async restart() {
      await server.kill();
      server = await startServer(state, args);
    },
    async launch({ type, model, modelUrl }, task = {}, settings = {}) {
      const api = await apiOf(server);
      return api.launch({
        prompt,
        repo: { mode: 'git', url: repository, branch: 'main' },
        agents: [{ type, model, settings: { modelUrl: modelUrl(models.url), ...settings } }],
        ...task,
      });
    },
    async close() {
      await server.stop();
      await models.stop();
      await folder.remove();
    },
  };
};

/** What a branch has of a file. */
export const fileOn = (shop: Shop, branch: string, path: string): Promise<string> =>
  git(shop.repository, 'show', `${branch}:${path}`);
