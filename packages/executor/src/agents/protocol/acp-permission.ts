import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ApprovalOption } from '@agent-harbor/api-contract/schemas';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle } from '../../journal/cut.ts';
import { isRecord } from '../../process/shape.ts';
import { type PermissionWish, pathLimit } from '../../recorder/approvals.ts';
import type { ToolDescription } from './acp-tool-calls.ts';

/** What the agent asks leave for, as it is judged: a path is where it leads, whatever links say. */
export const readWish = async (
  { id, title, name, kind, paths }: ToolDescription,
  options: readonly Sdk.PermissionOption[],
  workspace: string,
): Promise<PermissionWish> => ({
  title,
  toolName: name,
  kind,
  toolExecutionId: id,
  // So many are not judged at all.
  paths:
    paths.length > pathLimit
      ? paths
      : [...new Set(await Promise.all(paths.map((path) => placeOf(workspace, path))))],
  options: readOptions(options),
});

const optionLimit = 16;
const nameBytes = 255;
const kinds = ['allow_once', 'allow_always', 'reject_once', 'reject_always'] as const;

/** An option that cannot be named over the wire, or is of no kind we know, is not offered. */
const readOptions = (options: readonly Sdk.PermissionOption[]): ApprovalOption[] =>
  options
    .flatMap(({ optionId, name, kind: wished }) => {
      const kind = kinds.find((known) => known === wished);
      const isShort = optionId !== '' && optionId.length <= nameBytes && optionId.isWellFormed();
      if (kind === undefined || !isShort) return [];
      return [{ optionId, name: cutMiddle(name.toWellFormed(), nameBytes).text, kind }];
    })
    .slice(0, optionLimit);

/** Relative to the workspace with `/` when it leads there, else absolute. Links may be changed after it was asked. */
const placeOf = async (workspace: string, path: string): Promise<string> => {
  const wished = resolve(workspace, path.toWellFormed());
  const [root, real] = await Promise.all([realPlace(workspace), realPlace(wished)]);
  const below = relative(root, real);
  const isInside = below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  return isInside ? below.replaceAll(sep, '/') || '.' : real;
};

const linkLimit = 40;

/** Where a path leads; of what is not there yet, where it would be made. */
const realPlace = async (path: string, links = linkLimit): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path || links === 0 || !isRecord(error) || error.code !== 'ENOENT') return path;
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return realPlace(resolve(parent, target), links - 1);
    return join(await realPlace(parent, links), basename(path));
  }
};
