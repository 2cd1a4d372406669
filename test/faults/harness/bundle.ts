import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { Mutation } from '../mutations/mutations.ts';
import { mutationNamed, takeOut } from '../mutations/take-out.ts';

/** How every program of the product is bundled; a script, so it has no types of its own. */
const { programBundle }: { programBundle: BuildOptions } = await import(
  new URL('../../../tooling/program-bundle.mjs', import.meta.url).href
);

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The programs under test, made from the sources: they start in a third of the time. */
export interface Programs {
  /** The access point with a route to append events: see `append-server.ts`. */
  readonly appendServer: string;
  /** The command line, and with it the access point as users run it. */
  readonly ah: string;
  readonly recorderCommand: string[];
  readonly mockAgentCommand: string[];
}

/** Beside what the programs load at run time, so that it is found. */
const shelf = join(root, 'apps/cli/node_modules');
const made = new Map<string, Promise<Programs>>();

/**
 * The programs from the sources as they are, or with one guard taken out: `mutation` is the name of one in
 * `mutations/`, by default the one this whole run is about (`AH_FAULTS_MUTATION`).
 */
export const programs = (mutation = process.env.AH_FAULTS_MUTATION ?? ''): Promise<Programs> => {
  let making = made.get(mutation);
  if (making === undefined) {
    making = bundle(mutation);
    made.set(mutation, making);
  }
  return making;
};

const bundle = async (name: string): Promise<Programs> => {
  const mutation = name === '' ? undefined : mutationNamed(name);
  sweep();
  const outdir = join(shelf, `.faults-${process.pid}-${made.size}`);
  mkdirSync(outdir, { recursive: true });
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }');
  const struck = new Set<string>();
  await build({
    ...programBundle,
    entryPoints: {
      'append-server': join(root, 'apps/server/src/testing/append-server.ts'),
      ah: join(root, 'apps/cli/src/main.ts'),
      recorder: join(root, 'apps/cli/src/programs/recorder.ts'),
      'mock-agent': join(root, 'apps/cli/src/programs/mock-agent.ts'),
    },
    outdir,
    external: ['better-sqlite3', 'swagger-ui-dist'],
    legalComments: 'none',
    ...(mutation === undefined ? {} : { plugins: [mutating(mutation, struck)] }),
  });
  if (mutation !== undefined && struck.size !== 1) throw new Error(`${mutation.file} is in no program.`);
  const program = (file: string) => [process.execPath, join(outdir, file)];
  return {
    appendServer: join(outdir, 'append-server.js'),
    ah: join(outdir, 'ah.js'),
    recorderCommand: program('recorder.js'),
    mockAgentCommand: program('mock-agent.js'),
  };
};

/** Takes a guard out of a source on its way into the programs. */
const mutating = (mutation: Mutation, struck: Set<string>): Plugin => ({
  name: 'mutation',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const contents = takeOut(mutation, path, await readFile(path, 'utf8'));
      if (contents === undefined) return undefined;
      struck.add(path);
      return { contents, loader: 'ts' };
    });
  },
});

/** Removes what runs left that were killed. */
const sweep = (): void => {
  for (const name of readdirSync(shelf)) {
    const [, pid] = /^\.faults-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && process.platform === 'linux' && !existsSync(`/proc/${pid}`))
      rmSync(join(shelf, name), { recursive: true, force: true });
  }
};
