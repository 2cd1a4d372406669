/**
 * Where the document accepts more than the server: rules between members, and grammars no pattern can tell. By
 * component; the sentence is part of the document. A test holds this list to be true and complete.
 */
export const looser: Readonly<Record<string, string>> = {
  BranchName: 'Besides, the rules of git-check-ref-format(1) hold.',
  CommandLine:
    'Besides, quotes are closed and nothing outside of them needs a shell: no pipes, redirections, variables, patterns.',
  CreateTask:
    'Besides, exactly one of `agents` and `agent` is given, and at most 100 sessions are made: the sum of every `count`.',
  DeliverSession:
    'Besides, `branch` and `targetBranch` are given in modes branch and pr only, `title` and `body` in mode pr; in mode branch the two branches are one, in mode pr two; work goes on no branch HEAD and on none that begins with a dash.',
  DeliveryInput:
    'Besides, `branch` and `targetBranch` are given in modes branch and pr only; in mode branch the two are one, in mode pr two; work goes on no branch HEAD and on none that begins with a dash.',
  RepoInput: 'Besides, `url` is given when `mode` is git, and nothing else is when `mode` is none.',
  RepoUrl:
    'Besides, it is an absolute path, a file:, ssh:, https: or http: url, or the short form user@host:path.',
  ResourceContents: 'Besides, exactly one of `text` and `blob` is given.',
};
