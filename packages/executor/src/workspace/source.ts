import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBranchName } from '@agent-harbor/api-contract/schemas';
import { withoutPassword } from '@agent-harbor/core';
import { type Git, type GitCall, GitError } from './git.ts';

/** A repository somebody named, ready to be read: as an operand for git, and how git has to be called for it. */
export type Source = LocalSource | RemoteSource;

export interface LocalSource {
  readonly kind: 'local';
  readonly operand: string;
  readonly call: GitCall;
  /** The same for every name of the same repository. */
  readonly key: string;
  /** Where its branches live; shared by all its working trees. */
  readonly gitDir: string;
}

export interface RemoteSource {
  readonly kind: 'remote';
  readonly operand: string;
  readonly call: GitCall;
  readonly key: string;
}

/** What a source has. */
export interface Heads {
  /** Where it stands: a commit, and the branch unless it is detached. Null when it has no commit there. */
  readonly head: { readonly commit: string; readonly branch: string | null } | null;
  /** Branch name → commit. */
  readonly branches: ReadonlyMap<string, string>;
  /** Tag name → object. */
  readonly tags: ReadonlyMap<string, string>;
}

/** A path that is not a repository. */
export class NotARepository extends Error {
  override readonly name = 'NotARepository';
}

export const openSource = async (git: Git, url: string, signal?: AbortSignal): Promise<Source> => {
  const path = localPath(url);
  return path === undefined ? remoteSource(url) : localSource(git, path, signal);
};

/** What `openSource` said of a path, where that is certainly still so; undefined when it has to be asked. */
export interface KnownSources {
  recall(url: string): Promise<Source | undefined>;
  remember(url: string, source: Source): Promise<void>;
  forget(url: string): void;
}

const knownLimit = 100;

/**
 * Saves the command by which a path is found to be a repository. It is for those who read the source next: that fails when
 * it is none any more, or somebody else's. Only repositories of the plain kind, which lie where they are named.
 */
export const createKnownSources = (): KnownSources => {
  const known = new Map<string, { readonly source: LocalSource; readonly place: string }>();
  return {
    async recall(url) {
      const found = known.get(url);
      if (found === undefined) return undefined;
      return (await plainPlace(found.source.operand)) === found.place ? found.source : undefined;
    },
    async remember(url, source) {
      if (source.kind === 'remote') return;
      const place = await plainPlace(source.operand);
      if (place === undefined || !place.endsWith(` ${await realpath(source.gitDir)}`)) return;
      const [oldest = ''] = known.keys();
      if (known.size >= knownLimit) known.delete(oldest);
      known.set(url, { source, place });
    },
    forget: (url) => void known.delete(url),
  };
};

/** The directory a repository is in, and which one that is; undefined when it may be elsewhere, as of a linked working tree. */
const plainPlace = async (path: string): Promise<string | undefined> => {
  try {
    const inside = join(path, '.git');
    const place = existsSync(inside) ? inside : path;
    const { dev, ino } = await stat(place);
    if (!existsSync(join(place, 'HEAD')) || existsSync(join(place, 'commondir'))) return undefined;
    return `${dev} ${ino} ${await realpath(place)}`;
  } catch {
    return undefined;
  }
};

/** What a repository is called where no credential may stand: a path, or a url without one. */
export const nameOf = (url: string): string => localPath(url) ?? withoutPassword(url);

