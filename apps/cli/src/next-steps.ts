import { fileURLToPath } from 'node:url';
import type { Session } from '@agent-harbor/api-contract/schemas';
import { shellWord } from './terminal/shell-word.ts';

/** A line to be copied, and what it does. */
export interface NextStep {
  readonly type: string;
  readonly why: string;
}

/** What of a session decides what to do next. */
type Ended = Pick<Session, 'id' | 'delivered' | 'repo'>;

export interface Place {
  readonly url: string;
  readonly keyFile: string;
  /** How `ah` is called: as itself, or by its file where it is not on the PATH. */
  readonly program: readonly string[];
  /** Flags that lead to this server, where the settings do not do so by themselves. */
  readonly flags: readonly string[];
}

/** What to type after a task, ready to be copied. */
export const nextSteps = (sessions: readonly Ended[], place: Place): readonly NextStep[] => {
  const { url, keyFile, program, flags } = place;
  const ah = (...words: readonly string[]) => ['ah', ...[...words, ...flags].map(shellWord)].join(' ');
  const named = program.length === 1 && program[0] === 'ah';
  const [session] = sessions;
  const id = session?.id ?? 'latest';
  return [
    ...sessions.flatMap((each) => gitSteps(each, each === session)),
    ...(named
      ? []
      : [
          {
            type: `alias ah=${shellWord(program.map(shellWord).join(' '))}`,
            why: 'make ah a command of this shell',
          },
        ]),
    { type: ah('session', 'events', id), why: 'what happened, again' },
    { type: ah('session', 'diff', id), why: 'what it changed' },
    {
      type: `curl -N -H "X-API-Key: $(cat ${shellWord(keyFile)})" ${shellWord(`${url}/api/v1/sessions/${id}/events`)}`,
      why: 'the same events over HTTP',
    },
    {
      type: `${ah('task', '--follow', '--agent', 'acp', '--prompt', 'Make the tests pass')} -- opencode acp`,
      why: 'your own task, in a repository of yours, with an agent you have',
    },
  ];
};

/** To look at the branch of a session, and to take it. */
const gitSteps = ({ delivered, repo }: Ended, isFirst: boolean): readonly NextStep[] => {
  const { branch } = delivered ?? {};
  if (delivered?.state !== 'delivered' || branch === undefined || repo.url === undefined) return [];
  const path = localPath(repo.url);
  // A name that begins with a dash would be taken for an option.
  const name = branch.startsWith('-') ? `refs/heads/${branch}` : branch;
  const start = repo.commit?.slice(0, 10) ?? 'HEAD';
  if (path === undefined) {
    return [
      {
        type: `git fetch -- ${shellWord(repo.url)} ${shellWord(`refs/heads/${branch}`)}`,
        why: 'get the work into your clone',
      },
      ...(isFirst ? [{ type: `git diff ${start}...FETCH_HEAD`, why: 'look at it' }] : []),
      ...(isFirst ? [{ type: 'git merge FETCH_HEAD', why: 'take it' }] : []),
    ];
  }
  const git = `git -C ${shellWord(path)}`;
  return [
    { type: `${git} diff ${shellWord(`${start}...${name}`)}`, why: 'look at the work' },
    ...(isFirst ? [{ type: `${git} merge ${shellWord(name)}`, why: 'take it' }] : []),
  ];
};

const localPath = (url: string): string | undefined => {
  if (url.startsWith('/') || /^[A-Za-z]:[\\/]/.test(url)) return url;
  if (!url.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
};
