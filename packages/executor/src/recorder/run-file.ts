import { readFileSync } from 'node:fs';
import type { ApprovalPolicy, ContentBlock, TerminalSize } from '@agent-harbor/api-contract/schemas';
import type { CheckRun, ProvisionedWorkspace } from '@agent-harbor/core';
import { defaultApprovals } from '@agent-harbor/core/approval';
import type { AcpWishes, ProtocolName } from '../agents/protocol/protocol.ts';
import type { TreePlace } from '../process/process-tree.ts';
import { isList, isRecord, isText } from '../process/shape.ts';
import { isLength } from './control-message.ts';
import type { SessionDirectory } from './session-directory.ts';

/** What this release writes. */
export const runVersion = 4;

const versions: readonly unknown[] = [1, 2, 3, 4];

/** Everything a recorder has to know; written by the executor, read once by the recorder, maybe of another release. */
export interface RunFile {
  readonly version: 1 | 2 | 3 | 4;
  readonly sessionId: string;
  /** How to talk with the program. */
  readonly protocol: ProtocolName;
  readonly argv: readonly string[];
  /** The whole environment of the agent. */
  readonly env: Readonly<Record<string, string>>;
  readonly prompt: readonly ContentBlock[];
  readonly workspace: ProvisionedWorkspace;
  /** The executor's state directory: the change watcher finds the session's repository there. */
  readonly stateDir: string;
  readonly tree: TreePlace;
  /** Where the recorder listens for commands. */
  readonly socket: string;
  /** What the agent may have recorded, bytes of journal; beyond it its output is cut, and marked. */
  readonly outputLimitBytes: number;
  /** How permission requests are met. Since version 2; before it nobody was asked, and now somebody is. */
  readonly approvals: ApprovalPolicy;
  /** How long an agent without anything to do waits for a prompt. Since version 2; before it no agent waited. */
  readonly idleTimeoutMs: number;
  /** The terminal the program runs in at first. Since version 3; only with the protocol `terminal`. */
  readonly terminal?: TerminalSize;
  /** What an agent is asked for before its first prompt. Since version 4; only with the protocol `acp`. */
  readonly acp?: AcpWishes;
  /** What is run when the agent has ended well. Since version 4; absent: nothing. */
  readonly checks?: readonly CheckRun[];
}

export const readRunFile = (directory: SessionDirectory): RunFile => {
  const value: unknown = JSON.parse(readFileSync(directory.run, 'utf8'));
  const run =
    isRecord(value) && value.version === 1
      ? { ...value, approvals: defaultApprovals, idleTimeoutMs: 0 }
      : value;
  if (!isRunFile(run)) throw new Error(`${directory.run} is not a run this recorder understands.`);
  return run;
};

/** Checked by hand: the recorder, which is there once per session, does without a schema library. */
const isRunFile = (value: unknown): value is RunFile =>
  isRecord(value) &&
  versions.includes(value.version) &&
  isText(value.sessionId) &&
  (value.protocol === 'output' ||
    value.protocol === 'acp' ||
    (value.protocol === 'terminal' && isSize(value.terminal))) &&
  isList(value.argv, isText) &&
  value.argv.length > 0 &&
  isRecord(value.env) &&
  isList(Object.values(value.env), isText) &&
  isList(value.prompt, isRecord) &&
  isRecord(value.workspace) &&
  isText(value.workspace.path) &&
  isText(value.stateDir) &&
  isRecord(value.tree) &&
  isText(value.tree.kind) &&
  isText(value.socket) &&
  typeof value.outputLimitBytes === 'number' &&
  isPolicy(value.approvals) &&
  typeof value.idleTimeoutMs === 'number' &&
  (value.acp === undefined || isWishes(value.acp)) &&
  (value.checks === undefined || isList(value.checks, isCheck));

const isWishes = (value: unknown): value is AcpWishes =>
  isRecord(value) &&
  (value.model === undefined || isText(value.model)) &&
  (value.mode === undefined || isText(value.mode)) &&
  (value.signIn === undefined || isList(value.signIn, isText));

const isCheck = (value: unknown): value is CheckRun =>
  isRecord(value) && isText(value.command) && isList(value.argv, isText) && value.argv.length > 0;

const isSize = (value: unknown): boolean => isRecord(value) && isLength(value.cols) && isLength(value.rows);

const isPolicy = (value: unknown): value is ApprovalPolicy =>
  isRecord(value) &&
  isDecision(value.default) &&
  isList(value.rules, isRule) &&
  typeof value.expiresAfterSeconds === 'number' &&
  (value.onExpiry === 'allow' || value.onExpiry === 'deny');

const isRule = (value: unknown): value is ApprovalPolicy['rules'][number] =>
  isRecord(value) &&
  (isText(value.tool) || (isText(value.path) && !('tool' in value))) &&
  (value.path === undefined || isText(value.path)) &&
  isDecision(value.decision);

const isDecision = (value: unknown): boolean => value === 'ask' || value === 'allow' || value === 'deny';
