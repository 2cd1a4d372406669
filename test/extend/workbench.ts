import { existsSync } from 'node:fs';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

interface Manifest {
  readonly name: string;
  readonly folder: string;
  readonly scripts: Readonly<Record<string, string>>;
  /** The packages it needs, of this workspace and others. */
  readonly needs: readonly string[];
}

/** The tools of the project, run in a copy of its tree. Each fails with what the tool printed. */
export interface Workbench {
  /** The files the compiler finds wrong, and what it says about them. */
  compile(): Promise<{ readonly files: readonly string[]; readonly said: string }>;
  /** Runs a script of a package that is one program for Node. */
  script(packageName: string, script: string): Promise<void>;
  /** Format, lint and import rules. */
  review(files: readonly string[]): Promise<void>;
  /** Every library, in the order of their needs, and the program. */
  build(): Promise<void>;
  /** Runs the program that was built; resolves with what it printed. */
  ah(...args: readonly string[]): Promise<string>;
  test(paths: readonly string[]): Promise<void>;
  /** Runs a program from its source; resolves with what it printed. */
  play(file: string, variables: Readonly<Record<string, string>>): Promise<string>;
}

/** One program of all packages: what they share is read and checked once, and later only what has changed since. */
const everything = ['packages/*/src', 'packages/*/scripts', 'apps/*/src', 'test', 'tooling'];

/** On a copy of the tree. `compiled`: the sources whose types are checked, with those they import. */
export const openWorkbench = async (
  tree: string,
  compiled: readonly string[] = everything,
): Promise<Workbench> => {
  const manifests = await readManifests(tree);
  const tool = (name: string) => join(tree, 'node_modules', name);
  const tsc = join(tool('typescript'), 'bin/tsc');
  const program = {
    extends: './tsconfig.base.json',
    include: compiled,
    compilerOptions: { incremental: true, tsBuildInfoFile: '.turbo/types.tsbuildinfo' },
  };
  await writeFile(join(tree, 'tsconfig.json'), JSON.stringify(program));

  const attempt = (args: readonly string[], cwd = tree, variables: Readonly<Record<string, string>> = {}) => {
    const env = { ...environment(tree), ...variables };
    return execa(process.execPath, args, { cwd, reject: false, all: true, extendEnv: false, env });
  };
  const run: (...parameters: Parameters<typeof attempt>) => Promise<string> = async (args, ...rest) => {
    const { exitCode, all } = await attempt(args, ...rest);
    if (exitCode !== 0) throw new Error(`${args.join(' ')}\n${all}`);
    return all;
  };

  return {
    async compile() {
      const { exitCode, all } = await attempt([tsc, '-p', 'tsconfig.json', '--pretty', 'false']);
      const files = [...all.matchAll(/^(\S[^(\n]*)\(\d+,\d+\): error/gm)].map(([, file]) => file ?? '');
      if (exitCode !== 0 && files.length === 0) throw new Error(all);
      return { files: [...new Set(files)].sort(), said: all };
    },
    async script(packageName, script) {
      const manifest = manifests.find(({ name }) => name === packageName);
      const [program, ...args] = manifest?.scripts[script]?.split(' ') ?? [];
      if (manifest === undefined || program !== 'node') {
        throw new Error(`${packageName} has no script "${script}" that is a program for Node`);
      }
      await run(args, join(tree, manifest.folder));
    },
    async review(files) {
      // The copy is no repository: what git ignores is not there anyway.
      await run([join(tool('@biomejs/biome'), 'bin/biome'), 'check', '--vcs-enabled=false', '--', ...files]);
      await run(['tooling/imports/main.ts']);
    },
    async build() {
      for (const { folder } of inOrder(manifests)) {
        if (existsSync(join(tree, folder, 'tsconfig.build.json')))
          await run([tsc, '-p', 'tsconfig.build.json'], join(tree, folder));
      }
      await run(['build.mjs'], join(tree, 'apps/cli'));
    },
    ah: (...args) => run(['apps/cli/bin/ah.js', ...args], tree),
    async test(paths) {
      // The cache of results lies in node_modules, which is shared with whoever runs this.
      const options = ['run', '--reporter=dot', '--no-cache'];
      await run([join(tool('vitest'), 'vitest.mjs'), ...options, ...paths]);
    },
    play: (file, variables) => run(['--conditions=@agent-harbor/source', file], tree, variables),
  };
};

/** Ours without what a test run or a developer set; properties try fewer values, they are tried in full elsewhere. */
const environment = (tree: string): Record<string, string | undefined> => {
  const inherited = Object.entries(process.env);
  return {
    ...Object.fromEntries(inherited.filter(([name]) => !/^(?:VITEST|NODE_ENV|TEST$|AH_)/.test(name))),
    AH_HOME: join(tree, '.logs/state'),
    NO_COLOR: '1',
    RUNS: '40',
  };
};

const readManifests = async (tree: string): Promise<readonly Manifest[]> => {
  const found: Manifest[] = [];
  for await (const path of glob('{packages,apps}/*/package.json', { cwd: tree })) {
    const { name, scripts = {}, dependencies = {} } = JSON.parse(await readFile(join(tree, path), 'utf8'));
    found.push({ name, folder: dirname(path), scripts, needs: Object.keys(dependencies) });
  }
  return found;
};

/** Each after those it needs. */
const inOrder = (manifests: readonly Manifest[]): readonly Manifest[] => {
  const ordered = new Set<Manifest>();
  const place = (manifest: Manifest): void => {
    for (const need of manifests.filter(({ name }) => manifest.needs.includes(name))) place(need);
    ordered.add(manifest);
  };
  for (const manifest of manifests) place(manifest);
  return [...ordered];
};