const localPath = (url: string): string | undefined => {
  if (/^file:\/\//i.test(url)) return fileURLToPath(url);
  return url.startsWith('/') || /^[A-Za-z]:[\\/]/.test(url) ? url : undefined;
};

/** The same places git itself looks at; never a parent directory, which would be another repository than was named. */
const localSource = async (git: Git, path: string, signal: AbortSignal | undefined): Promise<LocalSource> => {
  for (const candidate of [join(path, '.git'), path, `${path}.git`]) {
    const gitDir = await git
      .text(['rev-parse', '--path-format=absolute', '--git-common-dir'], { gitDir: candidate, signal })
      .catch((error: unknown) => {
        if (error instanceof GitError && error.failure === 'failed') return undefined;
        throw error;
      });
    if (gitDir === undefined) continue;
    const call = { asHost: true, protocols: 'file' };
    return { kind: 'local', operand: path, call, gitDir, key: keyOf(await realpath(gitDir)) };
  }
  throw new NotARepository(path);
};

/**
 * Over http without user and password in the operand, because argv can be read by everybody on the host, and a token may
 * stand in either place: git gets the user from its environment, or both from a helper that answers for this very host
 * only.
 */
const remoteSource = (url: string): RemoteSource => {
  const found = /^(https?:\/\/)([^/?#]*)@([^/?#@]*)(.*)$/is.exec(url);
  const [, scheme = '', user = '', host = '', rest = ''] = found ?? [];
  const protocols = /^https?:/i.test(url) ? 'http:https' : 'ssh';
  if (found === null) {
    // Ssh takes no password from a url.
    const operand = url.replace(/^(ssh:\/\/[^/?#@:]*):[^/?#]*@/i, '$1@');
    return { kind: 'remote', operand, call: { asHost: true, protocols }, key: keyOf(operand) };
  }
  const at = user.indexOf(':');
  const username = at === -1 ? user : user.slice(0, at);
  const place = `credential.${scheme.toLowerCase()}${host}`;
  const call: GitCall =
    at === -1
      ? { asHost: true, protocols, environment: inEnvironment(`${place}.username`, decode(user)) }
      : {
          asHost: true,
          protocols,
          config: { 'credential.helper': '', [`${place}.helper`]: helper },
          environment: { AH_GIT_USERNAME: decode(username), AH_GIT_PASSWORD: decode(user.slice(at + 1)) },
        };
  // Who may read what differs by user: so do the copies.
  const name = `${scheme}${username === '' ? '' : `${username}@`}${host}${rest}`;
  const operand = `${scheme}${host}${rest}`;
  return { kind: 'remote', operand, call, key: keyOf(name) };
};

/** A setting of git that stands in no argv. */
const inEnvironment = (key: string, value: string): Record<string, string> => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: key,
  GIT_CONFIG_VALUE_0: value,
});

/** A fixed text; what it prints comes from the environment and is quoted. */
const helper =
  '!f() { test "$1" = get || return 0; printf "username=%s\\npassword=%s\\n" "$AH_GIT_USERNAME" "$AH_GIT_PASSWORD"; }; f';

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const keyOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32);

/** Asks a source what it has. This is also the check that the caller may read it. */
export const readHeads = async (git: Git, source: Source, signal?: AbortSignal): Promise<Heads> => {
  const listing = await git.text(
    ['ls-remote', '--symref', '--', source.operand, 'HEAD', 'refs/heads/*', 'refs/tags/*'],
    { ...source.call, signal },
  );
  const branches = new Map<string, string>();
  const tags = new Map<string, string>();
  let headCommit: string | undefined;
  let headBranch: string | null = null;
  for (const line of listing.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && value.startsWith('ref: ')) headBranch = nameBelow('ref: refs/heads/', value);
    else if (name === 'HEAD') headCommit = value;
    const branch = nameBelow('refs/heads/', name);
    if (branch !== null) branches.set(branch, value);
    const tag = nameBelow('refs/tags/', name);
    if (tag !== null) tags.set(tag, value);
  }
  return {
    head: headCommit === undefined ? null : { commit: headCommit, branch: headBranch },
    branches,
    tags,
  };
};

/** A server can send any bytes; what is no name for a branch (or a peeled tag) is not there for us. */
const nameBelow = (prefix: string, ref: string): string | null => {
  const name = ref.startsWith(prefix) ? ref.slice(prefix.length) : '';
  return isBranchName(name) ? name : null;
};

/** The branch an empty repository would begin with. */
export const unbornBranch = async (git: Git, source: Source, signal?: AbortSignal): Promise<string> => {
  if (source.kind === 'remote') return 'main';
  const name = await git.text(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    gitDir: source.gitDir,
    accept: [0, 1],
    signal,
  });
  return name === '' ? 'main' : name;
};
