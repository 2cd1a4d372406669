import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { Mutation } from '../mutations/mutations.ts';
import { mutationNamed, takeOut } from '../mutations/take-out.ts';
import { shelf, shelfOfRun } from './shelf.ts';

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
  readonly forkServerCommand: string[];
  readonly mockAgentCommand: string[];
}

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

/** Once for all files of a run: who comes first makes them, and the others wait. */
const bundle = async (name: string): Promise<Programs> => {
  const folder = `${process.env[shelfOfRun] ?? shelf(process.pid)}-${name.replaceAll(/\W+/g, '-')}`;
  const making = `${folder}.making`;
  while (!existsSync(folder)) {
    if (begins(making)) {
      try {
        // Somebody may have come to its end between both looks.
        if (existsSync(folder)) break;
        await bundleInto(making, name);
        renameSync(making, folder);
      } finally {
        rmSync(making, { recursive: true, force: true });
      }
    } else await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const program = (file: string) => [process.execPath, join(folder, file)];
  return {
    appendServer: join(folder, 'append-server.js'),
    ah: join(folder, 'ah.js'),
    recorderCommand: program('recorder.js'),
    forkServerCommand: program('fork-server.js'),
    mockAgentCommand: program('mock-agent.js'),
  };
};

/** Whether it is this process that makes the folder. */
const begins = (folder: string): boolean => {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

const bundleInto = async (outdir: string, name: string): Promise<void> => {
  const mutation = name === '' ? undefined : mutationNamed(name);
  writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }');
  const struck = new Set<string>();
  await build({
    ...programBundle,
    entryPoints: {
      'append-server': join(root, 'apps/server/src/testing/append-server.ts'),
      ah: join(root, 'apps/cli/src/main.ts'),
      recorder: join(root, 'apps/cli/src/programs/recorder.ts'),
      'fork-server': join(root, 'packages/executor/src/process/fork-server/main.ts'),
      'mock-agent': join(root, 'apps/cli/src/programs/mock-agent.ts'),
    },
    outdir,
    external: ['@lydell/node-pty', '@vscode/ripgrep', 'better-sqlite3', 'swagger-ui-dist'],
    legalComments: 'none',
    ...(mutation === undefined ? {} : { plugins: [mutating(mutation, struck)] }),
  });
  if (mutation !== undefined && struck.size !== 1) throw new Error(`${mutation.file} is in no program.`);
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
